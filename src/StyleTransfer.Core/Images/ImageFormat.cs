namespace StyleTransfer.Core.Images;

/// <summary>The formats that are read; all but GIF and AVIF are written as well.</summary>
public enum ImageFormat { Png, Jpeg, WebP, Gif, Tiff, Avif }

/// <summary>What a picture's header says, oriented as it will be shown.</summary>
public sealed record ImageHeader(ImageFormat Format, int Width, int Height, bool HasAlpha);
