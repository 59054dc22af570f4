using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>How much each pair of neighbours counts: beside or below one another, diagonal, and along the picture's border in addition.</summary>
internal readonly record struct PairWeights(double Straight, double Diagonal, double Border);

/// <summary>Sums over pairs of neighbouring pixels, and their gradient, in one pass over a picture in float32.</summary>
internal static unsafe class PixelDifferences
{
    // Parts that are summed up apart, whatever the threads: the same number to the bit on every machine.
    private const int Shares = 8;

    /// <summary>Whether the picture is one that this takes.</summary>
    public static bool Suits(Tensor image) =>
        image.device_type == DeviceType.CPU && image.dtype == ScalarType.Float32 && image.shape[0] == 1 && image.is_contiguous() && Vector256.IsHardwareAccelerated;

    /// <summary>Σ k d², or Σ k |d|, over all pairs, and its gradient at every pixel, in the caller's scope.</summary>
    /// <param name="image">[1, C, H, W].</param>
    public static (double Value, Tensor Gradient) Sum(Tensor image, PairWeights weights, bool isAbsolute)
    {
        long[] shape = image.shape;
        (int planes, int height, int width) = ((int)shape[1], (int)shape[2], (int)shape[3]);
        Tensor gradient = empty_like(image);
        float* from = (float*)FeatureMemory.Start(image);
        float* to = (float*)FeatureMemory.Start(gradient);
        double[] sums = new double[Shares];
        int lines = planes * height;
        Threads.Share(Shares, share =>
        {
            double sum = 0;
            for (int line = (int)((long)lines * share / Shares); line < (int)((long)lines * (share + 1) / Shares); line++)
            {
                int row = line % height;
                float* here = from + ((nint)line * width);
                double along = weights.Straight + (row == 0 ? weights.Border : 0) + (row == height - 1 ? weights.Border : 0);
                Row pixels = new(here, row == 0 ? null : here - width, row == height - 1 ? null : here + width, width, isAbsolute, weights, along);
                sum += pixels.Sum(to + ((nint)line * width));
            }

            sums[share] = sum;
        });
        GC.KeepAlive(image);
        return (sums.Sum(), gradient);
    }

    /// <param name="along">The weight of pairs within the row.</param>
    private readonly struct Row(float* here, float* above, float* below, int width, bool isAbsolute, PairWeights weights, double along)
    {
        private readonly float* here = here;
        private readonly float* above = above;
        private readonly float* below = below;

        public double Sum(float* gradient)
        {
            double sum = Pixel(0, gradient);
            int column = 1;
            if (above != null && below != null)
            {
                sum += Inner(ref column, gradient);
            }

            for (; column < width; column++)
            {
                sum += Pixel(column, gradient);
            }

            return sum;
        }

        // Anywhere. A pair's value counts at its first pixel, its slope at both.
        private double Pixel(int column, float* gradient)
        {
            double slope = 0;
            double value = 0;
            if (column > 0)
            {
                slope += along * Slope(here[column] - (double)here[column - 1]);
            }

            if (column < width - 1)
            {
                double right = here[column] - (double)here[column + 1];
                slope += along * Slope(right);
                value += along * Value(right);
            }

            if (above != null)
            {
                slope += Across(above, column).Slope;
            }

            if (below != null)
            {
                (double down, double sum) = Across(below, column);
                slope += down;
                value += sum;
            }

            gradient[column] = (float)slope;
            return value;
        }

        // The three pairs with another row.
        private (double Slope, double Value) Across(float* row, int column)
        {
            double slope = 0;
            double value = 0;
            for (int other = Math.Max(0, column - 1); other <= Math.Min(width - 1, column + 1); other++)
            {
                double k = other == column
                    ? weights.Straight + (column == 0 ? weights.Border : 0) + (column == width - 1 ? weights.Border : 0)
                    : weights.Diagonal;
                double difference = here[column] - (double)row[other];
                slope += k * Slope(difference);
                value += k * Value(difference);
            }

            return (slope, value);
        }

        private double Slope(double difference) => isAbsolute ? Math.Sign(difference) : 2 * difference;

        private double Value(double difference) => isAbsolute ? Math.Abs(difference) : difference * difference;

        // Away from the border, eight at a time.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private double Inner(ref int column, float* gradient)
        {
            Vector256<float> k = Vector256.Create((float)weights.Straight);
            Vector256<float> inRow = Vector256.Create((float)along);
            Vector256<float> diagonal = Vector256.Create((float)weights.Diagonal);
            Vector256<float> sum = default;
            for (; column <= width - 1 - Vector256<float>.Count; column += Vector256<float>.Count)
            {
                Vector256<float> center = Vector256.Load(here + column);
                Vector256<float> right = center - Vector256.Load(here + column + 1);
                Vector256<float> down = center - Vector256.Load(below + column);
                Vector256<float> left = center - Vector256.Load(here + column - 1);
                Vector256<float> up = center - Vector256.Load(above + column);
                Vector256<float> slope = (inRow * (Slope(left) + Slope(right))) + (k * (Slope(up) + Slope(down)));
                sum += (inRow * Value(right)) + (k * Value(down));
                if (weights.Diagonal != 0)
                {
                    Vector256<float> downLeft = center - Vector256.Load(below + column - 1);
                    Vector256<float> downRight = center - Vector256.Load(below + column + 1);
                    slope += diagonal * (Slope(center - Vector256.Load(above + column - 1)) + Slope(center - Vector256.Load(above + column + 1)) + Slope(downLeft) + Slope(downRight));
                    sum += diagonal * (Value(downLeft) + Value(downRight));
                }

                slope.Store(gradient + column);
            }

            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(sum);
            return Vector256.Sum(low + high);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector256<float> Value(Vector256<float> difference) => isAbsolute ? Vector256.Abs(difference) : difference * difference;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector256<float> Slope(Vector256<float> difference) => isAbsolute
            ? Vector256.ConditionalSelect(Vector256.Equals(difference, Vector256<float>.Zero), Vector256<float>.Zero, Vector256.CopySign(Vector256<float>.One, difference))
            : difference + difference;
    }
}
