namespace StyleTransfer.Core.Images;

/// <summary>Resampling with Lanczos-3, area-correct when shrinking.</summary>
public static class ImageScaler
{
    public static PixelImage Resize(PixelImage image, int width, int height) => throw new NotImplementedException();

    /// <summary>The size with the given longer edge and the same shape, at least 1 pixel each way.</summary>
    public static (int Width, int Height) Fit(int width, int height, int longerEdge)
    {
        double factor = (double)longerEdge / Math.Max(width, height);
        return (Math.Max(1, (int)Math.Round(width * factor)), Math.Max(1, (int)Math.Round(height * factor)));
    }
}
