using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// Σ_c v_cᵀ M v_c ⁄ (H W): zero where every 3 × 3 window of the picture is an affine function of the content's colours there, so that
/// straight edges stay straight and flat surfaces flat.
/// </summary>
/// <remarks>
/// Levin, Lischinski, Weiss, "A Closed-Form Solution to Natural Image Matting", 2008, equation 12; as a regulariser: Luan, Paris,
/// Shechtman, Bala, "Deep Photo Style Transfer", CVPR 2017, equation 3, here over the number of pixels so that δ means the same at every
/// size. M is never built: v − M v ⁄ |w| is what the windows' own affine fits predict, so M v comes of box sums over the picture.
/// In float64, because a window of one colour has a covariance of nearly nothing.
/// </remarks>
internal sealed class MattingLaplacian : IDisposable
{
    /// <summary>ε of equation 12; Levin's and Luan's own.</summary>
    private const double Epsilon = 1e-7;

    private const int Window = 3;
    private const double Positions = Window * Window;

    private readonly LocalAffine windows;
    private readonly Tensor cover; // [1, 1, H, W]: by how many windows a pixel is covered

    /// <param name="content">[1, 3, H, W] in [0, 1], at least 3 × 3.</param>
    public MattingLaplacian(Tensor content)
    {
        using DisposeScope scope = NewDisposeScope();
        windows = new LocalAffine(content, Window, Epsilon / Positions);
        cover = windows.Spread(ones([1, 1, content.shape[2] - Window + 1, content.shape[3] - Window + 1], ScalarType.Float64, content.device))
            .DetachFromDisposeScope();
    }

    /// <param name="image">[1, 3, H, W].</param>
    /// <returns>The value, and its gradient of the image's shape and type; the gradient is in the caller's scope.</returns>
    public (double Value, Tensor Gradient) Evaluate(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor v = image.detach().to(ScalarType.Float64);
        Tensor product = cover * v - windows.Predict(v); // M v
        double pixels = v.shape[2] * v.shape[3];
        double value = (v * product).sum().ToDouble() / pixels;
        return (value, product.Times(2 / pixels).to(image.dtype).MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        windows.Dispose();
        cover.Dispose();
    }
}
