namespace StyleTransfer.Core.Images;

/// <summary>From floats to whole numbers, rounded to the nearest; what lies outside [0, 1] is clipped, NaN becomes 0.</summary>
internal static class PixelPacking
{
    public static byte[] ToBytes(PixelImage image, bool keepsAlpha)
    {
        byte[] samples = new byte[image.Width * image.Height * (keepsAlpha ? 4 : 3)];
        Pack(image, keepsAlpha, (at, value) => samples[at] = (byte)(value * byte.MaxValue + 0.5f));
        return samples;
    }

    public static ushort[] ToUInt16(PixelImage image, bool keepsAlpha)
    {
        ushort[] samples = new ushort[image.Width * image.Height * (keepsAlpha ? 4 : 3)];
        Pack(image, keepsAlpha, (at, value) => samples[at] = (ushort)(value * ushort.MaxValue + 0.5f));
        return samples;
    }

    private static void Pack(PixelImage image, bool keepsAlpha, Action<int, float> store)
    {
        int stride = keepsAlpha ? 4 : 3;
        for (int pixel = 0; pixel < image.Width * image.Height; pixel++)
        {
            float opacity = image.Alpha is null ? 1 : Clip(image.Alpha[pixel]);
            for (int channel = 0; channel < 3; channel++)
            {
                float value = Clip(image.Rgb[3 * pixel + channel]);
                store(stride * pixel + channel, keepsAlpha ? value : value * opacity + 1 - opacity);
            }

            if (keepsAlpha)
            {
                store(stride * pixel + 3, opacity);
            }
        }
    }

    private static float Clip(float value) => value > 0 ? Math.Min(value, 1) : 0;
}
