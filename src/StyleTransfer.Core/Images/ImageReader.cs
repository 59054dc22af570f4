using System.Globalization;
using System.Numerics;
using NetVips;

namespace StyleTransfer.Core.Images;

/// <summary>Decodes pictures by content, never by name: orientation applied, any profile converted to sRGB, alpha kept aside.</summary>
/// <remarks>
/// The format's own loader is called, so no other decoder of libvips ever sees a foreign file. Decoding streams: beyond the
/// result there is one copy of the picture at 8 or 16 bits a sample, of the size asked for.
/// </remarks>
public static class ImageReader
{
    /// <summary>Checks the header against the limits without decoding.</summary>
    /// <exception cref="ImageException">Not a picture, too many bytes, too many pixels, or a header that is damaged.</exception>
    public static ImageHeader Inspect(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        ImageFormat format = CheckBytes(file, limits);
        try
        {
            using ImageLoader loader = new(file.ToArray(), format);
            CheckPixels(loader.Header, limits);
            Image header = loader.Header;
            (int width, int height) = loader.Orientation >= 5 ? (header.Height, header.Width) : (header.Width, header.Height);
            return new ImageHeader(format, width, height, header.HasAlpha());
        }
        catch (VipsException e)
        {
            throw Damaged(format, e);
        }
    }

    /// <summary>Decodes the first frame.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="limits">Checked before a pixel is decoded.</param>
    /// <param name="maxEdge">Shrinks while decoding so that the longer edge is at most this; null keeps every pixel. Never enlarges.</param>
    /// <exception cref="ImageException">As <see cref="Inspect"/>, and where the pixels are damaged or cut off.</exception>
    public static PixelImage Read(ReadOnlySpan<byte> file, ImageLimits limits, int? maxEdge = null)
    {
        if (maxEdge is < 1)
        {
            throw new ImageException($"A longer edge of {maxEdge} pixels makes no picture; it must be 1 or more.");
        }

        ImageFormat format = CheckBytes(file, limits);
        try
        {
            using ImageLoader loader = new(file.ToArray(), format);
            CheckPixels(loader.Header, limits);
            return Unpack(loader.ToUprightSrgb(maxEdge));
        }
        catch (VipsException e)
        {
            throw Damaged(format, e);
        }
    }

    private static ImageFormat CheckBytes(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        if (file.Length > limits.MaxBytes)
        {
            throw new ImageException(
                $"The file has {Megabytes(file.Length)} MB; a picture may have at most {Megabytes(limits.MaxBytes)} MB. Save it smaller, or as JPEG.");
        }

        return ImageSignature.Detect(file);
    }

    private static void CheckPixels(Image header, ImageLimits limits)
    {
        long pixels = (long)header.Width * header.Height;
        if (pixels > limits.MaxPixels)
        {
            throw new ImageException(string.Create(
                CultureInfo.InvariantCulture,
                $"The picture has {header.Width} × {header.Height} pixels, {pixels / 1e6:0.##} megapixels; at most {limits.MaxPixels / 1e6:0.##} are allowed. Shrink it first."));
        }
    }

    private static PixelImage Unpack(Image image)
    {
        int count = image.Width * image.Height;
        float[] rgb = new float[count * 3];
        float[]? alpha = image.Bands == 4 ? new float[count] : null;
        if (image.Format == Enums.BandFormat.Uchar)
        {
            Split(image.WriteToMemory<byte>(), rgb, alpha, byte.MaxValue);
        }
        else
        {
            Split(image.WriteToMemory<ushort>(), rgb, alpha, ushort.MaxValue);
        }

        return new PixelImage(image.Width, image.Height, rgb, alpha);
    }

    private static void Split<T>(T[] samples, float[] rgb, float[]? alpha, float most)
        where T : struct, INumber<T>
    {
        if (alpha is null)
        {
            for (int i = 0; i < rgb.Length; i++)
            {
                rgb[i] = float.CreateTruncating(samples[i]) / most;
            }

            return;
        }

        for (int i = 0; i < alpha.Length; i++)
        {
            rgb[3 * i] = float.CreateTruncating(samples[4 * i]) / most;
            rgb[3 * i + 1] = float.CreateTruncating(samples[4 * i + 1]) / most;
            rgb[3 * i + 2] = float.CreateTruncating(samples[4 * i + 2]) / most;
            alpha[i] = float.CreateTruncating(samples[4 * i + 3]) / most;
        }
    }

    private static string Megabytes(long bytes) => (bytes / (1024.0 * 1024.0)).ToString("0.##", CultureInfo.InvariantCulture);

    internal static ImageException Damaged(ImageFormat format, VipsException cause) => new(
        $"The {format.ToString().ToUpperInvariant()} file is damaged or cut off; a whole picture is needed. Copy or download it again, or save it anew with an image program.",
        cause);
}
