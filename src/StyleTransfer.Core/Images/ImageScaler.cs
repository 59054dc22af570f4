using System.Numerics;
using System.Runtime.CompilerServices;

namespace StyleTransfer.Core.Images;

/// <summary>Resampling with Lanczos-3, area-correct when shrinking.</summary>
/// <remarks>
/// It works on gamma-encoded values, as the networks' own training pictures were resized and as every style transfer program
/// does; in linear light fine bright detail would come out lighter than the encoder has learnt to see it. Colours are weighted
/// by alpha, so that what lies under full transparency does not bleed into what is seen. Written out here because libvips
/// enlarges by bicubic interpolation, and because the engine wants the same pixels on every system.
/// </remarks>
public static class ImageScaler
{
    private const double Lobes = 3;

    /// <summary>The picture at another size; the result lies in [0, 1].</summary>
    /// <exception cref="ImageException">A size below one pixel.</exception>
    public static PixelImage Resize(PixelImage image, int width, int height)
    {
        if (width < 1 || height < 1)
        {
            throw new ImageException($"A size of {width} × {height} pixels makes no picture; each must be 1 or more.");
        }

        if (width == image.Width && height == image.Height)
        {
            return image;
        }

        Tap[] across = Taps(image.Width, width);
        Tap[] down = Taps(image.Height, height);
        Vector4[] narrow = new Vector4[width * image.Height];
        // Compiled well at once: a run's few resizings are over before the runtime would do so by itself.
        Parallel.For(0, image.Height, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (y) =>
        {
            Vector4[] row = Row(image, y);
            for (int x = 0; x < width; x++)
            {
                Tap tap = across[x];
                Vector4 sum = default;
                for (int i = 0; i < tap.Weights.Length; i++)
                {
                    sum += row[tap.First + i] * tap.Weights[i];
                }

                narrow[y * width + x] = sum;
            }
        });

        float[] rgb = new float[width * height * 3];
        float[]? alpha = image.Alpha is null ? null : new float[width * height];
        Parallel.For(0, height, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (y) =>
        {
            Vector4[] row = new Vector4[width];
            Tap tap = down[y];
            for (int i = 0; i < tap.Weights.Length; i++)
            {
                Span<Vector4> from = narrow.AsSpan((tap.First + i) * width, width);
                for (int x = 0; x < width; x++)
                {
                    row[x] += from[x] * tap.Weights[i];
                }
            }

            Store(row, rgb.AsSpan(y * width * 3), alpha is null ? default : alpha.AsSpan(y * width));
        });

        return new PixelImage(width, height, rgb, alpha);
    }

    /// <summary>The picture itself where it is small enough, else one whose longer edge is <paramref name="maxEdge"/>.</summary>
    public static PixelImage Shrink(PixelImage image, int maxEdge)
    {
        if (Math.Max(image.Width, image.Height) <= maxEdge)
        {
            return image;
        }

        (int width, int height) = Fit(image.Width, image.Height, maxEdge);
        return Resize(image, width, height);
    }

    /// <summary>The size with the given longer edge and the same shape, at least 1 pixel each way.</summary>
    public static (int Width, int Height) Fit(int width, int height, int longerEdge)
    {
        double factor = (double)longerEdge / Math.Max(width, height);
        return (Math.Max(1, (int)Math.Round(width * factor)), Math.Max(1, (int)Math.Round(height * factor)));
    }

    // Red, green and blue times alpha, and alpha.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector4[] Row(PixelImage image, int y)
    {
        Vector4[] row = new Vector4[image.Width];
        ReadOnlySpan<float> rgb = image.Rgb.AsSpan(y * image.Width * 3);
        float[]? alpha = image.Alpha;
        for (int x = 0; x < row.Length; x++)
        {
            float opacity = alpha is null ? 1 : alpha[y * image.Width + x];
            row[x] = new Vector4(rgb[3 * x] * opacity, rgb[3 * x + 1] * opacity, rgb[3 * x + 2] * opacity, opacity);
        }

        return row;
    }

    private static void Store(Vector4[] row, Span<float> rgb, Span<float> alpha)
    {
        for (int x = 0; x < row.Length; x++)
        {
            Vector4 value = row[x];
            if (!alpha.IsEmpty)
            {
                alpha[x] = Math.Clamp(value.W, 0, 1);
                value = value.W > 1f / 65535 ? value / value.W : Vector4.Zero;
            }

            value = Vector4.Clamp(value, Vector4.Zero, Vector4.One);
            rgb[3 * x] = value.X;
            rgb[3 * x + 1] = value.Y;
            rgb[3 * x + 2] = value.Z;
        }
    }

    // The weights of one output sample over a run of input samples; at the border the filter is cut off and renormalised.
    private static Tap[] Taps(int from, int to)
    {
        double step = (double)from / to;
        double stretch = Math.Max(1, step);
        Tap[] taps = new Tap[to];
        for (int i = 0; i < to; i++)
        {
            double center = (i + 0.5) * step;
            int first = Math.Max(0, (int)Math.Floor(center - Lobes * stretch));
            int last = Math.Min(from - 1, (int)Math.Ceiling(center + Lobes * stretch));
            double[] weights = new double[last - first + 1];
            for (int j = 0; j < weights.Length; j++)
            {
                weights[j] = Lanczos((first + j + 0.5 - center) / stretch);
            }

            double sum = weights.Sum();
            taps[i] = new Tap(first, Array.ConvertAll(weights, weight => (float)(weight / sum)));
        }

        return taps;
    }

    private static double Lanczos(double x)
    {
        if (Math.Abs(x) < 1e-9)
        {
            return 1;
        }

        double angle = Math.PI * x;
        return Math.Abs(x) < Lobes ? Lobes * Math.Sin(angle) * Math.Sin(angle / Lobes) / (angle * angle) : 0;
    }

    private readonly record struct Tap(int First, float[] Weights);
}
