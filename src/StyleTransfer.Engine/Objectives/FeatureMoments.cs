using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// What a style distance looks at: sums over positions, in float32 whatever the features' type, so that they add up over tiles.
/// </summary>
/// <param name="Mean">E[f], [C].</param>
/// <param name="Second">E[f fᵀ], the second raw moment and the Gram matrix divided by the positions, [C, C].</param>
/// <param name="Positions">M, the number of positions (or the sum of the mask).</param>
public sealed record FeatureMoments(Tensor Mean, Tensor Second, double Positions)
{
    /// <param name="features">[1, C, H, W].</param>
    public static FeatureMoments Of(Tensor features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor f = Columns(features);
        double positions = f.shape[1];
        return new FeatureMoments(
            f.mean([1L]).MoveToOuterDisposeScope(),
            (f.mm(f.t()) / positions).MoveToOuterDisposeScope(),
            positions);
    }

    /// <summary>[C, H·W], float32 (or float64 where the features are).</summary>
    internal static Tensor Columns(Tensor features)
    {
        Tensor f = features.detach();
        f = f.dtype == ScalarType.Float64 ? f : f.to(ScalarType.Float32);
        return f.reshape(f.shape[1], -1);
    }
}
