using StyleTransfer.Core.Recipes;
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
    public static (double Value, Tensor Gradient) Evaluate(Tensor image, TotalVariationForm form) =>
        Evaluate(image, form, Math.Max(1, PixelsAtOnce / image.shape[3]));

    /// <param name="rows">Of a band.</param>
    internal static (double Value, Tensor Gradient) Evaluate(Tensor image, TotalVariationForm form, long rows)
    {
        Neighbours neighbours = new(image.detach(), isAbsolute: form == TotalVariationForm.L1);
        long height = image.shape[2];
        double value = 0;
        for (long top = 0; top < height; top += rows)
        {
            long own = Math.Min(rows, height - top);
            value += form == TotalVariationForm.NinePoint ? NinePoint(neighbours, top, own) : neighbours.Sum(top, own, 0, 1, 1) + neighbours.Sum(top, own, 1, 0, 1);
        }

        return (value, neighbours.Gradient);
    }

    // crowsonkb/style-transfer-pytorch: mean squared differences to the four nearest and the four diagonal neighbours, weighted 4 : 1
    // as their squared distances and the Laplacian's nine-point stencil ask, over a picture whose border is repeated once. A diagonal
    // that leaves the picture so becomes the difference along its border, from both sides.
    private static double NinePoint(Neighbours neighbours, long top, long own)
    {
        (long channels, long height, long width) = (neighbours.Channels, neighbours.Height, neighbours.Width);
        double straight = 2.0 / 3 / (channels * height * width);
        double diagonal = 2.0 / 12 / (channels * (height + 1) * (width + 1));
        double value = neighbours.Sum(top, own, 0, 1, straight) + neighbours.Sum(top, own, 1, 0, straight)
            + neighbours.Sum(top, own, 1, 1, diagonal) + neighbours.Sum(top, own, 1, -1, diagonal)
            + neighbours.Sum(top, own, 1, 0, 2 * diagonal, column: 0) + neighbours.Sum(top, own, 1, 0, 2 * diagonal, column: width - 1);
        value += top == 0 ? neighbours.Sum(0, 1, 0, 1, 2 * diagonal) : 0;
        return value + (top + own == height ? neighbours.Sum(height - 1, 1, 0, 1, 2 * diagonal) : 0);
    }

    /// <summary>Sums over pairs of neighbours, whose gradient gathers in <see cref="Gradient"/>.</summary>
    private sealed class Neighbours(Tensor image, bool isAbsolute)
    {
        public Tensor Gradient { get; } = zeros_like(image);

        public long Channels => image.shape[1];

        public long Height => image.shape[2];

        public long Width => image.shape[3];

        /// <summary>k Σ d², or k Σ |d|, over the pairs whose first pixel lies in the rows and whose second lies (down, across) from it.</summary>
        /// <param name="column">Only pairs whose first pixel lies there.</param>
        public double Sum(long top, long rows, int down, int across, double k, long? column = null)
        {
            rows = Math.Min(rows, Height - down - top);
            long left = column ?? Math.Max(0, -across);
            long columns = column is null ? Width - Math.Abs(across) : 1;
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
