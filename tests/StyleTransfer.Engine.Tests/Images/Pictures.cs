using NetVips;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine.Tests.Images;

/// <summary>Inputs for the picture tests, made here: nothing is read from outside.</summary>
internal static class Pictures
{
    /// <summary>Smooth, colourful and without any symmetry, so that a turn, a mirror or a swap of channels shows.</summary>
    public static PixelImage Gradient(int width, int height, bool hasAlpha = false)
    {
        float[] rgb = new float[width * height * 3];
        float[]? alpha = hasAlpha ? new float[width * height] : null;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float u = (x + 0.5f) / width;
                float v = (y + 0.5f) / height;
                int at = y * width + x;
                rgb[3 * at] = 0.1f + 0.8f * u;
                rgb[3 * at + 1] = 0.2f + 0.6f * v;
                rgb[3 * at + 2] = 0.9f - 0.5f * u * v;
                if (alpha is not null)
                {
                    alpha[at] = 0.25f + 0.75f * v;
                }
            }
        }

        return new PixelImage(width, height, rgb, alpha);
    }

    /// <summary>The same as a libvips image of 8 bits a sample, for savers that the product itself does not use.</summary>
    public static Image Vips(PixelImage image)
    {
        byte[] png = ImageWriter.Write(image, new ImageWriteOptions());
        using Image loaded = Image.PngloadBuffer(png);
        Image plain = loaded.CopyMemory();
        return plain.Mutate(header => header.Remove("icc-profile-data"));
    }

    public static byte[] Encode(PixelImage image, ImageFormat format)
    {
        if (format is not (ImageFormat.Gif or ImageFormat.Avif))
        {
            return ImageWriter.Write(image, new ImageWriteOptions { Format = format });
        }

        using Image vips = Vips(image);
        return format == ImageFormat.Gif
            ? vips.GifsaveBuffer()
            : vips.HeifsaveBuffer(q: 90, compression: Enums.ForeignHeifCompression.Av1, effort: 1);
    }

    public static PixelImage Read(byte[] file, int? maxEdge = null) => ImageReader.Read(file, ImageLimits.Default, maxEdge);

    /// <summary>The largest difference of any sample, alpha included.</summary>
    public static double Distance(PixelImage a, PixelImage b)
    {
        Assert.Equal((a.Width, a.Height, a.Alpha is null), (b.Width, b.Height, b.Alpha is null));
        double most = a.Rgb.Zip(b.Rgb, (x, y) => Math.Abs(x - y)).Max();
        return a.Alpha is null ? most : Math.Max(most, a.Alpha.Zip(b.Alpha!, (x, y) => Math.Abs(x - y)).Max());
    }

    public static double MeanDistance(PixelImage a, PixelImage b)
    {
        Assert.Equal((a.Width, a.Height), (b.Width, b.Height));
        return a.Rgb.Zip(b.Rgb, (x, y) => Math.Abs(x - y)).Average();
    }

    /// <summary>Quantises as a writer would, so that a lossless round trip can be compared exactly.</summary>
    public static PixelImage Quantised(PixelImage image, int levels) => image with
    {
        Rgb = Array.ConvertAll(image.Rgb, value => MathF.Floor(value * levels + 0.5f) / levels),
        Alpha = image.Alpha is null ? null : Array.ConvertAll(image.Alpha, value => MathF.Floor(value * levels + 0.5f) / levels),
    };
}
