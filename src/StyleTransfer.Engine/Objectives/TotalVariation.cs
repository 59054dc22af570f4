using StyleTransfer.Core.Recipes;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Objectives;

/// <summary>How rough a picture is, from pixel to pixel. A function of the picture alone: no encoder, nothing to tile.</summary>
internal static class TotalVariation
{
    /// <param name="image">[1, 3, H, W].</param>
    /// <returns>The value, and its gradient at the pixels, of the image's shape; the gradient is in the caller's scope.</returns>
    public static (double Value, Tensor Gradient) Evaluate(Tensor image, TotalVariationForm form)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor leaf = image.detach().requires_grad_();
        Tensor value = form switch
        {
            TotalVariationForm.L1 => Across(leaf).abs().sum() + Down(leaf).abs().sum(),
            TotalVariationForm.L2 => Across(leaf).square().sum() + Down(leaf).square().sum(),
            _ => NinePoint(leaf),
        };
        Tensor gradient = autograd.grad([value], [leaf])[0];
        return (value.ToDouble(), gradient.MoveToOuterDisposeScope());
    }

    private static Tensor Across(Tensor x) => x.narrow(3, 1, x.shape[3] - 1) - x.narrow(3, 0, x.shape[3] - 1);

    private static Tensor Down(Tensor x) => x.narrow(2, 1, x.shape[2] - 1) - x.narrow(2, 0, x.shape[2] - 1);

    // crowsonkb/style-transfer-pytorch: squared differences to the four nearest and the four diagonal neighbours, weighted 4 : 1
    // as their squared distances and the Laplacian's nine-point stencil ask, over a picture whose border is repeated once.
    private static Tensor NinePoint(Tensor image)
    {
        (long height, long width) = (image.shape[2], image.shape[3]);
        Tensor x = F.pad(image, (1, 1, 1, 1), PaddingModes.Replicate);
        Tensor center = x.narrow(2, 1, height).narrow(3, 1, width);
        Tensor right = x.narrow(2, 1, height).narrow(3, 2, width);
        Tensor below = x.narrow(2, 2, height).narrow(3, 1, width);
        Tensor top = x.narrow(2, 0, height + 1);
        Tensor bottom = x.narrow(2, 1, height + 1);
        Tensor falling = bottom.narrow(3, 1, width + 1) - top.narrow(3, 0, width + 1);
        Tensor rising = bottom.narrow(3, 0, width + 1) - top.narrow(3, 1, width + 1);
        Tensor straight = (right - center).square().mean() + (below - center).square().mean();
        Tensor diagonal = falling.square().mean() + rising.square().mean();
        return 2 * (straight / 3 + diagonal / 12);
    }
}
