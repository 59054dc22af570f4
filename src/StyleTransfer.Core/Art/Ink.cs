using System.Globalization;
using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Colours as red, green, blue in [0, 1], gamma-encoded, and the ways of mixing them.</summary>
internal static class Ink
{
    /// <summary>From <c>rrggbb</c>.</summary>
    public static Vector3 Hex(string text)
    {
        int value = int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Vector3(value >> 16, (value >> 8) & 255, value & 255) / 255;
    }

    public static Vector3[] Palette(params string[] colours) => Array.ConvertAll(colours, Hex);

    /// <summary>A place on a gradient through all colours; 0 is the first, 1 the last.</summary>
    public static Vector3 Gradient(Vector3[] colours, float place)
    {
        float at = Math.Clamp(place, 0, 1) * (colours.Length - 1);
        int index = Math.Min((int)at, colours.Length - 2);
        return Vector3.Lerp(colours[index], colours[index + 1], at - index);
    }

    public static Vector3 Pick(Vector3[] colours, float random) => colours[Math.Min((int)(random * colours.Length), colours.Length - 1)];

    /// <summary>Lighter (above 1) or darker (below 1), without losing the hue to grey.</summary>
    public static Vector3 Shade(Vector3 colour, float factor) => factor <= 1
        ? colour * factor
        : Vector3.One - (Vector3.One - colour) / factor;

    /// <summary>Shifted in hue by an angle in radians, about the grey axis.</summary>
    public static Vector3 Turn(Vector3 colour, float angle)
    {
        (float sin, float cos) = MathF.SinCos(angle);
        Vector3 axis = new(0.57735f);
        return colour * cos + Vector3.Cross(axis, colour) * sin + axis * (Vector3.Dot(axis, colour) * (1 - cos));
    }

    public static Vector3 Saturate(Vector3 colour, float amount)
    {
        Vector3 grey = new(Luminance(colour));
        return Vector3.Clamp(grey + (colour - grey) * amount, Vector3.Zero, Vector3.One);
    }

    public static float Luminance(Vector3 colour) => 0.2126f * colour.X + 0.7152f * colour.Y + 0.0722f * colour.Z;
}
