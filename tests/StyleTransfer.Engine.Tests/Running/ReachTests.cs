using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests.Running;

/// <summary>Runs with the further controls: each does what it says to a whole run.</summary>
public sealed class ReachTests
{
    [Theory]
    [InlineData(StyleForm.GramPaper)]
    [InlineData(StyleForm.GramMean)]
    [InlineData(StyleForm.Wasserstein2)]
    [InlineData(StyleForm.RelativeWasserstein2)]
    [InlineData(StyleForm.SlicedWasserstein)]
    public void Run_FullMaskWithEveryForm_HasTheUnmaskedLosses(StyleForm form)
    {
        Recipe recipe = Short(Worlds.Recipe());
        recipe = recipe with { Objective = recipe.Objective with { Style = recipe.Objective.Style with { Form = form } } };
        Recipe masked = recipe with { Regions = [new GuidanceRegion { ContentMask = "m", StyleMask = "m" }] };
        TransferInputs inputs = Worlds.Inputs();
        TransferInputs full = inputs with { Regions = [new RegionMasks(Worlds.Flat(9, 9, 1), Worlds.Flat(9, 9, 1))] };

        double expected = FirstStyle(recipe, inputs);

        Assert.Equal(expected, FirstStyle(masked, full), 1e-4 * expected);
    }

    [Fact]
    public void Run_WithMatting_ReportsItsTermAndAddsItUp()
    {
        Recipe recipe = Short(Worlds.Recipe());
        recipe = recipe with { Objective = recipe.Objective with { MattingWeight = 5 } };
        List<IterationReport> reports = [];

        Worlds.Run(recipe, watch: (report, _) => reports.Add(report));

        IterationReport last = reports[^1];
        Assert.True(last.Matting > 0);
        Assert.Equal(last.Matting, last.Terms.Single(term => term.Name == "matting").Value, 1e-12);
        Assert.Equal(last.Total, last.Content + last.Style + last.Tv + last.Matting, 1e-9);
    }

    [Fact]
    public void Matting_AffineFunctionOfTheContent_IsNearlyZero()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor content = PixelTensors.ToTensor(Worlds.Picture(32, 24, 1), CPU).to(ScalarType.Float64);
        using MattingLaplacian matting = new(content);

        double affine = matting.Evaluate(0.6 * content.flip(1) + 0.1).Value;
        double other = matting.Evaluate(PixelTensors.ToTensor(Worlds.Picture(32, 24, 3), CPU).to(ScalarType.Float64)).Value;

        Assert.True(affine < 1e-4 * other, $"{affine} against {other}");
    }

    [Fact]
    public void EdgeRefinement_OfTheContentItself_ChangesLittle()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor content = PixelTensors.ToTensor(Worlds.Picture(80, 60, 1), CPU).clamp(0, 1);

        Assert.True((EdgeRefinement.Apply(content, content, 1) - content).abs().max().ToDouble() < 0.02);
        Assert.Equal(0, (EdgeRefinement.Apply(content, content.flip(3), 0) - content).abs().max().ToDouble(), 1e-6);
    }

    [Fact]
    public void RegionMaps_SeenThroughTheLayers_SoftenAsTheReceptiveFieldGrows()
    {
        using DisposeScope scope = NewDisposeScope();
        using Encoder encoder = Worlds.TinyEncoder();
        Tensor half = zeros([1L, 1, 32, 32]);
        half.narrow(3, 16, 16).fill_(1);

        Tensor shallow = RegionMaps.AtLayer(half, "relu1_1", encoder);
        Tensor deep = RegionMaps.AtLayer(half, "relu3_1", encoder);

        Assert.Equal([1, 1, 8, 8], deep.shape);
        Assert.Equal(0.5, deep.mean().ToDouble(), 1e-6);
        Assert.Equal(2, Soft(shallow)); // One column on each side of the border.
        Assert.True(Soft(deep) * 4 >= encoder.Halo("relu3_1"), $"{Soft(deep)} soft columns at relu3_1");
        Assert.Equal(1, RegionMaps.AtLayer(ones([1L, 1, 32, 32]), "relu3_1", encoder).min().ToDouble(), 1e-6);

        static int Soft(Tensor map) => Enumerable.Range(0, (int)map.shape[3]).Count(x => map[0, 0, 4, x].ToDouble() is > 1e-6 and < 1 - 1e-6);
    }

    [Fact]
    public void Run_SmallStyle_IsNotEnlargedAndSaysSo()
    {
        TransferInputs inputs = Worlds.Inputs() with { Styles = [Worlds.Picture(40, 30, 3)] };
        List<string> notes = [];

        Worlds.Run(Short(Worlds.Recipe()), inputs, (report, _) => notes.Add(report.Note ?? ""));

        Assert.Contains(notes, note => note == "style 1 is used at its own 40 pixels, not enlarged to 45");
    }

    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.WebP)]
    [InlineData(ImageFormat.Tiff)]
    public void Recipe_ReadBackFromAResult_ReproducesIt(ImageFormat format)
    {
        TransferResult first = Worlds.Run(Short(Worlds.Recipe()) with { Initialization = new Initialization { Kind = InitializationKind.StyleNoise }, Seed = 7 });
        byte[] file = ImageWriter.Write(first.Picture, new ImageWriteOptions { Format = format, RecipeJson = RecipeJson.Write(first.Recipe) });

        TransferResult second = Worlds.Run(RecipeJson.Read(EmbeddedRecipe.Find(file)!));

        Assert.Equal(first.Picture.Rgb, second.Picture.Rgb);
    }

    [Fact]
    public void StyleDistanceMap_PartFromTheStyleAndPartNot_TellsThemApart()
    {
        using Encoder encoder = Worlds.TinyEncoder();
        PixelImage style = Worlds.Picture(64, 64, 3);
        float[] rgb = [.. style.Rgb];
        for (int pixel = 0; pixel < 64 * 64; pixel++)
        {
            if (pixel % 64 >= 32)
            {
                rgb.AsSpan(3 * pixel, 3).Fill(pixel / 64 % 2);
            }
        }

        Recipe recipe = Worlds.Recipe();
        TransferInputs inputs = Worlds.Inputs() with { Styles = [style] };
        StyleDistanceMap same = StyleDistanceMap.Of(style, recipe, inputs, encoder);
        StyleDistanceMap mixed = StyleDistanceMap.Of(new PixelImage(64, 64, rgb), recipe, inputs, encoder);

        Assert.True(same.Values.Max() < 1e-4, $"{same.Values.Max()} from itself");
        double left = Enumerable.Range(0, 64 * 64).Where(pixel => pixel % 64 < 24).Average(pixel => mixed.Values[pixel]);
        double right = Enumerable.Range(0, 64 * 64).Where(pixel => pixel % 64 >= 40).Average(pixel => mixed.Values[pixel]);
        Assert.True(right > 10 * left, $"{left} left, {right} right");
    }

    [Fact]
    public void Validate_MattingWithoutContent_IsRefused()
    {
        Recipe recipe = Worlds.Recipe();
        recipe = recipe with { Content = null, Objective = recipe.Objective with { MattingWeight = 1 } };

        Assert.Contains("there is no content picture", Assert.Throws<RecipeException>(() => RecipeValidation.Check(recipe)).Message, StringComparison.Ordinal);
    }

    private static double FirstStyle(Recipe recipe, TransferInputs inputs)
    {
        double? first = null;
        Worlds.Run(recipe, inputs, (report, _) => first ??= report.Style);
        return first!.Value;
    }

    private static Recipe Short(Recipe recipe) => recipe with { Schedule = recipe.Schedule with { FirstIterations = 3, Iterations = 3 } };
}
