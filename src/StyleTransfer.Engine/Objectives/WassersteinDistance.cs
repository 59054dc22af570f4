using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// k · (‖μ − μ′‖² + tr Σ + tr Σ′ − 2 tr (Σ′^½ Σ Σ′^½)^½): the squared Wasserstein-2 distance of the Gaussians that have the
/// features' mean and covariance.
/// </summary>
/// <remarks>
/// Olkin and Pukelsheim 1982; as a style distance: crowsonkb/style-transfer-pytorch, with k = 1 ⁄ N and 1e-4 added to the variances.
/// The gradient is I − T with T = Σ′^½ (Σ′^½ Σ Σ′^½)^-½ Σ′^½, the optimal transport map between the two Gaussians, from one
/// symmetric eigendecomposition. It is done in float64: squared condition numbers leave float32 nothing in the small eigenvalues.
/// </remarks>
internal sealed class WassersteinDistance : IMomentDistance
{
    /// <summary>crowsonkb's.</summary>
    private const double AbsoluteVariance = 1e-4;

    // Of the mean variance; keeps directions that the style does not use from deciding.
    private const double RelativeVariance = 1e-4;

    private readonly Tensor mean; // μ′, [C], float64
    private readonly Tensor root; // Σ′^½, [C, C], float64
    private readonly double trace; // tr Σ′
    private readonly double factor;
    private readonly double variance;

    private WassersteinDistance(Moments style, double factor, double variance)
    {
        using DisposeScope scope = NewDisposeScope();
        using Threads.Alone alone = Threads.OnThisThread();
        this.factor = factor;
        this.variance = variance;
        Moments precise = new(style.Mean.to(ScalarType.Float64), style.Second.to(ScalarType.Float64));
        Tensor covariance = Regularized(precise);
        mean = precise.Mean.clone().DetachFromDisposeScope();
        trace = covariance.trace().ToDouble();
        if (!double.IsFinite(covariance.sum().ToDouble()))
        {
            // Features beyond the numbers' range: every distance to them will be not a number, which stops the run.
            root = covariance.DetachFromDisposeScope();
            return;
        }

        (Tensor values, Tensor vectors) = linalg.eigh(covariance);
        root = (vectors * values.AtLeast(0).sqrt()).mm(vectors.t()).DetachFromDisposeScope();
    }

    /// <summary>As published: per channel.</summary>
    public static WassersteinDistance PerChannel(Moments style) => new(style, 1.0 / style.Channels, AbsoluteVariance);

    /// <summary>
    /// Over the style's own second moment Σ |f|² ⁄ M: 0 where the statistics are equal, about 1 where the picture is black in feature
    /// space; alike for every encoder and layer.
    /// </summary>
    public static WassersteinDistance Relative(Moments style)
    {
        using DisposeScope scope = NewDisposeScope();
        double energy = Math.Max(style.Second.trace().ToDouble(), 1e-12);
        return new WassersteinDistance(style, 1 / energy, RelativeVariance * energy / style.Channels);
    }

    public DistanceValue Evaluate(Moments moments)
    {
        using DisposeScope scope = NewDisposeScope();
        using Threads.Alone alone = Threads.OnThisThread();
        ScalarType type = moments.GradientType;
        Moments x = new(moments.Mean.to(ScalarType.Float64), moments.Second.to(ScalarType.Float64));
        Tensor covariance = Regularized(x);
        Tensor product = root.mm(covariance).mm(root);
        if (!double.IsFinite(product.sum().ToDouble()))
        {
            // The decomposition would throw; the run wants to see the value and step back.
            return new DistanceValue(double.NaN, null, zeros_like(moments.Second).MoveToOuterDisposeScope());
        }

        (Tensor values, Tensor vectors) = linalg.eigh(product.Plus(product.t()).Over(2));
        // The product of two matrices that are at least `variance` each way has no eigenvalue below its square.
        Tensor roots = values.AtLeast(variance * variance).sqrt();

        Tensor meanDifference = x.Mean - mean;
        double value = meanDifference.Squared().sum().ToDouble() + covariance.trace().ToDouble() + trace - 2 * roots.sum().ToDouble();

        // T = half halfᵀ. With the eigenvectors known nothing is lost any more in the features' own precision.
        Tensor half = root.to(type).mm(vectors.to(type)) / roots.sqrt().to(type);
        Tensor covarianceGradient = eye(moments.Channels, dtype: type, device: covariance.device) - half.mm(half.t());
        // Σ = Second − μ μᵀ, so μ also acts through the covariance.
        Tensor meanGradient = meanDifference.to(type).Times(2) - covarianceGradient.mv(x.Mean.to(type)).Times(2);
        return new DistanceValue(
            factor * value,
            meanGradient.Times(factor).MoveToOuterDisposeScope(),
            covarianceGradient.Times(factor).MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        mean.Dispose();
        root.Dispose();
    }

    private Tensor Regularized(Moments moments) =>
        moments.Covariance().Plus(eye(moments.Channels, dtype: ScalarType.Float64, device: moments.Mean.device).Times(variance));
}
