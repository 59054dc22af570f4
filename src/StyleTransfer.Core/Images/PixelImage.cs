namespace StyleTransfer.Core.Images;

/// <summary>
/// A picture in memory, as the engine and the store exchange it: sRGB, gamma-encoded, [0, 1], rows from the top.
/// </summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Rgb">Interleaved, Height × Width × 3; values outside [0, 1] are clipped when written.</param>
/// <param name="Alpha">Height × Width, or null where the picture is opaque. Colours are not premultiplied.</param>
public sealed record PixelImage(int Width, int Height, float[] Rgb, float[]? Alpha = null);
