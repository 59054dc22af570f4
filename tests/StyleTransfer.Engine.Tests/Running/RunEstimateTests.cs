using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Running;

namespace StyleTransfer.Engine.Tests.Running;

/// <summary>What is foretold of a run, and how it is cut to fit.</summary>
public sealed class RunEstimateTests
{
    private const long Gigabyte = 1_000_000_000;

    private static readonly ImmutableArray<EncoderLayer> vgg = [.. EncoderShape.Vgg19.Select(convolution => new EncoderLayer(convolution.Layer, convolution.Outputs))];

    [Theory]
    [InlineData(512, Precision.Float32, 8)]
    [InlineData(512, Precision.Bfloat16, 8)]
    public void TileEdge_EnoughMemory_TakesTheWholePicture(int size, Precision precision, int gigabytes) =>
        Assert.Null(RunMemory.TileEdge(Recipe(size, precision), vgg, (long)size * size, gigabytes * Gigabyte));

    [Fact]
    public void TileEdge_FourThousandPixelsInSixGigabytes_TakesTilesThatFit()
    {
        Recipe recipe = Recipe(4096, Precision.Bfloat16);

        int? edge = RunMemory.TileEdge(recipe, vgg, 4096L * 4096, 8 * Gigabyte);

        Assert.InRange(edge!.Value, RunMemory.SmallestTile, RunMemory.LargestTile);
        Assert.InRange(RunMemory.Of(recipe, vgg, 4096L * 4096, edge), 1, 6.4 * Gigabyte);
    }

    [Fact]
    public void Of_MoreThanFits_NamesASizeThatDoes()
    {
        RunEstimate estimate = RunEstimate.Of(Recipe(16384, Precision.Float32), 4000, 3000, vgg, speed: null, 4 * Gigabyte);

        Assert.NotNull(estimate.LargestSize);
        RunEstimate smaller = RunEstimate.Of(Recipe(estimate.LargestSize.Value, Precision.Float32), 4000, 3000, vgg, speed: null, 4 * Gigabyte);
        Assert.Null(smaller.LargestSize);
    }

    [Fact]
    public void Of_SpeedKnown_CountsEveryScale()
    {
        Recipe recipe = Recipe(512, Precision.Float32) with { Schedule = new ScheduleSettings { Size = 512, Pyramid = false, FirstIterations = 99 } };

        RunEstimate estimate = RunEstimate.Of(recipe, 512, 512, vgg, new IterationSpeed(0.5, 2), 64 * Gigabyte);

        // A third of an iteration for the content's targets and as much for the style's.
        Assert.Equal((99 + (2.0 / 3)) * (0.5 + (2 * 0.512 * 0.512)), estimate.Seconds!.Value, 1e-9);
    }

    [Fact]
    public void OfIteration_FeaturesBeyondWhatIsKept_CostsMoreAPixel()
    {
        ImmutableArray<EncoderLayer> compact = [new("relu1_1", 16), new("relu1_2", 16), new("relu2_1", 32)];
        Recipe recipe = Recipe(2048, Precision.Float32);
        double At(int edge) => RunEstimate.OfIteration(recipe, compact, new IterationSpeed(0, 1), (long)edge * edge) / (edge * edge);

        Assert.Equal(At(256), At(384), 1e-12);
        Assert.InRange(At(2048) / At(384), 1.1, 1.3);
    }

    [Fact]
    public void Fit_IterationsOfTwoSizes_GivesTheirLine()
    {
        IterationSpeed speed = IterationSpeed.Fit([(0.1, 0.4), (0.1, 9), (0.1, 0.4), (0.4, 1), (0.4, 1)])!;

        Assert.Equal(0.2, speed.Fixed, 1e-9);
        Assert.Equal(2, speed.AMegapixel, 1e-9);
    }

    [Theory]
    [InlineData(1024, 20)]
    [InlineData(4096, 16)]
    [InlineData(16384, 3)]
    public void Pairs_GrowingPictures_AreAffordable(int edge, int pairs) =>
        Assert.Equal(pairs, RunMemory.Pairs(new OptimizerSettings { History = 20 }, (long)edge * edge));

    [Fact]
    public void Pairs_FewWereAskedFor_AreNoMore() =>
        Assert.Equal(2, RunMemory.Pairs(new OptimizerSettings { History = 2 }, 16384L * 16384));

    [Fact]
    public void Smaller_OutOfMemoryAgainAndAgain_HalvesUntilThereIsNothingToHalve()
    {
        List<int> edges = [];
        for (Tiling? tiling = TilingChoice.Smaller(null, 3000, 2000); tiling is not null; tiling = TilingChoice.Smaller(tiling, 3000, 2000))
        {
            edges.Add(tiling.LongestEdge);
        }

        Assert.Equal([512, 256, 128], edges);
    }

    [Fact]
    public void Run_InTiles_GivesThePictureOfTheWhole()
    {
        // Not larger: libtorch 2.10 gives wrong float32 gradients for convolutions of as few channels as this encoder's (4, 6, 8) from
        // about 90 pixels on; real encoders' widths are right (their tiles are held against float64 elsewhere).
        Recipe recipe = Worlds.Recipe() with { Schedule = new ScheduleSettings { Size = 64, Pyramid = false, FirstIterations = 3 } };
        using RunControl tiles = new() { TileEdge = 24 };

        TransferResult whole = Worlds.Run(recipe);
        TransferResult tiled = Worlds.Run(recipe, control: tiles);

        Assert.Equal(whole.Iterations, tiled.Iterations);
        Assert.InRange(whole.Picture.Rgb.Zip(tiled.Picture.Rgb, (a, b) => Math.Abs(a - b)).Average(), 0, 1e-4);
    }

    private static Recipe Recipe(int size, Precision precision) =>
        Presets.Named(Presets.Default).At(size) with { Precision = precision, Content = "c", Styles = [new StyleInput { Image = "s" }] };
}
