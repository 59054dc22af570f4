using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// C ⁄ E|a|² · mean over directions of the squared Wasserstein-2 distance between the features' projections: in one dimension the
/// optimal transport is the sorted order.
/// </summary>
/// <remarks>
/// Heitz, Vanhoey, Chambon, Belcour, "A Sliced Wasserstein Loss for Neural Texture Synthesis", CVPR 2021, equation 4. It sees the whole
/// distribution, where moments see its mean and covariance only. Three differences: the directions are an orthonormal basis that the
/// seed fixes for a scale (theirs are drawn anew at each step, which no quasi-Newton method can learn from); positions carry weights,
/// so that soft masks and pictures of different sizes compare by quantiles; and it is divided by the style's own second moment, so
/// that its size is that of <see cref="WassersteinDistance.Relative"/>.
/// </remarks>
internal sealed class SlicedWassersteinDistance : IStyleDistance
{
    private readonly Tensor quantiles; // [K, Q], ascending; quantile (q + ½) ⁄ Q in column q

    private SlicedWassersteinDistance(Tensor directions, Tensor quantiles, double factor)
    {
        Directions = directions;
        this.quantiles = quantiles;
        Factor = factor;
    }

    /// <summary>[K, C], of unit length.</summary>
    public Tensor Directions { get; }

    /// <summary>Of the mean squared difference of projections.</summary>
    public double Factor { get; }

    /// <param name="features">The style's, [1, C, H, W].</param>
    /// <param name="mask">[1, 1, H, W]; null for all of them.</param>
    /// <param name="seed">Of the directions; the same for every style of one layer.</param>
    public static SlicedWassersteinDistance Of(Tensor features, Tensor? mask, long seed)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = features.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Tensor f = features.detach()[0].flatten(1).to(type); // [C, M]
        Tensor weights = mask is null ? ones(f.shape[1], dtype: type, device: f.device) : mask.flatten().to(type);
        double energy = ((f.Squared().sum([0]) * weights).sum() / weights.sum()).ToDouble();
        Tensor directions = Orthonormal(f.shape[0], seed).to(type).to(f.device);
        (Tensor sorted, Tensor order) = directions.mm(f).sort(1);
        Tensor table = mask is null ? sorted : Resampled(sorted, WeightedQuantiles.At(weights[order]));
        return new SlicedWassersteinDistance(
            directions.DetachFromDisposeScope(), table.DetachFromDisposeScope(), f.shape[0] / Math.Max(energy, 1e-12));
    }

    /// <summary>The style's projections at given quantiles.</summary>
    /// <param name="at">[K, M] or [1, M], in (0, 1).</param>
    /// <returns>[K, M], in the caller's scope.</returns>
    public Tensor At(Tensor at)
    {
        using DisposeScope scope = NewDisposeScope();
        long last = quantiles.shape[1] - 1;
        Tensor place = at.Times(quantiles.shape[1]).Minus(0.5).Clamp(0, last);
        Tensor below = place.floor();
        Tensor share = place - below;
        Tensor index = below.to(ScalarType.Int64).expand(quantiles.shape[0], -1);
        Tensor low = quantiles.gather(1, index);
        Tensor high = quantiles.gather(1, index.Plus(1).Clamp(0, last));
        return low.Plus((high - low) * share).MoveToOuterDisposeScope();
    }

    public IStyleStatistic NewStatistic() => new ProjectionStatistic(Directions);

    public void Dispose()
    {
        Directions.Dispose();
        quantiles.Dispose();
    }

    // Rows of a random rotation.
    private static Tensor Orthonormal(long channels, long seed)
    {
        using Generator generator = new(unchecked((ulong)seed), CPU);
        return linalg.qr(randn([channels, channels], ScalarType.Float64, CPU, generator: generator)).Q;
    }

    // From quantiles wherever the weights put them to evenly spaced ones.
    private static Tensor Resampled(Tensor sorted, Tensor at)
    {
        long count = sorted.shape[1];
        Tensor wanted = Scalars.Ascending(count, sorted.dtype, sorted.device).Plus(0.5).Over(count).expand(sorted.shape[0], count).contiguous();
        Tensor above = searchsorted(at.contiguous(), wanted).Clamp(1, count - 1);
        Tensor below = above.Minus(1);
        (Tensor from, Tensor to) = (at.gather(1, below), at.gather(1, above));
        Tensor share = ((wanted - from) / (to - from).AtLeast(1e-12)).Clamp(0, 1);
        Tensor low = sorted.gather(1, below);
        return low.Plus((sorted.gather(1, above) - low) * share);
    }
}
