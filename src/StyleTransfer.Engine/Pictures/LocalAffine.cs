using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Pictures;

/// <summary>
/// Affine models v ≈ a · I + b of other pictures by a guide's colours, one in each window that lies inside. The guide's part is
/// computed once. Owns its tensors; float64.
/// </summary>
/// <remarks>
/// He, Sun, Tang, "Guided Image Filtering", 2013, section 3.4 for colour guides: a = (Σ + ε)⁻¹ cov(I, v), b = v̄ − a · μ. The same models
/// are what Levin's matting Laplacian measures the residual of.
/// </remarks>
internal sealed class LocalAffine : IDisposable
{
    private readonly int window;
    private readonly Tensor guide; // I, [1, 3, H, W]
    private readonly Tensor mean; // μ, [1, 3, H′, W′]
    private readonly Tensor inverse; // (Σ + ε)⁻¹, [H′, W′, 3, 3]

    /// <param name="guide">[1, 3, H, W].</param>
    /// <param name="window">Odd, at most the shorter edge.</param>
    /// <param name="epsilon">Added to the variances.</param>
    public LocalAffine(Tensor guide, int window, double epsilon)
    {
        using DisposeScope scope = NewDisposeScope();
        this.window = window;
        Tensor precise = guide.detach().to(ScalarType.Float64);
        Tensor mu = Mean(precise);
        Tensor pairs = Mean((precise.unsqueeze(2) * precise.unsqueeze(1)).flatten(1, 2)); // [1, 9, H′, W′]
        Tensor covariance = pairs.unflatten(1, [3, 3]) - mu.unsqueeze(2) * mu.unsqueeze(1);
        Tensor regular = covariance[0].permute(2, 3, 0, 1).Plus(eye(3, dtype: ScalarType.Float64, device: guide.device).Times(epsilon));
        this.guide = precise.clone().DetachFromDisposeScope();
        mean = mu.DetachFromDisposeScope();
        inverse = linalg.inv(regular).DetachFromDisposeScope();
    }

    /// <summary>For each pixel the sum of what the models of all windows that cover it say of it.</summary>
    /// <param name="v">[1, C, H, W], float64.</param>
    /// <returns>[1, C, H, W], in the caller's scope.</returns>
    public Tensor Predict(Tensor v)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor average = Mean(v); // v̄, [1, C, H′, W′]
        Tensor products = Mean((v.unsqueeze(2) * guide.unsqueeze(1)).flatten(1, 2)).unflatten(1, [v.shape[1], 3]); // [1, C, 3, H′, W′]
        Tensor covariance = products - average.unsqueeze(2) * mean.unsqueeze(1);
        Tensor a = covariance[0].permute(2, 3, 0, 1).matmul(inverse).permute(2, 3, 0, 1).unsqueeze(0); // [1, C, 3, H′, W′]
        Tensor b = average - (a * mean.unsqueeze(1)).sum(2);
        Tensor slopes = Spread(a.flatten(1, 2)).unflatten(1, [v.shape[1], 3]);
        return (slopes * guide.unsqueeze(1)).sum(2).Plus(Spread(b)).MoveToOuterDisposeScope();
    }

    /// <summary>From windows to pixels: the sum over the windows that cover each.</summary>
    /// <param name="x">[1, ·, H′, W′], a value for each window.</param>
    /// <returns>[1, ·, H, W].</returns>
    public Tensor Spread(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        int margin = window - 1;
        Tensor padded = F.pad(x, (margin, margin, margin, margin));
        return Mean(padded).Times(window * (double)window).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        guide.Dispose();
        mean.Dispose();
        inverse.Dispose();
    }

    // Over every window that lies inside; rows and columns one after the other.
    private Tensor Mean(Tensor x) => F.avg_pool2d(F.avg_pool2d(x, [window, 1], stride: [1, 1]), [1, window], stride: [1, 1]);
}
