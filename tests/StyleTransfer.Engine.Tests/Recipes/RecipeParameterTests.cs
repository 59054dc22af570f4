using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Engine.Tests.Recipes;

/// <summary>The parameters that an axis may vary beside the plain numbers: single styles' weights, the start picture, Adam's betas.</summary>
public sealed class RecipeParameterTests
{
    private static readonly Recipe TwoStyles = Presets.Balanced.At(128) with
    {
        Content = new string('a', 64),
        Styles = [new StyleInput { Image = new string('b', 64) }, new StyleInput { Image = new string('c', 64), Weight = 3 }],
    };

    [Fact]
    public void StyleWeight_OfTheSecond_LeavesTheFirst()
    {
        Recipe written = RecipeParameter.Named("style2Weight").Write(TwoStyles, "0.5");

        Assert.Equal([1, 0.5], written.Styles.Select(style => style.Weight));
        Assert.Equal("0.5", RecipeParameter.Named("style2Weight").Read(written));
    }

    [Fact]
    public void StyleWeight_OfAStyleThatIsNotThere_IsRefusedWithTheCount()
    {
        RecipeException refused = Assert.Throws<RecipeException>(() => RecipeParameter.Named("style3Weight").Write(TwoStyles, "1"));

        Assert.Contains("2 styles", refused.Message);
        Assert.Equal(["style1Weight", "style2Weight"], RecipeParameter.All.Where(parameter => parameter.StylesNeeded > 0 && parameter.AppliesTo(TwoStyles)).Select(parameter => parameter.Name));
        Assert.DoesNotContain(RecipeParameter.All, parameter => parameter.StylesNeeded > 0 && parameter.AppliesTo(TwoStyles with { Styles = [TwoStyles.Styles[0]] }));
    }

    [Fact]
    public void StyleWeights_AllZero_CannotRun() =>
        Assert.Contains("at least one", Assert.Single(RecipeValidation.Faults(RecipeParameter.Named("style1Weight").Write(RecipeParameter.Named("style2Weight").Write(TwoStyles, "0"), "0"))));

    [Fact]
    public void StartPicture_Named_IsWhereTheRunStarts()
    {
        string picture = new('d', 64);
        Recipe written = RecipeParameter.Named("startPicture").Write(TwoStyles, picture);

        Assert.Equal(new Initialization { Kind = InitializationKind.Image, Image = picture }, written.Initialization);
        Assert.Equal(picture, RecipeParameter.Named("startPicture").Read(written));
        Assert.Empty(RecipeValidation.Faults(written));
    }

    [Fact]
    public void Start_FromAPictureThatIsNotNamed_IsAFault() =>
        Assert.Contains("none is named", Assert.Single(RecipeValidation.Faults(RecipeParameter.Named("initialization").Write(TwoStyles, "image"))));

    [Theory]
    [InlineData("beta1", "1", "β₁")]
    [InlineData("beta2", "-0.1", "β₂")]
    public void Beta_OutOfRange_IsAFaultThatNamesIt(string parameter, string value, string name) =>
        Assert.Contains(name, Assert.Single(RecipeValidation.Faults(RecipeParameter.Named(parameter).Write(TwoStyles, value))));

    [Fact]
    public void Grid_OverABetaAndAStylesWeight_IsWrittenIntoEveryCell()
    {
        ExperimentGrid grid = new(TwoStyles, new ExperimentAxis("beta1", ["0.5", "0.9"]), new ExperimentAxis("style1Weight", ["0", "1"]));

        Assert.Equal([(0.5, 0), (0.9, 0), (0.5, 1), (0.9, 1)], grid.Cells().Select(cell => (cell.Recipe.Optimizer.Beta1, cell.Recipe.Styles[0].Weight)));
    }
}
