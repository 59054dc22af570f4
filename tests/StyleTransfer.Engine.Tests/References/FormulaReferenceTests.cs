using System.Text.Json;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Optimizers;
using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests.References;

/// <summary>Every formula and its gradient against the same one written with PyTorch's autograd, or entry by entry with NumPy.</summary>
public sealed class FormulaReferenceTests
{
    [Theory]
    [InlineData(StyleForm.GramPaper, false)]
    [InlineData(StyleForm.GramPaper, true)]
    [InlineData(StyleForm.GramMean, false)]
    [InlineData(StyleForm.GramMean, true)]
    [InlineData(StyleForm.Wasserstein2, false)]
    [InlineData(StyleForm.Wasserstein2, true)]
    [InlineData(StyleForm.RelativeWasserstein2, false)]
    [InlineData(StyleForm.RelativeWasserstein2, true)]
    public void Style_EveryForm_EqualsPyTorch(StyleForm form, bool isMasked)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement given = Reference.Formula("styles");
        Tensor? mask = isMasked ? given.Tensor("mask", 1, 1, 6, 7) : null;
        Tensor? styleMask = isMasked ? given.Tensor("styleMask", 1, 1, 5, 8) : null;
        using IStyleDistance distance = StyleDistances.Create(form, given.Tensor("style", 1, 5, 5, 8), styleMask, seed: 0);

        AssertStyle(distance, given.Tensor("picture", 1, 5, 6, 7), mask, given.Case(form.ToString(), isMasked));
    }

    [Fact]
    public void Sliced_OneChannel_EqualsTheSortedOrder()
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement given = Reference.Formula("sliced");
        using IStyleDistance distance = StyleDistances.Create(StyleForm.SlicedWasserstein, given.Tensor("style", 1, 1, 6, 8), mask: null, seed: 0);

        AssertStyle(distance, given.Tensor("picture", 1, 1, 6, 8), mask: null, given);
    }

    [Theory]
    [InlineData(ContentForm.Paper)]
    [InlineData(ContentForm.Mean)]
    [InlineData(ContentForm.Relative)]
    public void Content_EveryForm_EqualsPyTorch(ContentForm form)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement given = Reference.Formula("contents");
        JsonElement expected = given.Case(form.ToString());
        using ContentTerm term = new("relu4_2", 1, given.Tensor("content", 1, 4, 3, 5), form);

        (double value, Tensor gradient) = term.Evaluate(new FeaturePart("relu4_2", given.Tensor("picture", 1, 4, 3, 5), 0, 0), 1);

        Assert.Equal(expected.GetProperty("value").GetDouble(), value, 1e-10);
        Reference.AssertClose(expected.Tensor("gradient", 60), gradient);
    }

    [Theory]
    [InlineData(TotalVariationForm.L1)]
    [InlineData(TotalVariationForm.L2)]
    [InlineData(TotalVariationForm.NinePoint)]
    public void TotalVariation_EveryForm_EqualsPyTorch(TotalVariationForm form)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement given = Reference.Formula("variations");
        JsonElement expected = given.Case(form.ToString());

        (double value, Tensor gradient) = TotalVariation.Evaluate(given.Tensor("picture", 1, 3, 7, 6), form);

        Assert.Equal(expected.GetProperty("value").GetDouble(), value, 1e-9);
        Reference.AssertClose(expected.Tensor("gradient", 126), gradient);
    }

    [Fact]
    public void Matting_EqualsLevinsMatrixBuiltEntryByEntry()
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement given = Reference.Formula("matting");
        using MattingLaplacian matting = new(given.Tensor("content", 1, 3, 5, 6));

        (double value, Tensor gradient) = matting.Evaluate(given.Tensor("picture", 1, 3, 5, 6));

        Assert.Equal(given.GetProperty("value").GetDouble(), value, 1e-9);
        Reference.AssertClose(given.Tensor("gradient", 90), gradient);
    }

    [Fact]
    public void EdgeRefinement_EqualsTheGuidedFilterWindowByWindow()
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement given = Reference.Formula("guided");

        Tensor refined = EdgeRefinement.Apply(given.Tensor("picture", 1, 3, 6, 7), given.Tensor("guide", 1, 3, 6, 7), strength: 1);

        Reference.AssertClose(given.Tensor("refined", 126), refined);
    }

    [Theory]
    [InlineData(ColorMatching.Cholesky)]
    [InlineData(ColorMatching.Pca)]
    [InlineData(ColorMatching.Symmetric)]
    public void ColorMatch_EveryMap_EqualsPyTorch(ColorMatching matching)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement given = Reference.Formula("colors");

        Tensor matched = ColorMatch.Apply(given.Tensor("style", 1, 3, 4, 5), given.Tensor("content", 1, 3, 5, 4), matching);

        Reference.AssertClose(given.Case(matching.ToString()).Tensor("matched", 60), matched);
    }

    [Fact]
    public void Adam_FiveSteps_EqualPyTorchs()
    {
        using DisposeScope scope = NewDisposeScope();
        using Adam adam = new(new OptimizerSettings { Kind = OptimizerKind.Adam, LearningRate = 0.02, Beta1 = 0.9, Beta2 = 0.99, Clamp = false });
        Tensor curvature = arange(1, 7, dtype: ScalarType.Float64).view(1, 1, 2, 3);
        Tensor x = full([1, 1, 2, 3], 0.5, dtype: ScalarType.Float64);
        foreach (JsonElement step in Reference.Formula("adam").GetProperty("steps").EnumerateArray())
        {
            x = adam.Propose(x, curvature * (x - 0.1));

            Reference.AssertClose(tensor((double[])[.. step.EnumerateArray().Select(value => value.GetDouble())]), x);
        }
    }

    private static void AssertStyle(IStyleDistance distance, Tensor picture, Tensor? mask, JsonElement expected)
    {
        FeaturePart part = new("relu1_1", picture, 0, 0);
        using IStyleStatistic statistic = distance.NewStatistic();
        statistic.Add(part, mask);

        double value = statistic.Compare(distance, 1);

        Assert.Equal(expected.GetProperty("value").GetDouble(), value, 1e-9);
        Reference.AssertClose(expected.Tensor("gradient", picture.numel()), statistic.At(part, mask), share: 1e-7);
    }
}
