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
    public static byte[] Write(PixelImage image, ImageWriteOptions options) => throw new NotImplementedException();
}
