namespace StyleTransfer.Core.Images.Sheets;

/// <summary>White paper on which pictures are laid and words are written.</summary>
internal sealed class SheetCanvas(int width, int height)
{
    private const float Ink = 0.13f;
    private readonly float[] rgb = [.. Enumerable.Repeat(1f, checked(width * height * 3))];

    public int Width => width;

    public void Draw(PixelImage? picture, int left, int top)
    {
        if (picture is null)
        {
            return;
        }

        for (int y = 0; y < picture.Height && top + y < height; y++)
        {
            int count = Math.Min(picture.Width, width - left);
            Array.Copy(picture.Rgb, y * picture.Width * 3, rgb, (((top + y) * width) + left) * 3, count * 3);
        }
    }

    /// <summary>One line; what does not fit is cut off by an ellipsis.</summary>
    public void Write(string text, int left, int top, int mostWidth, int letters, bool isBold)
    {
        if (text.Length == 0)
        {
            return;
        }

        Lettering.Mask line = Lettering.Line(text, letters, mostWidth, isBold);
        top += line.Top;
        for (int y = 0; y < line.Height && top + y < height; y++)
        {
            for (int x = 0; x < line.Width && left + x < width; x++)
            {
                float share = line.Coverage[(y * line.Width) + x] / 255f;
                int at = (((top + y) * width) + left + x) * 3;
                for (int channel = 0; channel < 3; channel++)
                {
                    rgb[at + channel] += share * (Ink - rgb[at + channel]);
                }
            }
        }
    }

    public PixelImage ToImage() => new(width, height, rgb);
}
