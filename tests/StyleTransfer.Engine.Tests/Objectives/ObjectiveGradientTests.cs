using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Schedules;
using StyleTransfer.Engine.Tests.Running;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Tests.Objectives;

/// <summary>The gradient at the pixels against differences of the value, in float64 and through the encoder.</summary>
public sealed class ObjectiveGradientTests
{
    private static readonly EncoderMode Float64 = new(Pooling.Average, Padding.Reflect, ScalarType.Float64, ChannelsLast: false);

    [Theory]
    [InlineData(StyleForm.GramPaper, false)]
    [InlineData(StyleForm.GramMean, false)]
    [InlineData(StyleForm.Wasserstein2, false)]
    [InlineData(StyleForm.RelativeWasserstein2, false)]
    [InlineData(StyleForm.GramPaper, true)]
    [InlineData(StyleForm.Wasserstein2, true)]
    public void Style_EveryForm_HasTheGradientOfItsValue(StyleForm form, bool isMasked)
    {
        Recipe recipe = Worlds.Recipe();
        recipe = recipe with
        {
            Objective = recipe.Objective with
            {
                Content = recipe.Objective.Content with { Layers = [] },
                Style = recipe.Objective.Style with { Form = form },
                TotalVariation = new TotalVariationSettings { Weight = 0 },
            },
        };
        AssertGradient(recipe, isMasked);
    }

    [Theory]
    [InlineData(ContentForm.Paper)]
    [InlineData(ContentForm.Mean)]
    [InlineData(ContentForm.Relative)]
    public void Content_EveryForm_HasTheGradientOfItsValue(ContentForm form)
    {
        Recipe recipe = Worlds.Recipe();
        recipe = recipe with
        {
            Objective = recipe.Objective with
            {
                Content = recipe.Objective.Content with { Form = form },
                Style = recipe.Objective.Style with { Layers = [] },
                TotalVariation = new TotalVariationSettings { Weight = 0 },
            },
        };
        AssertGradient(recipe, isMasked: false);
    }

    [Theory]
    [InlineData(TotalVariationForm.L1)]
    [InlineData(TotalVariationForm.L2)]
    [InlineData(TotalVariationForm.NinePoint)]
    public void TotalVariation_EveryForm_HasTheGradientOfItsValue(TotalVariationForm form)
    {
        Recipe recipe = Worlds.Recipe();
        recipe = recipe with
        {
            Objective = new ObjectiveSettings
            {
                Content = new ContentSettings { Layers = [] },
                TotalVariation = new TotalVariationSettings { Weight = 3, Form = form },
            },
        };
        AssertGradient(recipe, isMasked: false);
    }

    [Fact]
    public void Matting_HasTheGradientOfItsValue()
    {
        Recipe recipe = Worlds.Recipe();
        recipe = recipe with
        {
            Objective = new ObjectiveSettings
            {
                Content = new ContentSettings { Layers = [] },
                TotalVariation = new TotalVariationSettings { Weight = 0 },
                MattingWeight = 2,
            },
        };
        AssertGradient(recipe, isMasked: false);
    }

    [Fact]
    public void NormalizedGradient_OfEachTerm_HasItsWeightAsNorm()
    {
        using DisposeScope scope = NewDisposeScope();
        using Encoder encoder = Worlds.TinyEncoder();
        Recipe recipe = Worlds.Recipe();
        recipe = recipe with
        {
            Objective = recipe.Objective with
            {
                Style = recipe.Objective.Style with { Weight = 3, Layers = [new LayerWeight("relu2_1", 0.5)] },
                TotalVariation = new TotalVariationSettings { Weight = 0 },
                NormalizeGradients = true,
            },
        };
        using ScaleInputs scale = ScaleInputs.Build(recipe, Worlds.Inputs(), 45, CPU);
        using Objective objective = ObjectiveBuilder.Build(recipe, scale, encoder, Float64);
        ObjectiveWeights weights = ObjectiveWeights.Of(recipe);
        using Generator generator = new(6, CPU);
        Tensor image = scale.Content!.to(ScalarType.Float64) + 0.1 * randn(scale.Content!.shape, ScalarType.Float64, CPU, generator: generator);

        double styleOnly = objective.Evaluate(image, weights with { Content = 0 }).Gradient.abs().sum().ToDouble();
        double contentOnly = objective.Evaluate(image, weights with { Style = 0 }).Gradient.abs().sum().ToDouble();

        Assert.Equal(3 * 0.5, styleOnly, 1e-9);
        Assert.Equal(0.1, contentOnly, 1e-9);
    }

    private static void AssertGradient(Recipe recipe, bool isMasked)
    {
        using DisposeScope scope = NewDisposeScope();
        using Encoder encoder = Worlds.TinyEncoder();
        TransferInputs inputs = Worlds.Inputs();
        if (isMasked)
        {
            recipe = recipe with { Regions = [new GuidanceRegion { ContentMask = "m", StyleMask = "m" }, new GuidanceRegion { ContentMask = "n" }] };
            inputs = inputs with
            {
                Regions = [new RegionMasks(Worlds.Picture(45, 34, 2), Worlds.Picture(30, 30, 4)), new RegionMasks(Worlds.Picture(45, 34, 5), null)],
            };
        }

        using ScaleInputs scale = ScaleInputs.Build(recipe, inputs, 45, CPU);
        using Objective objective = ObjectiveBuilder.Build(recipe, scale, encoder, Float64);
        ObjectiveWeights weights = ObjectiveWeights.Of(recipe);
        using Generator generator = new(5, CPU);
        Tensor start = scale.Content!.to(ScalarType.Float64);
        Tensor image = start + 0.1 * randn(start.shape, ScalarType.Float64, CPU, generator: generator);
        Tensor gradient = objective.Evaluate(image, weights).Gradient;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            Tensor direction = randn(start.shape, ScalarType.Float64, CPU, generator: generator);
            const double Step = 1e-6;
            double above = objective.Evaluate(image + Step * direction, weights).Losses.Total;
            double below = objective.Evaluate(image - Step * direction, weights).Losses.Total;
            double expected = (above - below) / (2 * Step);
            Assert.Equal(expected, (gradient * direction).sum().ToDouble(), 1e-5 * Math.Abs(expected));
        }
    }
}
