namespace StyleTransfer.Core.Images;

/// <summary>Tells formats apart by their first bytes: the only thing that decides which decoder sees a file.</summary>
internal static class ImageSignature
{
    public const string Readable = "PNG, JPEG, WebP, GIF, TIFF and AVIF pictures are read";

    /// <exception cref="ImageException">None of the formats that are read.</exception>
    public static ImageFormat Detect(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            throw new ImageException($"The file is empty; {Readable}. Choose the file again.");
        }

        return Find(file) ?? throw new ImageException($"{Describe(file)}; {Readable}. Save it as PNG or JPEG first.");
    }

    private static ImageFormat? Find(ReadOnlySpan<byte> file)
    {
        if (StartsWith(file, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))
        {
            return ImageFormat.Png;
        }

        if (StartsWith(file, 0xff, 0xd8, 0xff))
        {
            return ImageFormat.Jpeg;
        }

        if (file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WEBP"u8))
        {
            return ImageFormat.WebP;
        }

        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8))
        {
            return ImageFormat.Gif;
        }

        bool isTiff = StartsWith(file, 0x49, 0x49, 0x2a, 0x00) || StartsWith(file, 0x4d, 0x4d, 0x00, 0x2a)
            || StartsWith(file, 0x49, 0x49, 0x2b, 0x00) || StartsWith(file, 0x4d, 0x4d, 0x00, 0x2b);
        if (isTiff)
        {
            return ImageFormat.Tiff;
        }

        return HasBrand(file, "avif"u8) || HasBrand(file, "avis"u8) ? ImageFormat.Avif : null;
    }

    private static string Describe(ReadOnlySpan<byte> file)
    {
        if (IsIsoMedia(file))
        {
            return HasBrand(file, "heic"u8) || HasBrand(file, "heix"u8) || HasBrand(file, "mif1"u8)
                ? "The file is a HEIC picture"
                : "The file is a video or another media file";
        }

        if (file.StartsWith("%PDF"u8))
        {
            return "The file is a PDF document";
        }

        if (file.StartsWith("8BPS"u8))
        {
            return "The file is a Photoshop document";
        }

        if (file.StartsWith("BM"u8))
        {
            return "The file is a BMP picture";
        }

        ReadOnlySpan<byte> start = file[..Math.Min(file.Length, 1024)];
        return start.IndexOf("<svg"u8) >= 0 ? "The file is an SVG drawing" : "The file is not a picture of a known format";
    }

    private static bool IsIsoMedia(ReadOnlySpan<byte> file) => file.Length >= 12 && file[4..].StartsWith("ftyp"u8);

    // The `ftyp` box lists a major brand, a version, then the compatible brands, four bytes each.
    private static bool HasBrand(ReadOnlySpan<byte> file, ReadOnlySpan<byte> brand)
    {
        if (!IsIsoMedia(file))
        {
            return false;
        }

        int size = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file);
        int end = Math.Clamp(size, 12, Math.Min(file.Length, 256));
        for (int at = 8; at + 4 <= end; at += 4)
        {
            if (at != 12 && file[at..].StartsWith(brand))
            {
                return true;
            }
        }

        return false;
    }

    private static bool StartsWith(ReadOnlySpan<byte> file, params ReadOnlySpan<byte> signature) => file.StartsWith(signature);
}
