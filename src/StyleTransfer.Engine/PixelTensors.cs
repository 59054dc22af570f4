using StyleTransfer.Core.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine;

/// <summary>Between pictures and tensors.</summary>
internal static class PixelTensors
{
    /// <summary>[1, 3, H, W], float32, sRGB in [0, 1].</summary>
    public static Tensor ToTensor(PixelImage image, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(image.Rgb, [1, image.Height, image.Width, 3]);
        return rows.permute(0, 3, 1, 2).contiguous().to(device).MoveToOuterDisposeScope();
    }

    /// <summary>From [1, 3, H, W]; values are clipped to [0, 1].</summary>
    public static PixelImage ToImage(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = image.detach().clamp(0, 1).to(ScalarType.Float32).permute(0, 2, 3, 1).contiguous().cpu();
        return new PixelImage((int)rows.shape[2], (int)rows.shape[1], rows.data<float>().ToArray());
    }
}
