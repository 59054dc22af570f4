using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Engine.Objectives;

/// <summary>From a recipe's form to the distance that it names.</summary>
internal static class StyleDistances
{
    public static IStyleDistance Create(StyleForm form, Moments style) => form switch
    {
        StyleForm.GramPaper => GramDistance.Paper(style),
        StyleForm.GramMean => GramDistance.Mean(style),
        StyleForm.Wasserstein2 => WassersteinDistance.PerChannel(style),
        StyleForm.RelativeWasserstein2 => WassersteinDistance.Relative(style),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "not a function of moments"),
    };
}
