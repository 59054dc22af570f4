using NetVips;

namespace StyleTransfer.Core.Images;

/// <summary>
/// From file bytes to an upright sRGB image of 8 or 16 bits, as a libvips pipeline that streams when it is written out.
/// Owns every step of the pipeline, so that a server's native memory goes back at once and not when the collector comes by.
/// </summary>
internal sealed class ImageLoader : IDisposable
{
    // Broken data is an error; a warning (an odd tag, a stray byte between JPEG markers) is not.
    private const Enums.FailOn Strictness = Enums.FailOn.Error;

    private readonly Stack<Image> owned = new();
    private readonly byte[] file;
    private readonly ImageFormat format;
    private Image source;

    /// <summary>Reads the header of the first frame or page.</summary>
    public ImageLoader(byte[] file, ImageFormat format)
    {
        this.file = file;
        this.format = format;
        source = Open(jpegShrink: 1);
    }

    public Image Header => source;

    /// <summary>EXIF's number, 1 to 8; 1 where there is none.</summary>
    public int Orientation => Field("orientation") is int value and >= 1 and <= 8 ? value : 1;

    public object? Field(string name) => source.GetFields().Contains(name) ? source.Get(name) : null;

    /// <summary>Three bands, or four with alpha last; <c>uchar</c> or <c>ushort</c> over the whole range of the type.</summary>
    public Image ToUprightSrgb(int? maxEdge)
    {
        if (maxEdge is { } coarse && format == ImageFormat.Jpeg)
        {
            ShrinkWhileDecoding(coarse);
        }

        Image image = source;
        bool hasAlpha = image.HasAlpha();
        int bands = image.Bands - (hasAlpha ? 1 : 0);
        Image colour = ToSrgb(hasAlpha ? Own(image.ExtractBand(0, n: bands)) : image, bands);
        if (hasAlpha)
        {
            colour = Own(colour.Bandjoin(ToDepthOf(colour.Format, Own(image.ExtractBand(image.Bands - 1)))));
        }

        if (maxEdge is { } edge && edge < Math.Max(image.Width, image.Height))
        {
            colour = Shrink(colour, edge, hasAlpha);
        }

        // Turning needs the whole picture at hand; a stream passes only once.
        return Orientation == 1 ? colour : Own(Own(colour.CopyMemory()).Autorot());
    }

    public void Dispose()
    {
        while (owned.TryPop(out Image? image))
        {
            image.Dispose();
        }
    }

    private Image Own(Image image)
    {
        owned.Push(image);
        return image;
    }

    private Image Open(int jpegShrink)
    {
        Vips.Start();
        const Enums.Access Access = Enums.Access.Sequential;
        return Own(format switch
        {
            ImageFormat.Png => Image.PngloadBuffer(file, access: Access, failOn: Strictness),
            ImageFormat.Jpeg => Image.JpegloadBuffer(file, shrink: jpegShrink, access: Access, failOn: Strictness),
            ImageFormat.WebP => Image.WebploadBuffer(file, n: 1, access: Access, failOn: Strictness),
            ImageFormat.Gif => Image.GifloadBuffer(file, n: 1, access: Access, failOn: Strictness),
            ImageFormat.Tiff => Image.TiffloadBuffer(file, n: 1, access: Access, failOn: Strictness),
            ImageFormat.Avif => Image.HeifloadBuffer(file, n: 1, access: Access, failOn: Strictness),
            _ => throw new InvalidOperationException($"The format {format} has no loader."),
        });
    }

    // JPEG's own scaling does the coarse part for next to nothing; at least twice the size is left for the good filter.
    private void ShrinkWhileDecoding(int maxEdge)
    {
        int possible = Math.Max(source.Width, source.Height) / (2 * maxEdge);
        int shrink = possible >= 8 ? 8 : possible >= 4 ? 4 : possible >= 2 ? 2 : 1;
        if (shrink > 1)
        {
            source = Open(shrink);
        }
    }

    private Image ToSrgb(Image colour, int bands)
    {
        bool isWhole = colour.Format is Enums.BandFormat.Uchar or Enums.BandFormat.Ushort;
        bool isReal = colour.Format is Enums.BandFormat.Float or Enums.BandFormat.Double;
        if (!isWhole && !isReal)
        {
            throw new ImageException(
                $"The picture has samples of the kind {colour.Format.ToString().ToLowerInvariant()}; 8 or 16 bits, or floating point, are read. Save it as PNG first.");
        }

        if (isWhole && HasForeignProfile())
        {
            return Own(colour.IccTransform("srgb", embedded: true, intent: Enums.Intent.Relative, blackPointCompensation: true, depth: 16));
        }

        // Without a profile CMYK goes through libvips' own press profile, grey and the others by their definition.
        if (colour.Interpretation == Enums.Interpretation.Cmyk && bands >= 4)
        {
            return Own(colour.IccTransform("srgb", inputProfile: "cmyk", intent: Enums.Intent.Relative, blackPointCompensation: true, depth: 16));
        }

        if (bands < 3)
        {
            Image grey = Own(colour.ExtractBand(0));
            grey = isReal ? Quantise(grey * 65535.0, Enums.BandFormat.Ushort) : grey;
            return Own(grey.Bandjoin(grey, grey));
        }

        bool isRgb = isWhole && colour.Interpretation
            is Enums.Interpretation.Srgb or Enums.Interpretation.Rgb or Enums.Interpretation.Rgb16 or Enums.Interpretation.Multiband;
        return Own((isRgb ? colour : Own(colour.Colourspace(Enums.Interpretation.Rgb16))).ExtractBand(0, n: 3));
    }

    // Our own profile says what holds anyway; converting from it would only add the rounding of the conversion.
    private bool HasForeignProfile() =>
        Field("icc-profile-data") is byte[] profile && !profile.AsSpan().SequenceEqual(Vips.SrgbProfile);

    private Image ToDepthOf(Enums.BandFormat wanted, Image alpha) => (alpha.Format, wanted) switch
    {
        (Enums.BandFormat.Uchar, Enums.BandFormat.Ushort) => Quantise(alpha * 257.0, wanted),
        (Enums.BandFormat.Ushort, Enums.BandFormat.Uchar) => Quantise(alpha / 257.0, wanted),
        (Enums.BandFormat.Float or Enums.BandFormat.Double, _) => Quantise(alpha * 65535.0, wanted),
        _ => alpha,
    };

    private Image Shrink(Image image, int edge, bool hasAlpha)
    {
        (int width, int height) = ImageScaler.Fit(image.Width, image.Height, edge);
        double across = (double)width / image.Width;
        double down = (double)height / image.Height;
        if (!hasAlpha)
        {
            return Own(image.Resize(across, Enums.Kernel.Lanczos3, vscale: down));
        }

        // What lies under full transparency must not bleed into what is seen.
        double most = image.Format == Enums.BandFormat.Uchar ? byte.MaxValue : ushort.MaxValue;
        Image premultiplied = Own(image.Premultiply(maxAlpha: most));
        Image small = Own(premultiplied.Resize(across, Enums.Kernel.Lanczos3, vscale: down));
        return Quantise(small.Unpremultiply(maxAlpha: most), image.Format);
    }

    private Image Quantise(Image image, Enums.BandFormat format) => Own(Own(Own(image).Rint()).Cast(format));
}
