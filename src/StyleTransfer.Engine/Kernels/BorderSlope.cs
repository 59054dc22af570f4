using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// What a convolution's way back owes to a border that repeats pixels: the slopes that fall on the padding go to the pixels that were
/// repeated there. Four strips, one position wide; the rest is as with zeros.
/// </summary>
internal static class BorderSlope
{
    private static readonly Scalar Zero = 0.ToScalar();

    /// <param name="back">[1, inputs, H, W]: ∂L ⁄ ∂(the convolution's input) as with zeros, completed in place.</param>
    /// <param name="slope">[1, outputs, H, W]: ∂L ⁄ ∂(its output).</param>
    /// <param name="turned">[inputs, outputs, 3, 3]: its filters, turned by half a circle.</param>
    /// <param name="mask">The input where it is rectified features: nothing is added where it is 0.</param>
    public static void Add(Tensor back, Tensor slope, Tensor turned, Padding padding, Tensor? mask)
    {
        (long height, long width) = (slope.shape[2], slope.shape[3]);
        long inset = padding == Padding.Reflect ? 1 : 0;
        using DisposeScope scope = NewDisposeScope();
        // A row beyond the border meets the outermost row of outputs only, through the filters' own outermost row.
        Tensor Row(long of, long filterRow)
        {
            Tensor strip = F.conv2d(slope.narrow(2, of, 1), turned.narrow(2, filterRow, 1), padding: [0, 2]); // With the corners.
            Tensor inside = strip.narrow(3, 1, width);
            inside.narrow(3, inset, 1).PlusInPlace(strip.narrow(3, 0, 1));
            inside.narrow(3, width - 1 - inset, 1).PlusInPlace(strip.narrow(3, width + 1, 1));
            return inside;
        }

        Tensor Column(long of, long filterColumn) => F.conv2d(slope.narrow(3, of, 1), turned.narrow(3, filterColumn, 1), padding: [1, 0]);

        void To(int dimension, long at, Tensor strip)
        {
            Tensor masked = mask is null ? strip : strip * mask.narrow(dimension, at, 1).gt(Zero).to(strip.dtype);
            back.narrow(dimension, at, 1).PlusInPlace(masked);
        }

        To(2, inset, Row(0, 2));
        To(2, height - 1 - inset, Row(height - 1, 0));
        To(3, inset, Column(0, 2));
        To(3, width - 1 - inset, Column(width - 1, 0));
    }
}
