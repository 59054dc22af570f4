using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A floor of small stones set in rows around medallions, waves along the border, sand between them.</summary>
internal static class RomanFloor
{
    private static readonly Vector3[] Field = Ink.Palette("e8dcc0", "ddcfae", "efe6d0", "d3c19a");
    private static readonly Vector3[] Sea = Ink.Palette("123f5c", "1c6583", "3f93a6", "7cc0bf", "0e2e49");
    private static readonly Vector3[] Fire = Ink.Palette("8c2f1b", "c1552a", "de8b3a", "efbf5f", "6b1f1a");
    private static readonly Vector3[] Leaf = Ink.Palette("24452e", "47703c", "83985a", "b5b878");
    private const float Stone = 0.0165f;

    public static void Paint(Canvas canvas)
    {
        canvas.Rework((place, _) => Lay(place, canvas));
        canvas.Light(depth: 1.1f, gloss: 0.12f);
    }

    private static Vector3 Lay(Vector2 place, Canvas canvas)
    {
        Vector2 uneven = place + Noise.Wander(place, 0.05f, 0.0035f, 2, 241);
        (Vector2 row, Vector2 middle) = Row(uneven, canvas.Aspect);
        Vector2 inside = new(row.X - MathF.Floor(row.X), row.Y - MathF.Floor(row.Y));
        int column = (int)MathF.Floor(row.X);
        int line = (int)MathF.Floor(row.Y);
        uint seed = 242 + (uint)(middle.X * 1000) * 7 + (uint)(middle.Y * 1000);
        float random = Noise.At(column, line, seed);
        float other = Noise.At(column, line, seed + 1);

        // A stone is a square with rough sides, a little turned.
        Vector2 p = inside - new Vector2(0.5f);
        float turn = 0.22f * (other - 0.5f);
        p = new Vector2(p.X - turn * p.Y, p.Y + turn * p.X);
        float half = 0.43f - 0.05f * random;
        float chip = 0.05f * Noise.Fractal(place / 0.006f, 2, 244);
        float side = MathF.Max(MathF.Abs(p.X), MathF.Abs(p.Y)) + 0.18f * MathF.Pow(MathF.Min(MathF.Abs(p.X), MathF.Abs(p.Y)) * 2, 3) + chip;
        float cover = 1 - Noise.Step(half - 0.06f, half + 0.04f, side);

        Vector3 stone = Design(uneven, canvas.Aspect, random, other);
        stone = Ink.Shade(stone, 0.88f + 0.3f * other + 0.1f * Noise.Fractal(place / 0.004f, 2, 245));
        Vector3 mortar = Ink.Hex("6f6453") * (0.85f + 0.25f * Noise.Fractal(place / 0.003f, 2, 246));
        int at = Math.Min((int)(place.Y * canvas.Height), canvas.Height - 1) * canvas.Width + Math.Min((int)(place.X * canvas.Height), canvas.Width - 1);
        canvas.Relief[at] = cover * (0.8f + 0.5f * (random - 0.5f) + 0.6f * (other - 0.5f) * p.X) + 0.05f * Noise.Smooth(place / 0.004f, 247);
        return Vector3.Lerp(mortar, stone, cover);
    }

    // Stones follow the outline that they are near to: rings around medallions, straight rows along the border, arcs between.
    private static (Vector2 Row, Vector2 Middle) Row(Vector2 place, float aspect)
    {
        float border = MathF.Min(MathF.Min(place.X, aspect - place.X), MathF.Min(place.Y, 1 - place.Y));
        if (border < 0.1155f)
        {
            return (place / Stone, Vector2.Zero);
        }

        (Vector2 center, float _) = Medallion(place, aspect);
        Vector2 away = place - center;
        float ring = away.Length() / Stone;
        float count = MathF.Max(1, MathF.Round(MathF.Tau * (MathF.Floor(ring) + 0.5f)));
        float angle = (MathF.Atan2(away.Y, away.X) / MathF.Tau + 0.5f) * count;
        return (new Vector2(angle, ring), center);
    }

    private static (Vector2 Center, float Radius) Medallion(Vector2 place, float aspect)
    {
        (Vector2, float)[] all =
        [
            (new(aspect / 2, 0.5f), 0.33f), (new(0.25f, 0.27f), 0.13f), (new(aspect - 0.25f, 0.27f), 0.13f),
            (new(0.25f, 0.73f), 0.13f), (new(aspect - 0.25f, 0.73f), 0.13f),
        ];
        return all.MinBy(medallion => Vector2.Distance(place, medallion.Item1) - medallion.Item2);
    }

    private static Vector3 Design(Vector2 place, float aspect, float random, float other)
    {
        float border = MathF.Min(MathF.Min(place.X, aspect - place.X), MathF.Min(place.Y, 1 - place.Y));
        if (border < 0.1155f)
        {
            float along = border == place.Y || border == 1 - place.Y ? place.X : place.Y;
            float wave = 0.055f + 0.026f * MathF.Sin(along * MathF.Tau / 0.132f);
            float strand = MathF.Abs(border - wave);
            float twin = MathF.Abs(border - (0.11f - wave));
            return border is < 0.0165f or > 0.099f ? Ink.Pick(Fire[..2], random)
                : strand < 0.0125f ? Ink.Pick(Sea[..3], random)
                : twin < 0.0125f ? Ink.Pick(Fire[2..4], random)
                : Ink.Pick(Field, random);
        }

        (Vector2 center, float radius) = Medallion(place, aspect);
        Vector2 away = place - center;
        float r = away.Length() / radius;
        float angle = MathF.Atan2(away.Y, away.X);
        bool isMain = radius > 0.2f;
        int petals = isMain ? 12 : 6;
        float petal = 0.5f + 0.5f * MathF.Cos(petals * angle);
        if (r > 1.0f)
        {
            float vine = MathF.Sin(away.Length() * 60 + 3 * Noise.Smooth(place / 0.1f, 248));
            return r > 1.05f && vine > 0.82f ? Ink.Pick(Leaf, random) : Ink.Pick(Field, random);
        }

        if (r > 0.88f)
        {
            return r > 0.94f ? Ink.Pick(Sea[3..], random) : Ink.Gradient(Fire, other);
        }

        float tip = 0.34f + 0.5f * MathF.Pow(petal, 0.55f);
        if (r < 0.2f)
        {
            return Ink.Pick(isMain ? Fire[2..4] : Sea[2..4], random);
        }

        if (r < tip)
        {
            Vector3[] palette = isMain ? Fire : Leaf;
            return Ink.Gradient(palette, 0.2f + 0.8f * (1 - r / tip) + 0.2f * (random - 0.5f));
        }

        float inner = 0.34f + 0.46f * MathF.Pow(0.5f - 0.5f * MathF.Cos(petals * angle), 0.7f);
        return r < inner ? Ink.Gradient(Sea, 0.25f + 0.6f * (r / inner) + 0.2f * (random - 0.5f)) : Ink.Pick(isMain ? Sea[..2] : Field, random);
    }
}
