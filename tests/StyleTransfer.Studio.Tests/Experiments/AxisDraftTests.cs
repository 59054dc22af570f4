using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Components.Parts;

namespace StyleTransfer.Studio.Tests.Experiments;

/// <summary>Whatever parameter is chosen for an axis, it begins with values that can run.</summary>
public sealed class AxisDraftTests
{
    private static readonly Recipe TwoStyles = Presets.Balanced.At(256) with
    {
        Content = new string('a', 64),
        Styles = [new StyleInput { Image = new string('b', 64) }, new StyleInput { Image = new string('c', 64) }],
    };

    public static TheoryData<string> Numbers => [.. RecipeParameter.All
        .Where(parameter => parameter.Kind is ParameterKind.Number or ParameterKind.WholeNumber && parameter.AppliesTo(TwoStyles)).Select(parameter => parameter.Name)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Choose_ANumber_BeginsWithValuesThatCanRun(string name)
    {
        AxisDraft draft = new();

        draft.Choose(name, TwoStyles);

        ExperimentAxis axis = draft.ToAxis();
        Assert.InRange(axis.Values.Length, 2, 6);
        Assert.All(axis.Values, value => Assert.Empty(RecipeValidation.Faults(RecipeParameter.Named(name).Write(TwoStyles, value))));
    }
}
