namespace StyleTransfer.Core.Images;

/// <summary>From floats to whole numbers, rounded to the nearest; what lies outside [0, 1] is clipped, NaN becomes 0.</summary>
internal static class PixelPacking
{
    public static byte[] ToBytes(PixelImage image, bool keepsAlpha)
    {
        byte[] samples = new byte[image.Width * image.Height * (keepsAlpha ? 4 : 3)];
        Parallel.For(0, image.Height, y =>
        {
            Span<float> row = stackalloc float[4];
            int stride = samples.Length / (image.Width * image.Height);
            for (int pixel = y * image.Width; pixel < (y + 1) * image.Width; pixel++)
            {
                Sample(image, pixel, keepsAlpha, row);
                for (int channel = 0; channel < stride; channel++)
                {
                    samples[stride * pixel + channel] = (byte)(row[channel] * byte.MaxValue + 0.5f);
                }
            }
        });
        return samples;
    }

    public static ushort[] ToUInt16(PixelImage image, bool keepsAlpha)
    {
        ushort[] samples = new ushort[image.Width * image.Height * (keepsAlpha ? 4 : 3)];
        Parallel.For(0, image.Height, y =>
        {
            Span<float> row = stackalloc float[4];
            int stride = samples.Length / (image.Width * image.Height);
            for (int pixel = y * image.Width; pixel < (y + 1) * image.Width; pixel++)
            {
                Sample(image, pixel, keepsAlpha, row);
                for (int channel = 0; channel < stride; channel++)
                {
                    samples[stride * pixel + channel] = (ushort)(row[channel] * ushort.MaxValue + 0.5f);
                }
            }
        });
        return samples;
    }

    // Red, green, blue and opacity; on white where the opacity is not kept.
    private static void Sample(PixelImage image, int pixel, bool keepsAlpha, Span<float> sample)
    {
        sample[3] = image.Alpha is null ? 1 : Clip(image.Alpha[pixel]);
        for (int channel = 0; channel < 3; channel++)
        {
            float value = Clip(image.Rgb[3 * pixel + channel]);
            sample[channel] = keepsAlpha ? value : value * sample[3] + (1 - sample[3]);
        }
    }

    private static float Clip(float value) => value > 0 ? Math.Min(value, 1) : 0;
}
