using System.Runtime.InteropServices;
using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// The first two raw moments of features over positions: all that a style distance needs to know of a picture.
/// </summary>
/// <param name="Mean">[C]: μ = Σ w f ⁄ Σ w.</param>
/// <param name="Second">[C, C]: Σ w f fᵀ ⁄ Σ w, the Gram matrix over the number of positions.</param>
internal sealed record Moments(Tensor Mean, Tensor Second) : IDisposable
{
    /// <summary>What a gradient with respect to them is good in: float32 where the features are no wider, float64 in checks.</summary>
    public ScalarType GradientType { get; init; } = Mean.dtype;

    /// <summary>N of the paper.</summary>
    public long Channels => Mean.shape[0];

    /// <summary>Σ = Second − μ μᵀ.</summary>
    public Tensor Covariance() => Second - outer(Mean, Mean);

    public Moments DetachFromScope()
    {
        Mean.DetachFromDisposeScope();
        Second.DetachFromDisposeScope();
        return this;
    }

    public void Dispose()
    {
        Mean.Dispose();
        Second.Dispose();
    }
}

/// <summary>
/// Sums moments over the parts of a layer. Products are in float32 whatever the features are in (float64 stays float64), and are
/// added up in float64, so that a tiled sum and a low precision lose nothing here. On the processor by <see cref="PositionProducts"/>.
/// </summary>
internal sealed class MomentSum : IDisposable
{
    // Enough for the product to run at full speed; the copy in float32 stays small.
    private const long PositionsAtOnce = 1 << 14;

    private Tensor? first;
    private Tensor? second;
    private ScalarType gradientType;

    /// <summary>Σ w: M of the paper for an unmasked layer.</summary>
    public double Area { get; private set; }

    /// <param name="features">[1, C, H, W].</param>
    /// <param name="mask">[1, 1, H, W], weights of the positions; null for 1 everywhere.</param>
    public void Add(Tensor features, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        gradientType = features.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        if (PositionProducts.Suit(features))
        {
            AddByKernel(features, mask);
            return;
        }

        ScalarType type = gradientType;
        Tensor all = features.detach()[0].flatten(1); // [C, M]
        Tensor? weights = mask?.to(type).flatten(); // [M]
        Area += weights?.sum().ToDouble() ?? all.shape[1];
        for (long start = 0; start < all.shape[1]; start += PositionsAtOnce)
        {
            using DisposeScope step = NewDisposeScope();
            long positions = Math.Min(PositionsAtOnce, all.shape[1] - start);
            Tensor f = all.narrow(1, start, positions).to(type);
            Tensor weighted = weights is null ? f : f * weights.narrow(0, start, positions);
            first = Sum(first, weighted.sum(1));
            second = Sum(second, weighted.mm(f.t()));
        }
    }

    private void AddByKernel(Tensor features, Tensor? mask)
    {
        int channels = (int)features.shape[1];
        first ??= zeros(channels, ScalarType.Float64).DetachFromDisposeScope();
        second ??= zeros(channels, channels, ScalarType.Float64).DetachFromDisposeScope();
        Tensor? weights = mask?.to(ScalarType.Float32).contiguous();
        Area += weights?.sum(ScalarType.Float64).ToDouble() ?? features.shape[2] * features.shape[3];
        PositionProducts.AddMoments(features, weights, MemoryMarshal.Cast<byte, double>(first.bytes), MemoryMarshal.Cast<byte, double>(second.bytes));
    }

    /// <summary>Ends the sum; the moments are owned by the current dispose scope.</summary>
    public Moments Moments()
    {
        using Tensor? mean = first;
        using Tensor? square = second;
        (first, second) = (null, null);
        return new Moments(mean!.Over(Area), square!.Over(Area)) { GradientType = gradientType };
    }

    /// <summary>Drops a sum that was not ended.</summary>
    public void Dispose()
    {
        first?.Dispose();
        second?.Dispose();
        (first, second) = (null, null);
    }

    // Detached: a tile's scope ends before the sum does.
    private static Tensor Sum(Tensor? sum, Tensor part)
    {
        if (sum is null)
        {
            return part.to(ScalarType.Float64).DetachFromDisposeScope();
        }

        sum.PlusInPlace(part);
        return sum;
    }
}
