using StyleTransfer.Core.Images;

namespace StyleTransfer.Studio.Sharing;

/// <summary>The picture that messengers and pages show beside a link: 1200 × 630, as OpenGraph's readers expect.</summary>
internal static class LinkPreview
{
    public const int MostPictures = 4;
    private const int Width = 1200;
    private const int Height = 630;

    /// <param name="pictures">One to <see cref="MostPictures"/>; each fills its share of the width, cut at its edges.</param>
    public static byte[] Draw(IReadOnlyList<PixelImage> pictures)
    {
        float[] rgb = new float[Width * Height * 3];
        for (int i = 0; i < pictures.Count; i++)
        {
            int left = i * Width / pictures.Count;
            Place(pictures[i], rgb, left, ((i + 1) * Width / pictures.Count) - left);
        }

        return ImageWriter.Write(new PixelImage(Width, Height, rgb), new ImageWriteOptions { Format = ImageFormat.Jpeg, Quality = 85 });
    }

    private static void Place(PixelImage picture, float[] rgb, int left, int width)
    {
        double scale = Math.Max(width / (double)picture.Width, Height / (double)picture.Height);
        PixelImage scaled = ImageScaler.Resize(picture, Math.Max(width, (int)Math.Round(picture.Width * scale)), Math.Max(Height, (int)Math.Round(picture.Height * scale)));
        int x0 = (scaled.Width - width) / 2;
        int y0 = (scaled.Height - Height) / 2;
        for (int y = 0; y < Height; y++)
        {
            scaled.Rgb.AsSpan((((y0 + y) * scaled.Width) + x0) * 3, width * 3).CopyTo(rgb.AsSpan(((y * Width) + left) * 3));
        }
    }
}
