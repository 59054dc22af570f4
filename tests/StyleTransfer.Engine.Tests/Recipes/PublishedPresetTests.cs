using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Engine.Tests.Recipes;

/// <summary>The published recipes have the published values.</summary>
public sealed class PublishedPresetTests
{
    private static readonly string[] StyleLayers = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"];

    [Fact]
    public void Gatys2016_IsThePapers()
    {
        Recipe recipe = Presets.Gatys2016.Template;

        AssertObjective(recipe, ContentForm.Paper, StyleForm.GramPaper, [0.2, 0.2, 0.2, 0.2, 0.2]);
        Assert.Equal(1e-3, recipe.Objective.Content.Weight / recipe.Objective.Style.Weight);
        Assert.Equal(Pooling.Average, recipe.Encoder.Pooling);
        Assert.Equal(InitializationKind.Noise, recipe.Initialization.Kind);
        AssertLbfgsAtOneScale(recipe);
    }

    [Fact]
    public void Johnson2015_IsNeuralStyles()
    {
        Recipe recipe = Presets.Johnson2015.Template;

        AssertObjective(recipe, ContentForm.Mean, StyleForm.GramMean, [1, 1, 1, 1, 1]);
        Assert.Equal((5.0, 100.0, 1e-3), (recipe.Objective.Content.Weight, recipe.Objective.Style.Weight, recipe.Objective.TotalVariation.Weight));
        Assert.Equal(TotalVariationForm.L2, recipe.Objective.TotalVariation.Form);
        Assert.Equal(Pooling.Max, recipe.Encoder.Pooling);
        Assert.Equal(InitializationKind.Noise, recipe.Initialization.Kind);
        AssertLbfgsAtOneScale(recipe);
    }

    [Fact]
    public void Crowson2021_IsStyleTransferPyTorchs()
    {
        Recipe recipe = Presets.Crowson2021.Template;

        AssertObjective(recipe, ContentForm.Mean, StyleForm.Wasserstein2, [256.0 / 341, 64.0 / 341, 16.0 / 341, 4.0 / 341, 1.0 / 341]);
        Assert.Equal((0.015, 2.0), (recipe.Objective.Content.Weight, recipe.Objective.TotalVariation.Weight));
        Assert.Equal(TotalVariationForm.NinePoint, recipe.Objective.TotalVariation.Form);
        Assert.Equal(Padding.ReplicateFirst, recipe.Encoder.Padding);
        Assert.Equal((OptimizerKind.Adam, 0.02, 0.9, 0.99, true), (recipe.Optimizer.Kind, recipe.Optimizer.LearningRate, recipe.Optimizer.Beta1, recipe.Optimizer.Beta2, recipe.Optimizer.Clamp));
        Assert.Equal((1000, 500, 0.99, true), (recipe.Schedule.FirstIterations, recipe.Schedule.Iterations, recipe.Schedule.Averaging, recipe.Schedule.CarryState));
        Assert.Equal([128, 181, 256, 362, 512], ScalePlan.Of(recipe.Schedule).Select(scale => scale.LongerEdge));
        Assert.Equal(InitializationKind.Content, recipe.Initialization.Kind);
    }

    private static void AssertObjective(Recipe recipe, ContentForm content, StyleForm style, double[] weights)
    {
        Assert.Equal((content, style), (recipe.Objective.Content.Form, recipe.Objective.Style.Form));
        Assert.Equal([new LayerWeight("relu4_2", 1)], recipe.Objective.Content.Layers);
        Assert.Equal(StyleLayers.Zip(weights, (layer, weight) => new LayerWeight(layer, weight)), recipe.Objective.Style.Layers);
        Assert.False(recipe.Objective.NormalizeGradients);
    }

    private static void AssertLbfgsAtOneScale(Recipe recipe)
    {
        Assert.Equal((OptimizerKind.Lbfgs, 1.0, 100), (recipe.Optimizer.Kind, recipe.Optimizer.LearningRate, recipe.Optimizer.History));
        Assert.Equal([new ScaleStep(512, 1000)], ScalePlan.Of(recipe.Schedule));
    }
}
