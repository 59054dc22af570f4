using StyleTransfer.Cli.Bench;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Schedules;
using StyleTransfer.Engine.Tests.Encoders;
using StyleTransfer.Engine.Tests.Running;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Tests.Objectives;

/// <summary>Tiles against the whole picture: the same values, the same gradient, less memory.</summary>
public sealed class TiledPassTests
{
    // In float32 a maximum or a ReLU that rounding tips over is a jump in the gradient: what holds exactly is shown in float64.
    private static readonly EncoderMode Exact = EncoderMode.Default with { DType = ScalarType.Float64 };

    [Theory]
    [InlineData(StyleForm.GramPaper, false)]
    [InlineData(StyleForm.GramMean, true)]
    [InlineData(StyleForm.Wasserstein2, false)]
    [InlineData(StyleForm.Wasserstein2, true)]
    [InlineData(StyleForm.RelativeWasserstein2, true)]
    public void Evaluate_EveryDistanceOfMomentsWithAndWithoutMasks_IsAsUntiled(StyleForm form, bool isMasked)
    {
        using Encoder encoder = Worlds.TinyEncoder();
        AssertSame(encoder, Recipe(form, "relu2_2", ["relu1_1", "relu2_1", "relu3_1"]), 45, 34, Exact, new Tiling(13, CutAfterBlock: 1), isMasked);
    }

    [Theory]
    [InlineData(64, 48, 16, 2)]
    [InlineData(61, 47, 16, 1)]
    [InlineData(45, 34, 8, 2)]
    [InlineData(33, 97, 20, null)]
    [InlineData(50, 31, 1000, 2)]
    public void Evaluate_SizesThatDoNotDivide_IsAsUntiled(int width, int height, int tile, int? cutAfter)
    {
        using Encoder encoder = Worlds.TinyEncoder();
        AssertSame(encoder, Recipe(StyleForm.RelativeWasserstein2, "relu2_2", ["relu1_1", "relu2_1", "relu3_1"]), width, height, Exact, new Tiling(tile, cutAfter), isMasked: false);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Evaluate_TilesSharedOutToDevices_IsAsUntiled(int devices)
    {
        using Encoder encoder = Worlds.TinyEncoder(devices: devices);
        AssertSame(encoder, Recipe(StyleForm.RelativeWasserstein2, "relu2_2", ["relu1_1", "relu2_1", "relu3_1"]), 61, 47, Exact, new Tiling(16, CutAfterBlock: 1), isMasked: true);
        Assert.Equal(devices - 1, encoder.Others.Count(other => other.IsUsed));
    }

    [Theory]
    [InlineData(Padding.Zero, Pooling.Max)]
    [InlineData(Padding.Reflect, Pooling.Average)]
    [InlineData(Padding.Replicate, Pooling.L2)]
    [InlineData(Padding.ReplicateFirst, Pooling.Max)]
    public void Evaluate_EveryPaddingAndPooling_IsAsUntiled(Padding padding, Pooling pooling)
    {
        using Encoder encoder = Worlds.TinyEncoder();
        EncoderMode mode = Exact with { Padding = padding, Pooling = pooling };
        AssertSame(encoder, Recipe(StyleForm.GramPaper, "relu2_2", ["relu1_1", "conv2_1", "relu3_1"]), 57, 43, mode, new Tiling(16, CutAfterBlock: 1), isMasked: false);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(null)]
    public void Evaluate_VggOfFiveBlocks_IsAsUntiled(int? cutAfter)
    {
        using Encoder encoder = ThinVgg();
        AssertSame(
            encoder,
            Recipe(StyleForm.RelativeWasserstein2, "relu4_2", ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]),
            181, 139, EncoderMode.Default, new Tiling(48, cutAfter), isMasked: true);
    }

    [Theory]
    [InlineData(StyleForm.GramPaper, true)]
    [InlineData(StyleForm.Wasserstein2, false)]
    [InlineData(StyleForm.RelativeWasserstein2, true)]
    public void Evaluate_EmbeddedEncoderInFloat32_IsAsUntiled(StyleForm form, bool isMasked)
    {
        using Encoder encoder = Encoder.Load(EncoderCatalog.Compact, EmbeddedEncoders.Newest.Single(embedded => embedded.Name == EncoderCatalog.Compact).Read(), CPU);
        AssertSame(encoder, Recipe(form, "relu4_2", ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]), 129, 97, EncoderMode.Default, new Tiling(48), isMasked);
    }

    [Fact]
    public void Evaluate_GradientsNormalisedByLayer_IsAsUntiled()
    {
        using Encoder encoder = Worlds.TinyEncoder();
        Recipe recipe = Recipe(StyleForm.GramMean, "relu2_2", ["relu1_1", "relu3_1"]);
        AssertSame(encoder, recipe with { Objective = recipe.Objective with { NormalizeGradients = true } }, 45, 34, Exact, new Tiling(16, CutAfterBlock: 1), isMasked: false);
    }

    // VGG-19's sixteen convolutions with a few channels each.
    private static Encoder ThinVgg()
    {
        List<TensorToWrite> tensors = [];
        int inputs = 3;
        foreach (VggConvolution convolution in EncoderShape.Vgg19)
        {
            int outputs = convolution.Outputs / 4; // libtorch's float32 convolutions of fewer than 16 channels are not always right.
            // He's scale: magnitudes stay alike through sixteen layers.
            tensors.Add(Worlds.Scaled(WeightsFiles.Tensor($"{convolution.Key}.weight", tensors.Count, outputs, inputs, 3, 3), MathF.Sqrt(24f / (9 * inputs))));
            tensors.Add(WeightsFiles.Tensor($"{convolution.Key}.bias", tensors.Count, outputs));
            inputs = outputs;
        }

        return Encoder.Load("thin", WeightsFiles.Write(tensors), CPU);
    }

    private static Recipe Recipe(StyleForm form, string content, string[] styles)
    {
        Recipe recipe = Worlds.Recipe();
        return recipe with
        {
            Objective = recipe.Objective with
            {
                Content = recipe.Objective.Content with { Layers = [new LayerWeight(content, 1)] },
                Style = recipe.Objective.Style with { Form = form, Layers = [.. styles.Select(layer => new LayerWeight(layer, 1))] },
            },
        };
    }

    [Theory]
    [InlineData(TotalVariationForm.L1)]
    [InlineData(TotalVariationForm.L2)]
    [InlineData(TotalVariationForm.NinePoint)]
    public void TotalVariation_InBands_IsAsWhole(TotalVariationForm form)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(7, CPU);
        Tensor image = rand([1L, 3, 23, 17], ScalarType.Float64, CPU, generator: generator);
        (double whole, Tensor expected) = TotalVariation.Evaluate(image, form, rows: 23);
        foreach (int rows in new[] { 1, 5, 22 })
        {
            (double value, Tensor gradient) = TotalVariation.Evaluate(image, form, rows);
            Assert.Equal(whole, value, 1e-12 * whole);
            Assert.InRange((gradient - expected).abs().max().ToDouble(), 0, 1e-12);
        }
    }

    private static void AssertSame(Encoder encoder, Recipe recipe, int width, int height, EncoderMode mode, Tiling tiling, bool isMasked)
    {
        using DisposeScope scope = NewDisposeScope();
        // In float32 real colours: covariances of waves alone are so near singular that rounding decides.
        TransferInputs inputs = mode.DType == ScalarType.Float64 || encoder.Name != EncoderCatalog.Compact
            ? new() { Content = Worlds.Picture(width, height, 1), Styles = [Worlds.Picture(width + 8, height + 5, 3)] }
            : TimedRun.Inputs(width);
        if (isMasked)
        {
            recipe = recipe with { Regions = [new GuidanceRegion { ContentMask = "m", StyleMask = "m" }, new GuidanceRegion { ContentMask = "n" }] };
            inputs = inputs with
            {
                Regions = [new RegionMasks(Worlds.Picture(width, height, 2), Worlds.Picture(30, 30, 4)), new RegionMasks(Worlds.Picture(width, height, 5), null)],
            };
        }

        double tolerance = mode.DType == ScalarType.Float64 ? 1e-10 : 1e-5;
        using ScaleInputs scale = ScaleInputs.Build(recipe, inputs, Math.Max(width, height), CPU);
        using Generator generator = new(5, CPU);
        Tensor image = (scale.Content! + 0.1 * randn(scale.Content!.shape, ScalarType.Float32, CPU, generator: generator)).to(mode.DType);
        using Objective whole = ObjectiveBuilder.Build(recipe, scale, encoder, mode);
        using Objective tiled = ObjectiveBuilder.Build(recipe, scale, encoder, mode, tiling);
        ObjectiveWeights weights = ObjectiveWeights.Of(recipe);
        Evaluation expected = whole.Evaluate(image, weights);
        Evaluation actual = tiled.Evaluate(image, weights);
        Assert.Equal(expected.Losses.Total, actual.Losses.Total, tolerance * Math.Abs(expected.Losses.Total));
        Assert.All(expected.Losses.Terms.Zip(actual.Losses.Terms), pair => Assert.Equal(pair.First.Name, pair.Second.Name));
        Assert.InRange((actual.Gradient - expected.Gradient).norm().ToDouble() / expected.Gradient.norm().ToDouble(), 0, tolerance);
    }
}
