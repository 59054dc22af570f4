using StyleTransfer.Core.Recipes;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Objectives;

/// <summary>How rough a picture is, from pixel to pixel. A function of the picture alone: no encoder, nothing to tile.</summary>
internal static class TotalVariation
{
    // A band of rows at a time: some twenty intermediate pictures would be most of a large run's memory.
    private const long PixelsAtOnce = 1 << 20;

    /// <param name="image">[1, 3, H, W].</param>
    /// <returns>The value, and its gradient at the pixels, of the image's shape; the gradient is in the caller's scope.</returns>
    public static (double Value, Tensor Gradient) Evaluate(Tensor image, TotalVariationForm form) =>
        Evaluate(image, form, Math.Max(1, PixelsAtOnce / image.shape[3]));

    /// <param name="rows">Of a band.</param>
    internal static (double Value, Tensor Gradient) Evaluate(Tensor image, TotalVariationForm form, long rows)
    {
        long height = image.shape[2];
        double total = 0;
        Tensor gradient = zeros_like(image);
        for (long top = 0; top < height; top += rows)
        {
            using DisposeScope scope = NewDisposeScope();
            long own = Math.Min(rows, height - top);
            long read = Math.Min(own + 1, height - top); // Its last row is compared with the next band's first.
            Tensor leaf = image.narrow(2, top, read).detach().requires_grad_();
            Tensor value = form switch
            {
                TotalVariationForm.L1 => Across(leaf.narrow(2, 0, own)).abs().sum().Plus(Down(leaf).abs().sum()),
                TotalVariationForm.L2 => Across(leaf.narrow(2, 0, own)).Squared().sum().Plus(Down(leaf).Squared().sum()),
                _ => NinePoint(leaf, own, isFirst: top == 0, height),
            };
            gradient.narrow(2, top, read).PlusInPlace(autograd.grad([value], [leaf])[0]);
            total += value.ToDouble();
        }

        return (total, gradient);
    }

    private static Tensor Across(Tensor x) => x.narrow(3, 1, x.shape[3] - 1) - x.narrow(3, 0, x.shape[3] - 1);

    private static Tensor Down(Tensor x) => x.narrow(2, 1, x.shape[2] - 1) - x.narrow(2, 0, x.shape[2] - 1);

    // crowsonkb/style-transfer-pytorch: mean squared differences to the four nearest and the four diagonal neighbours, weighted 4 : 1
    // as their squared distances and the Laplacian's nine-point stencil ask, over a picture whose border is repeated once.
    private static Tensor NinePoint(Tensor band, long own, bool isFirst, long height)
    {
        (long channels, long width) = (band.shape[1], band.shape[3]);
        int above = isFirst ? 1 : 0;
        Tensor x = F.pad(band, (1, 1, above, band.shape[2] == own ? 1 : 0), PaddingModes.Replicate);
        Tensor center = x.narrow(2, above, own).narrow(3, 1, width);
        Tensor right = x.narrow(2, above, own).narrow(3, 2, width);
        Tensor below = x.narrow(2, above + 1, own).narrow(3, 1, width);
        Tensor top = x.narrow(2, 0, own + above);
        Tensor bottom = x.narrow(2, 1, own + above);
        Tensor falling = bottom.narrow(3, 1, width + 1) - top.narrow(3, 0, width + 1);
        Tensor rising = bottom.narrow(3, 0, width + 1) - top.narrow(3, 1, width + 1);
        Tensor straight = (right - center).Squared().sum().Plus((below - center).Squared().sum()).Over(channels * height * width);
        Tensor diagonal = falling.Squared().sum().Plus(rising.Squared().sum()).Over(channels * (height + 1) * (width + 1));
        return straight.Over(3).Plus(diagonal.Over(12)).Times(2);
    }
}
