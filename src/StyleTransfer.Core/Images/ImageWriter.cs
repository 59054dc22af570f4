using NetVips;

namespace StyleTransfer.Core.Images;

/// <summary>How a picture is written.</summary>
public sealed record ImageWriteOptions
{
    public ImageFormat Format { get; init; } = ImageFormat.Png;

    /// <summary>8 or 16; 16 for PNG and TIFF only.</summary>
    public int BitDepth { get; init; } = 8;

    /// <summary>1 to 100, for JPEG and WebP.</summary>
    public int Quality { get; init; } = 92;

    /// <summary>Kept inside the picture, where <see cref="EmbeddedRecipe.Find"/> reads it back.</summary>
    public string? RecipeJson { get; init; }
}

/// <summary>Encodes pictures with an sRGB profile and nothing of the input's metadata.</summary>
public static class ImageWriter
{
    /// <summary>PNG, WebP and TIFF keep alpha; JPEG has none and shows the picture on white.</summary>
    /// <exception cref="ImageException">A format that is not written, a depth or quality it cannot have, or a size it cannot hold.</exception>
    public static byte[] Write(PixelImage image, ImageWriteOptions options)
    {
        Check(image, options);
        Vips.Start();
        bool keepsAlpha = image.Alpha is not null && options.Format != ImageFormat.Jpeg;
        int bands = keepsAlpha ? 4 : 3;
        using Image samples = options.BitDepth == 16
            ? Image.NewFromMemory(PixelPacking.ToUInt16(image, keepsAlpha), image.Width, image.Height, bands, Enums.BandFormat.Ushort)
            : Image.NewFromMemory(PixelPacking.ToBytes(image, keepsAlpha), image.Width, image.Height, bands, Enums.BandFormat.Uchar);
        using Image tagged = samples.Copy(interpretation: options.BitDepth == 16 ? Enums.Interpretation.Rgb16 : Enums.Interpretation.Srgb);
        using Image described = tagged.Mutate(header =>
        {
            header.Set(GValue.BlobType, "icc-profile-data", Vips.SrgbProfile);
            if (options.RecipeJson is { } recipe)
            {
                header.Set(GValue.BlobType, "xmp-data", EmbeddedRecipe.Pack(recipe, options.Format));
            }
        });

        const Enums.ForeignKeep Keep = Enums.ForeignKeep.Icc | Enums.ForeignKeep.Xmp;
        try
        {
            return options.Format switch
            {
                ImageFormat.Png => described.PngsaveBuffer(compression: 6, filter: Enums.ForeignPngFilter.All, keep: Keep),
                ImageFormat.Jpeg => described.JpegsaveBuffer(q: options.Quality, optimizeCoding: true, keep: Keep),
                ImageFormat.WebP => described.WebpsaveBuffer(q: options.Quality, smartSubsample: true, keep: Keep),
                ImageFormat.Tiff => described.TiffsaveBuffer(
                    compression: Enums.ForeignTiffCompression.Deflate, predictor: Enums.ForeignTiffPredictor.Horizontal, keep: Keep),
                _ => throw NotWritten(options.Format),
            };
        }
        catch (VipsException e)
        {
            throw new ImageException(
                $"The picture of {image.Width} × {image.Height} pixels could not be written as {Name(options.Format)}: {e.Message.Trim()}. Write PNG instead.", e);
        }
    }

    /// <summary>A small copy for galleries, without recipe: shrunk so that the longer edge is at most <paramref name="maxEdge"/>.</summary>
    public static byte[] Thumbnail(PixelImage image, int maxEdge, ImageFormat format = ImageFormat.WebP) =>
        Write(ImageScaler.Shrink(image, maxEdge), new ImageWriteOptions { Format = format, Quality = 80 });

    private static void Check(PixelImage image, ImageWriteOptions options)
    {
        if (options.Format is ImageFormat.Gif or ImageFormat.Avif)
        {
            throw NotWritten(options.Format);
        }

        if (options.BitDepth is not (8 or 16) || (options.BitDepth == 16 && options.Format is not (ImageFormat.Png or ImageFormat.Tiff)))
        {
            throw new ImageException(
                $"{Name(options.Format)} with {options.BitDepth} bits a sample cannot be written; 8 bits always, 16 in PNG and TIFF. Choose one of those.");
        }

        if (options.Quality is < 1 or > 100)
        {
            throw new ImageException($"The quality is {options.Quality}; it must be from 1 to 100.");
        }

        int most = options.Format switch { ImageFormat.WebP => 16_383, ImageFormat.Jpeg => 65_535, _ => int.MaxValue };
        if (Math.Max(image.Width, image.Height) > most)
        {
            throw new ImageException(
                $"The picture has {image.Width} × {image.Height} pixels; {Name(options.Format)} holds at most {most} each way. Write PNG instead.");
        }
    }

    private static ImageException NotWritten(ImageFormat format) =>
        new($"{Name(format)} is read but not written; PNG, JPEG, WebP and TIFF are. Choose one of those.");

    private static string Name(ImageFormat format) => format == ImageFormat.WebP ? "WebP" : format.ToString().ToUpperInvariant();
}
