using StyleTransfer.Core.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>From a recipe's form to the distance that it names.</summary>
internal static class StyleDistances
{
    /// <param name="features">The style's at one layer, [1, C, H, W].</param>
    /// <param name="mask">[1, 1, H, W], weights of its positions; null for 1 everywhere.</param>
    /// <param name="seed">Of whatever the distance draws; the same for every style of one layer.</param>
    public static IStyleDistance Create(StyleForm form, Tensor features, Tensor? mask, long seed)
    {
        if (form == StyleForm.SlicedWasserstein)
        {
            return SlicedWassersteinDistance.Of(features, mask, seed);
        }

        using DisposeScope scope = NewDisposeScope();
        MomentSum sum = new();
        sum.Add(features, mask);
        return OfMoments(form, sum.Moments());
    }

    public static IMomentDistance OfMoments(StyleForm form, Moments style) => form switch
    {
        StyleForm.GramPaper => GramDistance.Paper(style),
        StyleForm.GramMean => GramDistance.Mean(style),
        StyleForm.Wasserstein2 => WassersteinDistance.PerChannel(style),
        StyleForm.RelativeWasserstein2 => WassersteinDistance.Relative(style),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "not a function of moments"),
    };
}
