using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>libtorch's 3×3 convolution with any border.</summary>
internal static class PaddedConvolution
{
    /// <summary>w ∗ x + b, as large as x; in the caller's scope.</summary>
    /// <param name="padding">What lies beyond the border: zero, replicate or reflect.</param>
    public static Tensor Of(Tensor x, Tensor weight, Tensor bias, Padding padding)
    {
        if (padding == Padding.Zero)
        {
            return F.conv2d(x, weight, bias, padding: [1, 1]);
        }

        using Tensor padded = F.pad(x, (1, 1, 1, 1), padding == Padding.Reflect ? PaddingModes.Reflect : PaddingModes.Replicate);
        return F.conv2d(padded, weight, bias);
    }
}
