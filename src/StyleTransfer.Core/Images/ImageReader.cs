namespace StyleTransfer.Core.Images;

/// <summary>Decodes pictures by content, never by name: orientation applied, any profile converted to sRGB, alpha kept aside.</summary>
public static class ImageReader
{
    /// <summary>Checks the header against the limits without decoding.</summary>
    /// <exception cref="ImageException">Not a picture, too many bytes, too many pixels.</exception>
    public static ImageHeader Inspect(ReadOnlySpan<byte> file, ImageLimits limits) => throw new NotImplementedException();

    /// <summary>Decodes the first frame.</summary>
    /// <param name="maxEdge">Shrinks while decoding so that the longer edge is at most this; null keeps every pixel. Never enlarges.</param>
    public static PixelImage Read(ReadOnlySpan<byte> file, ImageLimits limits, int? maxEdge = null) => throw new NotImplementedException();
}
