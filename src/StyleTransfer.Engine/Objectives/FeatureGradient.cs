using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>∂L ⁄ ∂f = w (∂L ⁄ ∂μ + 2 ∂L ⁄ ∂Second · f) ⁄ Σ w, from the weighted sum of the distances that share one layer and region. Owned.</summary>
/// <param name="area">Σ w.</param>
internal sealed class FeatureGradient(double area) : IDisposable
{
    private Tensor? mean;
    private Tensor? second;

    public void Add(DistanceValue distance, double weight)
    {
        if (distance.MeanGradient is Tensor slope)
        {
            mean = Sum(mean, slope.Times(weight / area));
        }

        second = Sum(second, distance.SecondGradient.Times(2 * weight / area));
    }

    /// <param name="mask">[1, 1, h, w], w at the part's positions; null for 1 everywhere.</param>
    /// <returns>Of the part's shape, type and memory layout, in the caller's scope.</returns>
    public Tensor At(FeaturePart part, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = part.Features.detach();
        if (PositionProducts.Suit(features))
        {
            Tensor applied = PositionProducts.Apply(features, Single(second!), mean is null ? null : Single(mean));
            return (mask is null ? applied : applied.mul_(mask.to(applied.dtype))).MoveToOuterDisposeScope();
        }

        ScalarType type = features.dtype;
        (long channels, long height, long width) = (features.shape[1], features.shape[2], features.shape[3]);
        // [M, C] × [C, C]: where the channels lie last in memory this is one product without a copy, and stays so.
        Tensor f = features[0].flatten(1).t();
        Tensor slope = f.mm(second!.to(type));
        if (mean is not null)
        {
            slope.PlusInPlace(mean.to(type));
        }

        if (mask is not null)
        {
            slope.mul_(mask.flatten().unsqueeze(1).to(type));
        }

        return slope.t().view(1, channels, height, width).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        mean?.Dispose();
        second?.Dispose();
    }

    private static Tensor Single(Tensor x) => x.to(ScalarType.Float32).contiguous();

    private static Tensor Sum(Tensor? sum, Tensor part) => sum is null ? part.DetachFromDisposeScope() : sum.PlusInPlace(part);
}
