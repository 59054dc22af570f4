using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>What lies one place beyond a map's border.</summary>
internal static class Beyond
{
    /// <summary>The place that a place from −1 to the length stands for, or −1 where zero is.</summary>
    public static int At(int place, int length, Padding padding) => place >= 0 && place < length ? place : padding switch
    {
        Padding.Zero => -1,
        Padding.Reflect => place < 0 ? 1 : length - 2,
        _ => place < 0 ? 0 : length - 1,
    };
}
