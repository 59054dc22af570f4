using StyleTransfer.Core.Images;
using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine;

/// <summary>Between pictures in memory and tensors on a device.</summary>
internal static class PixelTensors
{
    /// <returns>[1, 3, H, W], float32, sRGB in [0, 1].</returns>
    public static Tensor ToTensor(PixelImage image, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor interleaved = tensor(image.Rgb, [image.Height, image.Width, 3]);
        return interleaved.permute(2, 0, 1).contiguous().unsqueeze(0).to(device).MoveToOuterDisposeScope();
    }

    /// <returns>[1, 1, H, W], float32 in [0, 1]: the mask's grey value.</returns>
    public static Tensor FromMask(PixelImage mask, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        return Luma.Of(ToTensor(mask, device)).MoveToOuterDisposeScope();
    }

    /// <param name="tensor">[1, 3, H, W]; values outside [0, 1] are clipped.</param>
    /// <param name="alpha">H × W, or null.</param>
    public static PixelImage ToImage(Tensor tensor, float[]? alpha = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor interleaved = tensor.detach()[0].Clamp(0, 1).to(ScalarType.Float32).permute(1, 2, 0).contiguous().cpu();
        return new PixelImage((int)tensor.shape[3], (int)tensor.shape[2], interleaved.data<float>().ToArray(), alpha);
    }

    /// <summary>Bicubic; averaged over the source's area when it shrinks.</summary>
    public static Tensor Resize(Tensor image, int width, int height) =>
        image.shape[2] == height && image.shape[3] == width
            ? image.clone()
            : F.interpolate(image, [height, width], mode: InterpolationMode.Bicubic, align_corners: false, antialias: true);
}
