using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A rose window: mouth-blown glass of deep colours in lead, with the light behind it.</summary>
internal static class CathedralLight
{
    private static readonly Vector3[] Rays = Ink.Palette("c2182b", "e8641b", "f5b81f", "7d1635", "d93a2b", "f2d15c");
    private static readonly Vector3[] Field = Ink.Palette("0d2f8a", "1657c0", "0f7fae", "0b5f5a", "3b1d78", "1b8f6a", "2a6fd6");
    private const int Petals = 12;

    public static void Paint(Canvas canvas)
    {
        Vector2 center = new(canvas.Aspect / 2, 0.5f);
        canvas.Rework((place, _) => Glass(place, center, canvas.Pixel, canvas.Relief, canvas));
        canvas.Light(depth: 1.5f, gloss: 0.25f);
    }

    private static Vector3 Glass(Vector2 place, Vector2 center, float pixel, float[] relief, Canvas canvas)
    {
        Vector2 away = place - center;
        float radius = away.Length();
        float angle = MathF.Atan2(away.Y, away.X);
        float petal = angle / MathF.Tau * Petals;
        float within = MathF.Abs(petal - MathF.Round(petal)) * 2;

        // Rings of the rose: boundaries as distances in units of the height, negative inside.
        float heart = radius - 0.085f;
        float lobe = radius - (0.25f + 0.075f * MathF.Cos(petal * MathF.Tau));
        float rim = radius - 0.41f;
        float frame = radius - 0.455f;

        float lead = MathF.Min(MathF.Min(MathF.Abs(heart), MathF.Abs(lobe)), MathF.Min(MathF.Abs(rim), MathF.Abs(frame)));
        Vector3[] palette;
        float scale;
        if (heart < 0)
        {
            (palette, scale) = (Rays, 0.045f);
        }
        else if (lobe < 0)
        {
            (palette, scale) = (Rays, 0.06f);
            lead = MathF.Min(lead, (1 - within) * radius * MathF.PI / Petals);
        }
        else if (rim < 0)
        {
            (palette, scale) = (Field, 0.07f);
        }
        else
        {
            (palette, scale) = frame < 0 ? (Rays, 0.04f) : (Field, 0.085f);
        }

        Cell cell = Noise.Cells(place / scale + Noise.Wander(place, 0.12f, 0.25f, 1, 71), 0.85f, 72 + (uint)palette.Length + (uint)(scale * 100));
        lead = MathF.Min(lead, cell.ToBorder * scale);

        float waves = Noise.Fractal(place / new Vector2(0.035f, 0.011f), 3, 73 + (cell.Id & 7));
        float bubbles = Noise.Smooth(place / 0.006f, 74);
        float glow = 0.62f + 0.75f * MathF.Exp(-radius * radius / 0.16f) + 0.25f * (cell.Random(2) - 0.5f) + 0.1f * waves + 0.035f * bubbles;
        float edge = Noise.Step(0, 0.016f, lead);
        Vector3 glass = Ink.Pick(palette, cell.Random(1));
        glass = Ink.Turn(glass, 0.35f * (cell.Random(3) - 0.5f));
        glass = Ink.Shade(glass, glow * (0.72f + 0.28f * edge));

        float line = 0.0055f + 0.002f * Noise.Smooth(place / 0.03f, 75);
        float metal = 1 - Noise.Step(line - pixel, line + pixel, lead);
        int at = Math.Min((int)(place.Y * canvas.Height), canvas.Height - 1) * canvas.Width + Math.Min((int)(place.X * canvas.Height), canvas.Width - 1);
        relief[at] = metal * 1.2f * MathF.Sqrt(Math.Clamp(1 - lead * lead / (line * line), 0, 1)) + 0.05f * waves;
        Vector3 solder = new Vector3(0.085f, 0.085f, 0.1f) * (1 + 0.5f * Noise.Smooth(place / 0.008f, 76));
        return Vector3.Lerp(glass, solder, metal);
    }
}
