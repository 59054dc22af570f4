using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace StyleTransfer.Core.Images;

/// <summary>One colour of a map of regions.</summary>
/// <param name="Color"><c>#rrggbb</c>.</param>
/// <param name="Mask">White where the map has the colour.</param>
public sealed record ColorRegion(string Color, PixelImage Mask);

/// <summary>
/// Reads a picture that is painted with one colour a region, as guides for photographs are. What lies between two colours, by soft
/// brushes or lossy files, goes to the nearer one.
/// </summary>
public static class ColorRegions
{
    private const char Mark = '#';

    // A colour of less than this share of the picture is an edge or a speck, not a region.
    private const double LeastShare = 0.005;

    // Closer colours than this, of at most √3, are one.
    private const float SameColor = 0.25f;
    private const int Levels = 16;

    /// <summary>Every region, the largest first.</summary>
    public static ImmutableArray<ColorRegion> Split(PixelImage map)
    {
        ImmutableArray<Vector3> colors = Colors(map);
        float[][] masks = [.. colors.Select(_ => new float[map.Width * map.Height * 3])];
        for (int pixel = 0; pixel < map.Width * map.Height; pixel++)
        {
            int nearest = Nearest(Color(map, pixel), colors);
            masks[nearest].AsSpan(3 * pixel, 3).Fill(1);
        }

        return [.. colors.Select((color, index) => new ColorRegion(Name(color), new PixelImage(map.Width, map.Height, masks[index])))];
    }

    /// <summary>The region with the same colour, or null.</summary>
    public static ColorRegion? Match(string color, ImmutableArray<ColorRegion> regions) =>
        regions.Where(region => Vector3.Distance(Parse(region.Color), Parse(color)) < SameColor)
            .MinBy(region => Vector3.Distance(Parse(region.Color), Parse(color)));

    /// <summary>How a recipe names one colour of a map: the map's identifier, then the colour.</summary>
    public static string Reference(string map, string color) => map + color;

    /// <summary>The mask that a recipe names: a grey picture, or one colour of a map.</summary>
    /// <param name="reference">An identifier, or what <see cref="Reference"/> makes of one.</param>
    /// <param name="read">The picture of an identifier.</param>
    /// <exception cref="ImageException">The map has no such colour.</exception>
    public static PixelImage Resolve(string reference, Func<string, PixelImage> read)
    {
        int at = reference.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return read(reference);
        }

        ImmutableArray<ColorRegion> regions = Split(read(reference[..at]));
        return Match(reference[at..], regions)?.Mask
            ?? throw new ImageException($"The map of regions has no colour {reference[at..]}; it has {string.Join(", ", regions.Select(region => region.Color))}.");
    }

    /// <summary>The identifier of the picture that a reference needs.</summary>
    public static string PictureOf(string reference) => reference.Split(Mark)[0];

    private static ImmutableArray<Vector3> Colors(PixelImage map)
    {
        Dictionary<int, (int Count, Vector3 Sum)> bins = [];
        int pixels = map.Width * map.Height;
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            Vector3 color = Color(map, pixel);
            int bin = (Level(color.X) * Levels + Level(color.Y)) * Levels + Level(color.Z);
            (int count, Vector3 sum) = bins.GetValueOrDefault(bin);
            bins[bin] = (count + 1, sum + color);
        }

        ImmutableArray<Vector3>.Builder colors = ImmutableArray.CreateBuilder<Vector3>();
        foreach ((int count, Vector3 sum) in bins.Values.OrderByDescending(bin => bin.Count))
        {
            Vector3 color = sum / count;
            if (colors.Count == 0 || (count >= LeastShare * pixels && colors.All(other => Vector3.Distance(other, color) >= SameColor)))
            {
                colors.Add(color);
            }
        }

        return colors.ToImmutable();
    }

    private static int Nearest(Vector3 color, ImmutableArray<Vector3> colors)
    {
        int nearest = 0;
        for (int i = 1; i < colors.Length; i++)
        {
            nearest = Vector3.DistanceSquared(color, colors[i]) < Vector3.DistanceSquared(color, colors[nearest]) ? i : nearest;
        }

        return nearest;
    }

    private static Vector3 Color(PixelImage map, int pixel) => new(map.Rgb[3 * pixel], map.Rgb[3 * pixel + 1], map.Rgb[3 * pixel + 2]);

    private static int Level(float value) => Math.Clamp((int)(value * Levels), 0, Levels - 1);

    private static string Name(Vector3 color) => string.Create(
        CultureInfo.InvariantCulture, $"{Mark}{Byte(color.X):x2}{Byte(color.Y):x2}{Byte(color.Z):x2}");

    private static int Byte(float value) => (int)MathF.Round(Math.Clamp(value, 0, 1) * byte.MaxValue);

    private static Vector3 Parse(string color)
    {
        bool isColor = int.TryParse(color.AsSpan().TrimStart(Mark), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int value) && color.Length == 7;
        return isColor
            ? new Vector3((value >> 16) & 255, (value >> 8) & 255, value & 255) / byte.MaxValue
            : throw new ImageException($"'{color}' is not a colour; write one as #ff8800.");
    }
}
