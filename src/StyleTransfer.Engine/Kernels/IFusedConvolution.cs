using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>A 3×3 convolution of feature maps with what follows it, in one pass. Owns its weights.</summary>
internal interface IFusedConvolution : IDisposable
{
    /// <summary>max(w ∗ x + b, 0), or without the maximum; [1, outputs, H, W] in the caller's scope.</summary>
    /// <param name="x">[1, inputs, H, W], of the convolution's type.</param>
    /// <param name="padding">What lies beyond the border: zero, replicate or reflect.</param>
    Tensor Forward(Tensor x, Padding padding, bool rectifies);

    /// <summary>max(w ∗ x + b, 0), of which only each 2×2 window's maximum is kept; in the caller's scope.</summary>
    /// <returns>[1, outputs, ⌊H ⁄ 2⌋, ⌊W ⁄ 2⌋], and where in its window each maximum was, as <see cref="MaxPooling.Spread"/> takes it.</returns>
    (Tensor Pooled, Tensor Which) ForwardPooled(Tensor x, Padding padding);

    /// <summary>(w ∗ x + sum) where the mask is positive, else 0: the way back through a convolution and the ReLU before it.</summary>
    /// <param name="x">[1, inputs, H, W]; zero beyond the border.</param>
    /// <param name="mask">[1, outputs, H, W]; null for everywhere.</param>
    /// <param name="sum">[1, outputs, H, W]: what is added, and where the result goes; null for nothing, and a new map.</param>
    Tensor Back(Tensor x, Tensor? mask, Tensor? sum);
}
