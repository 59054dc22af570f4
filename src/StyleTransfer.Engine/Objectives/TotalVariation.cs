using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>How rough a picture is, from pixel to pixel. A function of the picture alone: no encoder, nothing to tile.</summary>
/// <remarks>
/// Every form is a sum over pairs of neighbours of a function of their difference d, so a pair's gradient is its derivative at the
/// one and the opposite at the other: no graph, and half the time of one.
/// </remarks>
internal static class TotalVariation
{
    // A band of rows at a time: the differences are a picture's size each.
    private const long PixelsAtOnce = 1 << 20;

    /// <param name="image">[1, 3, H, W].</param>
    /// <returns>The value, and its gradient at the pixels, of the image's shape; the gradient is in the caller's scope.</returns>
    public static (double Value, Tensor Gradient) Evaluate(Tensor image, TotalVariationForm form) => PixelDifferences.Suits(image)
        ? PixelDifferences.Sum(image, Weights(image, form), isAbsolute: form == TotalVariationForm.L1)
        : Evaluate(image, form, Math.Max(1, PixelsAtOnce / image.shape[3]));

    /// <param name="rows">Of a band.</param>
    internal static (double Value, Tensor Gradient) Evaluate(Tensor image, TotalVariationForm form, long rows)
    {
        Neighbours neighbours = new(image.detach(), isAbsolute: form == TotalVariationForm.L1);
        PairWeights weights = Weights(image, form);
        (long height, long width) = (image.shape[2], image.shape[3]);
        double value = 0;
        for (long top = 0; top < height; top += rows)
        {
            long own = Math.Min(rows, height - top);
            value += neighbours.Sum(top, own, 0, 1, weights.Straight) + neighbours.Sum(top, own, 1, 0, weights.Straight);
            if (form == TotalVariationForm.NinePoint)
            {
                value += neighbours.Sum(top, own, 1, 1, weights.Diagonal) + neighbours.Sum(top, own, 1, -1, weights.Diagonal)
                    + neighbours.Sum(top, own, 1, 0, weights.Border, column: 0) + neighbours.Sum(top, own, 1, 0, weights.Border, column: width - 1)
                    + (top == 0 ? neighbours.Sum(0, 1, 0, 1, weights.Border) : 0)
                    + (top + own == height ? neighbours.Sum(height - 1, 1, 0, 1, weights.Border) : 0);
            }
        }

        return (value, neighbours.Gradient);
    }

    // crowsonkb/style-transfer-pytorch: mean squared differences to the four nearest and the four diagonal neighbours, weighted 4 : 1
    // as their squared distances and the Laplacian's nine-point stencil ask, over a picture whose border is repeated once. A diagonal
    // that leaves the picture so becomes the difference along its border, from both sides.
    private static PairWeights Weights(Tensor image, TotalVariationForm form)
    {
        if (form != TotalVariationForm.NinePoint)
        {
            return new PairWeights(1, 0, 0);
        }

        (long channels, long height, long width) = (image.shape[1], image.shape[2], image.shape[3]);
        double diagonal = 2.0 / 12 / (channels * (height + 1) * (width + 1));
        return new PairWeights(2.0 / 3 / (channels * height * width), diagonal, 2 * diagonal);
    }

    /// <summary>Sums over pairs of neighbours, whose gradient gathers in <see cref="Gradient"/>.</summary>
    private sealed class Neighbours(Tensor image, bool isAbsolute)
    {
        public Tensor Gradient { get; } = zeros_like(image);

        /// <summary>k Σ d², or k Σ |d|, over the pairs whose first pixel lies in the rows and whose second lies (down, across) from it.</summary>
        /// <param name="column">Only pairs whose first pixel lies there.</param>
        public double Sum(long top, long rows, int down, int across, double k, long? column = null)
        {
            rows = Math.Min(rows, image.shape[2] - down - top);
            long left = column ?? Math.Max(0, -across);
            long columns = column is null ? image.shape[3] - Math.Abs(across) : 1;
            if (rows <= 0 || columns <= 0)
            {
                return 0;
            }

            using DisposeScope scope = NewDisposeScope();
            Tensor From(Tensor picture) => picture.narrow(2, top, rows).narrow(3, left, columns);
            Tensor To(Tensor picture) => picture.narrow(2, top + down, rows).narrow(3, left + across, columns);
            Tensor difference = To(image) - From(image);
            Tensor slope = isAbsolute ? difference.sign() : difference;
            double value = k * (difference * slope).sum().ToDouble();
            double times = isAbsolute ? k : 2 * k;
            To(Gradient).PlusInPlace(slope, times);
            From(Gradient).PlusInPlace(slope, -times);
            return value;
        }
    }
}
