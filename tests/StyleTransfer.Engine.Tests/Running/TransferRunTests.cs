using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using TorchSharp;

namespace StyleTransfer.Engine.Tests.Running;

public sealed class TransferRunTests
{
    [Fact]
    public void Run_ShortRecipe_LowersTheObjectiveAtEachScale()
    {
        List<IterationReport> reports = [];

        TransferResult result = Worlds.Run(Worlds.Recipe(), watch: (report, _) => reports.Add(report));

        Assert.True(result.Completed);
        Assert.Equal(16, result.Iterations);
        Assert.Equal((45, 34), (result.Picture.Width, result.Picture.Height));
        Assert.All(reports.GroupBy(report => report.Scale), scale => Assert.True(scale.Last().Total < 0.7 * scale.First().Total));
        Assert.All(reports, report => Assert.Equal(report.Total, report.Content + report.Style + report.Tv, 1e-9));
        Assert.All(reports, report => Assert.Equal(report.Style, report.Terms.Where(term => term.Name.StartsWith("style/", StringComparison.Ordinal)).Sum(term => term.Value), 1e-9));
    }

    // The first iteration at a scale looks at what it starts from and moves nothing.
    [Theory]
    [InlineData(ColorPreservation.None)]
    [InlineData(ColorPreservation.Luminance)]
    public void ContentDetail_AllOfIt_MakesAnUntouchedContentWholeAgain(ColorPreservation preserve)
    {
        PixelImage With(double detail) => Worlds.Run(Worlds.Recipe() with
        {
            Schedule = new ScheduleSettings { Size = 45, MinSize = 32, FirstIterations = 1, Iterations = 1, ContentDetail = detail },
            Initialization = new Initialization { Kind = InitializationKind.Content },
            Color = new ColorSettings { Preserve = preserve },
        }).Picture;
        PixelImage content = Worlds.Inputs().Content!;
        double Away(PixelImage picture) => picture.Rgb.Zip(content.Rgb, (a, b) => Math.Abs(a - b)).Max();

        // Where resampling overshoots, the picture is kept within its range.
        Assert.InRange(Away(With(1)), 0, 0.02);
        Assert.InRange(Away(With(0)), 0.1, 1);
    }

    [Theory]
    [InlineData(OptimizerKind.Lbfgs, 3)]
    [InlineData(OptimizerKind.Lbfgs, 8)]
    [InlineData(OptimizerKind.Lbfgs, 12)]
    [InlineData(OptimizerKind.Lbfgs, 15)]
    [InlineData(OptimizerKind.Adam, 3)]
    [InlineData(OptimizerKind.Adam, 8)]
    [InlineData(OptimizerKind.Adam, 12)]
    public void Resume_StoppedAnywhere_IsBitwiseAsNeverStopped(OptimizerKind optimizer, int stopAfter)
    {
        Recipe recipe = Worlds.Recipe(optimizer);
        TransferResult whole = Worlds.Run(recipe);
        using CancellationTokenSource stop = new();
        TransferResult part = Worlds.Run(
            recipe,
            watch: (report, _) =>
            {
                if (report.Iteration == stopAfter)
                {
                    stop.Cancel();
                }
            },
            stop: stop);

        TransferResult resumed = Worlds.Run(recipe, checkpoint: part.Checkpoint);

        Assert.False(part.Completed);
        Assert.Equal(stopAfter, part.Iterations);
        Assert.True(resumed.Completed);
        Assert.Equal(whole.Picture.Rgb, resumed.Picture.Rgb);
    }

    [Fact]
    public void Replay_OfARunThatWasChanged_IsBitwiseTheSame()
    {
        Recipe recipe = Worlds.Recipe();
        using RunControl control = new();
        TransferResult changed = Worlds.Run(
            recipe,
            watch: (report, _) =>
            {
                if (report.Iteration == 5)
                {
                    control.Adjust(new RecipeChange { Iteration = 0, StyleWeight = 3 });
                }
                else if (report.Iteration == 11)
                {
                    control.Adjust(new RecipeChange { Iteration = 0, ContentWeight = 0.01, ExtraIterations = 4 });
                }
            },
            control: control);

        TransferResult replayed = Worlds.Run(changed.Recipe);
        TransferResult plain = Worlds.Run(recipe);

        Assert.Equal([5, 11], changed.Recipe.Changes.Select(change => change.Iteration));
        Assert.Equal(20, changed.Iterations);
        Assert.Equal(changed.Picture.Rgb, replayed.Picture.Rgb);
        Assert.NotEqual(plain.Picture.Rgb, replayed.Picture.Rgb);
    }

    [Fact]
    public void Extend_FinishedRun_GoesOnWhereItEnded()
    {
        Recipe recipe = Worlds.Recipe();
        TransferResult finished = Worlds.Run(recipe);
        using RunControl control = new();
        control.Adjust(new RecipeChange { Iteration = 0, ExtraIterations = 5 });

        TransferResult extended = Worlds.Run(recipe, control: control, checkpoint: finished.Checkpoint);
        TransferResult longer = Worlds.Run(extended.Recipe);

        Assert.Equal(21, extended.Iterations);
        Assert.True(extended.Completed);
        Assert.Equal(longer.Picture.Rgb, extended.Picture.Rgb);
    }

    [Fact]
    public void Run_CancelledBeforeItBegins_ReturnsTheStartPicture()
    {
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        TransferResult result = Worlds.Run(Worlds.Recipe(), stop: stopped);

        Assert.False(result.Completed);
        Assert.Equal(0, result.Iterations);
        Assert.Equal(32, result.Picture.Width);
        Assert.Equal(Worlds.Run(Worlds.Recipe()).Picture.Rgb, Worlds.Run(Worlds.Recipe(), checkpoint: result.Checkpoint).Picture.Rgb);
    }

    [Theory]
    [InlineData(OptimizerKind.Lbfgs)]
    [InlineData(OptimizerKind.Adam)]
    public void Run_ContentAndStyleAreOnePicture_EndsWithIt(OptimizerKind optimizer)
    {
        // Nothing to lower: what is left of the objective is rounding, below zero at times.
        Recipe recipe = Worlds.Recipe(optimizer);
        recipe = recipe with { Objective = recipe.Objective with { TotalVariation = new TotalVariationSettings { Weight = 0 } } };
        TransferInputs inputs = Worlds.Inputs();

        TransferResult result = Worlds.Run(recipe, inputs with { Styles = [inputs.Content!] });

        Assert.True(result.Completed);
    }

    [Fact]
    public void Run_StepsFarTooLong_StepsBackAndSaysSo()
    {
        Recipe recipe = Worlds.Recipe() with { Optimizer = new OptimizerSettings { LearningRate = 500, Clamp = false, History = 5 } };
        List<IterationReport> reports = [];

        Worlds.Run(recipe, watch: (report, _) => reports.Add(report));

        Assert.Contains(reports, report => report.Note is not null && report.Note.Contains("stepped back", StringComparison.Ordinal));
        Assert.All(reports, report => Assert.True(double.IsFinite(report.Total)));
        Assert.True(reports[^1].Total <= 2 * reports.First(report => report.Scale == 1).Total);
    }

    [Fact]
    public void Run_NetworkThatOverflows_SaysSoAtOnce()
    {
        using Encoder overflowing = Worlds.TinyEncoder(gain: 1e30f);

        RunException error = Assert.Throws<RunException>(() => Worlds.Run(Worlds.Recipe(), encoder: overflowing));

        Assert.StartsWith("At iteration 1 the objective was not a finite number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_CheckpointOfAnotherRecipe_IsRefused()
    {
        byte[] checkpoint = Worlds.Run(Worlds.Recipe()).Checkpoint;

        Assert.Throws<RunException>(() => Worlds.Run(Worlds.Recipe() with { Seed = 7 }, checkpoint: checkpoint));
        Assert.Throws<RunException>(() => Worlds.Run(Worlds.Recipe(), checkpoint: [1, 2, 3]));
    }

    [Fact]
    public void Run_UnknownLayer_NamesTheLayersThereAre()
    {
        Recipe recipe = Worlds.Recipe();
        recipe = recipe with { Objective = recipe.Objective with { Content = new ContentSettings { Layers = [new LayerWeight("relu9_9", 1)] } } };

        RecipeException error = Assert.Throws<RecipeException>(() => Worlds.Run(recipe));

        Assert.Contains("'relu9_9'; allowed are relu1_1, relu1_2, relu2_1, relu2_2, relu3_1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TwoEqualStylesAtHalfWeight_EqualOne()
    {
        TransferResult one = Worlds.Run(Worlds.Recipe());
        TransferInputs inputs = Worlds.Inputs();
        TransferResult two = Worlds.Run(
            Worlds.Recipe() with { Styles = [new StyleInput { Image = "style" }, new StyleInput { Image = "style" }] },
            inputs with { Styles = [inputs.Styles[0], inputs.Styles[0]] });

        Assert.All(one.Picture.Rgb.Zip(two.Picture.Rgb), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
    }

    [Fact]
    public void Run_FullMask_EqualsUnmasked()
    {
        TransferInputs inputs = Worlds.Inputs();
        List<IterationReport> plain = [];
        List<IterationReport> masked = [];
        Worlds.Run(Worlds.Recipe(), watch: (report, _) => plain.Add(report));
        Worlds.Run(
            Worlds.Recipe() with { Regions = [new GuidanceRegion { ContentMask = "mask", StyleMask = "mask" }] },
            inputs with { Regions = [new RegionMasks(Worlds.Flat(20, 20, 1), Worlds.Flat(10, 10, 1))] },
            (report, _) => masked.Add(report));

        Assert.All(plain.Zip(masked), pair => Assert.Equal(pair.First.Total, pair.Second.Total, 2e-3 * pair.First.Total));
        Assert.Equal(plain[0].Total, masked[0].Total, 1e-6);
    }

    [Fact]
    public void Run_ContentWithAlpha_KeepsIt()
    {
        PixelImage picture = Worlds.Run(Worlds.Recipe(), Worlds.Inputs(hasAlpha: true)).Picture;

        Assert.NotNull(picture.Alpha);
        Assert.Equal(1, picture.Alpha[0], 1e-3);
        Assert.Equal(0.5, picture.Alpha[44], 1e-3);
    }

    [Theory]
    [InlineData(InitializationKind.Noise)]
    [InlineData(InitializationKind.StyleNoise)]
    [InlineData(InitializationKind.Style)]
    public void Run_SameSeed_SamePicture(InitializationKind start)
    {
        Recipe recipe = Worlds.Recipe() with { Initialization = new Initialization { Kind = start }, Seed = 11 };

        float[] first = Worlds.Run(recipe).Picture.Rgb;

        Assert.Equal(first, Worlds.Run(recipe).Picture.Rgb);
        if (start != InitializationKind.Style)
        {
            Assert.NotEqual(first, Worlds.Run(recipe with { Seed = 12 }).Picture.Rgb);
        }
    }

    [Fact]
    public void Run_KeepsLuminanceOnly_HasTheContentsChroma()
    {
        Recipe recipe = Worlds.Recipe() with { Color = new ColorSettings { Preserve = ColorPreservation.Luminance } };
        PixelImage content = Worlds.Inputs().Content!;

        PixelImage picture = Worlds.Run(recipe).Picture;

        int unclipped = 0;
        for (int at = 0; at < picture.Rgb.Length; at += 3)
        {
            if (Enumerable.Range(at, 3).All(i => picture.Rgb[i] is > 0.001f and < 0.999f))
            {
                unclipped++;
                Assert.Equal(content.Rgb[at] - content.Rgb[at + 1], picture.Rgb[at] - picture.Rgb[at + 1], 1e-4);
            }
        }

        Assert.True(unclipped > 100);
    }

    [Fact]
    public void Run_Tolerance_EndsAScaleEarly()
    {
        Recipe recipe = Worlds.Recipe() with { Schedule = new ScheduleSettings { Size = 32, Pyramid = false, FirstIterations = 2000, Tolerance = 0.02 } };
        List<IterationReport> reports = [];

        TransferResult result = Worlds.Run(recipe, watch: (report, _) => reports.Add(report));

        Assert.True(result.Completed);
        Assert.InRange(result.Iterations, 11, 1000);
        Assert.StartsWith("converged", reports[^1].Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Pause_AndResume_GiveTheSamePicture()
    {
        using RunControl control = new();
        int paused = 0;

        TransferResult result = Worlds.Run(
            Worlds.Recipe(),
            watch: (report, _) =>
            {
                if (report.Iteration == 4)
                {
                    control.Pause();
                    ThreadPool.QueueUserWorkItem(_ =>
                    {
                        paused = 1;
                        control.Resume();
                    });
                }
            },
            control: control);

        Assert.Equal(1, paused);
        Assert.Equal(Worlds.Run(Worlds.Recipe()).Picture.Rgb, result.Picture.Rgb);
    }
}
