using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A woodcut of rolling waves: black lines of swelling thickness, two blues, and the cream of the paper.</summary>
internal static class CarvedSea
{
    private static readonly Vector3 Paper = Ink.Hex("f0e4c8");
    private static readonly Vector3 Black = Ink.Hex("14161c");
    private static readonly Vector3 Deep = Ink.Hex("1f4e79");
    private static readonly Vector3 Light = Ink.Hex("7fb0c4");
    private static readonly Vector3 Sun = Ink.Hex("cf4b32");
    private const int Waves = 8;

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Print(place, canvas));
        canvas.Grain(0.035f, 0.004f, 81);
    }

    private static Vector3 Print(Vector2 place, Canvas canvas)
    {
        float pixel = canvas.Pixel;
        for (int wave = Waves - 1; wave >= 0; wave--)
        {
            (float depth, float phase) = Below(place, wave);
            if (depth > 0)
            {
                return Wave(place, wave, depth, phase, pixel);
            }
        }

        return Heaven(place, canvas.Aspect, pixel);
    }

    // How deep a place lies below the crest of a wave (nearer waves have higher numbers), and where along the swell.
    private static (float Depth, float Phase) Below(Vector2 place, int wave)
    {
        float near = (float)wave / (Waves - 1);
        float length = 0.26f + 0.42f * near;
        float height = 0.03f + 0.085f * near;
        float lean = 0.55f * height * MathF.Sin(MathF.Tau * place.X / length + 1.7f * wave);
        float phase = (place.X + lean + 0.37f * wave * length) / length;
        float crest = MathF.Pow(0.5f + 0.5f * MathF.Cos(MathF.Tau * phase), 1.7f);
        float swell = Noise.Smooth(new Vector2(place.X / 0.5f, wave * 7.1f), 82);
        float top = 0.36f + 0.6f * MathF.Pow(near, 1.15f) - height * crest * (1 + 0.35f * swell) + 0.02f * swell;
        top += 0.004f * Noise.Fractal(new Vector2(place.X / 0.03f, wave), 2, 83) * (0.3f + crest);
        return (place.Y - top, phase);
    }

    private static Vector3 Wave(Vector2 place, int wave, float depth, float phase, float pixel)
    {
        float near = (float)wave / (Waves - 1);
        float crest = 0.5f + 0.5f * MathF.Cos(MathF.Tau * phase);
        float outline = 0.0035f + 0.004f * near;
        float foam = (0.012f + 0.03f * near) * crest * (0.7f + 0.9f * MathF.Abs(Noise.Fractal(new Vector2(place.X / 0.04f, wave), 3, 84)));
        if (depth < outline)
        {
            return Black;
        }

        if (depth < foam)
        {
            Cell spray = Noise.Cells(place / (0.012f + 0.012f * near), 0.9f, 85);
            float ring = MathF.Abs(spray.ToCenter - 0.33f) * (0.012f + 0.012f * near);
            return Vector3.Lerp(Black, Paper, Noise.Step(0.0012f, 0.0012f + 1.5f * pixel, ring));
        }

        // Lines follow the swell; the gouge took more wood where light falls.
        float spacing = 0.011f + 0.011f * near;
        float flow = depth + 0.016f * near * MathF.Sin(MathF.Tau * phase * 2 + 3 * depth / spacing * 0.05f)
            + 0.35f * spacing * Noise.Fractal(place / new Vector2(0.12f, 0.05f), 2, 86 + (uint)wave);
        float line = MathF.Abs(flow / spacing - MathF.Round(flow / spacing)) * spacing;
        float tone = 0.3f + 0.45f * crest - 1.6f * depth + 0.25f * Noise.Smooth(place / 0.09f, 87);
        float thickness = spacing * Math.Clamp(0.36f - 0.3f * tone, 0.05f, 0.42f);
        float breakUp = Noise.Smooth(new Vector2(phase * 46, MathF.Round(flow / spacing) * 3.3f), 88);
        float ink = 1 - Noise.Step(thickness - pixel, thickness + pixel, line + (breakUp > 0.45f ? thickness : 0));

        float tint = 0.62f * tone + 0.22f * Noise.Fractal(place / 0.05f, 2, 89);
        Vector3 ground = tint > 0.4f ? Paper : tint > 0.12f ? Light : Deep;
        return Vector3.Lerp(ground, Black, ink);
    }

    private static Vector3 Heaven(Vector2 place, float aspect, float pixel)
    {
        float toSun = Vector2.Distance(place, new Vector2(aspect * 0.68f, 0.24f)) - 0.14f;
        Vector3 ground = Vector3.Lerp(Sun, Vector3.Lerp(Light, Paper, Noise.Step(-0.1f, 0.28f, place.Y)), Noise.Step(-pixel, pixel, toSun));
        float drift = place.Y + 0.014f * Noise.Fractal(place / new Vector2(0.4f, 0.1f), 2, 90);
        float line = MathF.Abs(drift / 0.0165f - MathF.Round(drift / 0.0165f)) * 0.0165f;
        float cloud = Noise.Fractal(new Vector2(place.X / 0.34f, MathF.Round(drift / 0.0165f) * 0.23f), 2, 91);
        float thickness = 0.0042f * Math.Clamp(cloud + 0.35f, 0, 1);
        float ink = thickness > 0.0004f ? 1 - Noise.Step(thickness - pixel, thickness + pixel, line) : 0;
        return Vector3.Lerp(ground, toSun < 0 ? Ink.Hex("8f2a1f") : Black, ink);
    }
}
