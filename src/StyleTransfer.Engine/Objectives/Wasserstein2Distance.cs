using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// The squared Wasserstein-2 distance between the Gaussians with the features' means and covariances, divided by the channels:
/// |μ − ν|² + tr(Σ + T − 2 (T^½ Σ T^½)^½).
/// </summary>
/// <remarks>
/// As in crowsonkb/style-transfer-pytorch, with ε = 1e-4 on both diagonals. One symmetric eigendecomposition gives the value and
/// the gradient: ∂ tr(T^½ Σ T^½)^½ ⁄ ∂Σ = ½ T^½ (T^½ Σ T^½)^(−½) T^½.
/// </remarks>
public sealed class Wasserstein2Distance : MomentDistance
{
    private const double Epsilon = 1e-4;

    private readonly Tensor mean;
    private readonly Tensor covariance;
    private readonly Tensor root;
    private readonly double scale;

    /// <param name="isRelative">Divides by the style's own second moment instead of the channels: alike for every encoder.</param>
    public Wasserstein2Distance(FeatureMoments target, bool isRelative)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor t = Covariance(target);
        (Tensor values, Tensor vectors) = linalg.eigh(t);
        root = vectors.mul(values.clamp_min(0).sqrt()).mm(vectors.t()).DetachFromDisposeScope();
        covariance = t.DetachFromDisposeScope();
        mean = target.Mean.to(ScalarType.Float64, copy: true).DetachFromDisposeScope();
        scale = isRelative
            ? 1 / (target.Second.diagonal().sum().to(ScalarType.Float64).item<double>() + Epsilon)
            : 1.0 / mean.shape[0];
    }

    public override MomentGradient Evaluate(FeatureMoments moments)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor sigma = Covariance(moments);
        Tensor product = root.mm(sigma).mm(root);
        (Tensor values, Tensor vectors) = linalg.eigh((product + product.t()) / 2);
        Tensor roots = values.clamp_min(Epsilon * Epsilon).sqrt();
        Tensor shift = moments.Mean.to(ScalarType.Float64) - mean;
        Tensor value = (shift.square().sum() + (sigma.diagonal() + covariance.diagonal()).sum() - (2 * roots.sum())) * scale;

        Tensor turned = root.mm(vectors);
        Tensor bySecond = (eye(mean.shape[0], dtype: mean.dtype, device: mean.device) - turned.div(roots).mm(turned.t())) * scale;
        Tensor byMean = (shift * (2 * scale)) - (bySecond.mv(shift + mean) * 2);
        ScalarType type = moments.Mean.dtype;
        return new MomentGradient(
            value.to(type).MoveToOuterDisposeScope(),
            byMean.to(type).MoveToOuterDisposeScope(),
            bySecond.to(type).MoveToOuterDisposeScope());
    }

    public override void Dispose()
    {
        mean.Dispose();
        covariance.Dispose();
        root.Dispose();
    }

    // In float64: close to the target the traces nearly cancel, and small eigenvalues have large inverse roots.
    private static Tensor Covariance(FeatureMoments moments)
    {
        Tensor mean = moments.Mean.to(ScalarType.Float64);
        return moments.Second.to(ScalarType.Float64) - outer(mean, mean) + (eye(mean.shape[0], dtype: mean.dtype, device: mean.device) * Epsilon);
    }
}
