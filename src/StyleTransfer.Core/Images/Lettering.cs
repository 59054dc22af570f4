using NetVips;

namespace StyleTransfer.Core.Images;

/// <summary>Words as grey masks, drawn by libvips with whatever font the machine has.</summary>
internal static class Lettering
{
    private const string Family = "sans";

    private static readonly Lazy<bool> hasFont = new(() =>
    {
        try
        {
            return Line("0", 13, 100).Width > 0;
        }
        catch (ImageException)
        {
            return false;
        }
    });

    /// <summary>Asked once: the first look for fonts may take a second.</summary>
    public static bool HasFont => hasFont.Value;

    /// <summary>The ink alone: how high it is depends on the letters.</summary>
    /// <param name="Top">From the line's top to the highest ink.</param>
    /// <param name="Coverage">Width × Height; 255 is ink.</param>
    public sealed record Mask(int Width, int Height, int Top, byte[] Coverage);

    /// <summary>One line, cut with an ellipsis where it would be wider than <paramref name="maxWidth"/>.</summary>
    /// <param name="size">Height of the letters in points at 72 dots an inch: pixels.</param>
    /// <exception cref="ImageException">The machine has no font at all, as small containers do.</exception>
    public static Mask Line(string text, int size, int maxWidth, bool isBold = false)
    {
        Vips.Start();
        Mask whole = Draw(text, size, isBold);
        for (int length = text.Length - 1; whole.Width > maxWidth && length > 0; length = Math.Min(length - 1, length * maxWidth / whole.Width))
        {
            whole = Draw(text[..length].TrimEnd() + "…", size, isBold);
        }

        return whole;
    }

    private static Mask Draw(string text, int size, bool isBold)
    {
        // The text is Pango markup: what people typed is not.
        string escaped = text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
        try
        {
            using Image drawn = Image.Text(escaped, font: $"{Family} {(isBold ? "bold " : "")}{size}", dpi: 72);
            byte[] coverage = drawn.WriteToMemory<byte>();
            if (coverage.Any(value => value > 0))
            {
                return new Mask(drawn.Width, drawn.Height, drawn.Yoffset, coverage);
            }
        }
        catch (VipsException e)
        {
            throw NoFont(e);
        }

        throw NoFont(null);
    }

    private static ImageException NoFont(Exception? cause) => new(
        "The labels cannot be drawn: this machine has no font. Install one, such as the package fonts-dejavu-core on Debian, or take the CSV.", cause);
}
