using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Art deco: fans of brass and enamel in rows, rays, steps and beads, brushed metal and deep gloss.</summary>
internal static class GildedFans
{
    private static readonly Vector3[] Enamel = Ink.Palette("0d1f2d", "0f4c5c", "123d35", "3a1030", "17324d", "5c1a2b");
    private static readonly Vector3[] Brass = Ink.Palette("5a3c12", "a87a2a", "e9c873", "fff1c0", "c99a43", "7a5418");
    private const float Size = 0.25f;

    public static void Paint(Canvas canvas)
    {
        canvas.Rework((place, _) => Fan(place, canvas));
        canvas.Light(depth: 1.2f, gloss: 0.3f);
    }

    private static Vector3 Fan(Vector2 place, Canvas canvas)
    {
        // Scales overlap like tiles: a lower row lies over the one above it.
        const float Rise = Size / 4;
        int front = (int)MathF.Floor(place.Y / Rise) + 2;
        for (int row = front; row > front - 6; row--)
        {
            float shift = (row & 1) * 0.5f * Size;
            int column = (int)MathF.Round((place.X - shift) / Size);
            Vector2 p = new(place.X - shift - column * Size, row * Rise - place.Y);
            float r = p.Length() / (Size / 2);
            if (r < 1)
            {
                return Paint(place, p, r, column, row, canvas);
            }
        }

        return Enamel[0];
    }

    private static Vector3 Paint(Vector2 place, Vector2 p, float r, int column, int row, Canvas canvas)
    {
        float angle = MathF.Atan2(p.Y, p.X);
        float pixel = canvas.Pixel / (Size / 2);
        int kind = (int)(Noise.Hash(column, row, 281) % 4);
        Vector3 enamel = Enamel[(int)(Noise.Hash(column, row, 282) % (uint)Enamel.Length)];
        Vector3 second = Enamel[(int)(Noise.Hash(column, row, 283) % (uint)Enamel.Length)];
        float rays = angle / MathF.PI * (kind == 1 ? 20 : 13);
        float ray = MathF.Abs(rays - MathF.Round(rays)) * 2;
        float band = MathF.Floor(r * 7);
        float toBand = MathF.Abs(r * 7 - MathF.Round(r * 7)) / 7;

        float line = kind switch
        {
            0 => MathF.Min(toBand, (r > 0.43f ? ray * r / 13 * 1.5f : 1)),
            1 => r > 0.3f ? MathF.Min(ray * r * 0.075f, MathF.Abs(r - 0.3f)) : MathF.Abs(r - 0.15f),
            2 => toBand,
            _ => MathF.Min(MathF.Abs(r - 0.57f), MathF.Min(MathF.Abs(r - 0.28f), r is > 0.28f and < 0.57f ? ray * r * 0.11f : 1)),
        };
        line = MathF.Min(line, 1 - r);
        float width = 0.022f + 0.016f * Noise.Step(0.93f, 1, r);
        float metal = 1 - Noise.Step(width - pixel, width + pixel, line);

        bool isFilled = kind switch
        {
            0 => ((int)band + (int)MathF.Round(rays)) % 2 == 0,
            1 => (int)MathF.Floor(rays) % 2 == 0 && r > 0.3f,
            2 => (int)band % 2 == 0,
            _ => r < 0.28f || (r > 0.57f && Bead(p, angle) < 0),
        };
        Vector3 face = isFilled && kind is 1 or 3 ? Metal(place, angle, r) : isFilled ? second : enamel;
        float depth = 0.75f + 0.55f * (1 - r) * MathF.Sin(Math.Clamp(angle, 0, MathF.PI)) + 0.06f * Noise.Fractal(place / 0.012f, 3, 284);
        face = isFilled && kind is 1 or 3 ? face : Ink.Shade(face, 1.1f * depth + 0.35f * Gloss(place));

        int at = Math.Min((int)(place.Y * canvas.Height), canvas.Height - 1) * canvas.Width + Math.Min((int)(place.X * canvas.Height), canvas.Width - 1);
        canvas.Relief[at] = metal * 0.9f + 0.5f * r + (isFilled && kind is 1 or 3 ? 0.25f : 0);
        return Vector3.Lerp(face, Metal(place, angle + 0.8f, r), metal);
    }

    private static float Bead(Vector2 p, float angle)
    {
        float step = MathF.PI / 11;
        float at = (MathF.Floor(angle / step) + 0.5f) * step;
        return Vector2.Distance(p, 0.78f * Size / 2 * new Vector2(MathF.Cos(at), MathF.Sin(at))) - 0.0085f;
    }

    // Brushed metal: a reflection that turns with the angle, and fine scratches around the middle.
    private static Vector3 Metal(Vector2 place, float angle, float r)
    {
        float sheen = 0.5f + 0.38f * MathF.Sin(3 * angle + 5 * place.X + 3 * place.Y) + 0.1f * MathF.Sin(9 * angle - 4 * place.Y);
        float scratch = Noise.Smooth(new Vector2(r * 90, angle * 3), 285) * 0.1f + 0.05f * Noise.Smooth(place / 0.003f, 286);
        return Ink.Gradient(Brass, sheen + scratch);
    }

    private static float Gloss(Vector2 place) => Noise.Step(0.25f, 0.6f, Noise.Fractal(place / new Vector2(0.5f, 0.25f), 2, 287));
}
