using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A river bank in dots of pure colour that mix only in the eye.</summary>
internal static class RiverDots
{
    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Vector3.Lerp(Ink.Hex("e9dcb8"), Subject(place), 0.55f) * (0.97f + 0.05f * Noise.Smooth(place / 0.008f, 101)));
        Brush brush = new(canvas);
        Dots(canvas, brush, 0.0125f, 0.0098f, 0.9f, 102);
        Dots(canvas, brush, 0.0085f, 0.0082f, 1.25f, 103);
        Dots(canvas, brush, 0.0055f, 0.0105f, 1.7f, 104);
        brush.Paint();
        canvas.Light(depth: 0.5f, gloss: 0.06f);
    }

    private static void Dots(Canvas canvas, Brush brush, float size, float spacing, float division, uint seed)
    {
        BrushKind kind = new() { Width = size, Bristle = 0, Streak = 0.06f, Body = 0.7f, Lift = 0, Soft = 0.3f, Opacity = 0.94f };
        for (int row = 0; row * spacing < 1.01f; row++)
        {
            for (int column = 0; column * spacing < canvas.Aspect + 0.01f; column++)
            {
                Vector2 jitter = new(Noise.At(column, row, seed) - 0.5f, Noise.At(column, row, seed + 1) - 0.5f);
                Vector2 place = spacing * (new Vector2(column + 0.5f * (row & 1), row) + 0.9f * jitter);
                Vector2 tip = place + 0.25f * size * new Vector2(0.6f, jitter.X);
                brush.Stroke([place, tip], Divide(Subject(place), division, column, row, seed), kind, Noise.Hash(column, row, seed));
            }
        }
    }

    // Neighbouring dots swing around the colour that is meant: warm, cool, lighter, and now and then its opposite.
    private static Vector3 Divide(Vector3 colour, float division, int column, int row, uint seed)
    {
        float choice = Noise.At(column, row, seed + 5);
        float amount = Noise.At(column, row, seed + 6);
        Vector3 dot = Ink.Saturate(colour, 1.35f);
        return choice switch
        {
            < 0.3f => Ink.Turn(dot, 0.55f * division * amount),
            < 0.6f => Ink.Turn(dot, -0.55f * division * amount),
            < 0.78f => Ink.Shade(dot, 1.25f + 0.35f * amount),
            < 0.9f => Ink.Shade(dot, 0.72f),
            _ => Vector3.Clamp(Ink.Turn(dot, 2.6f), Vector3.Zero, Vector3.One),
        };
    }

    private static Vector3 Subject(Vector2 place)
    {
        float shore = 0.6f + 0.14f * (place.X - 0.7f) + 0.012f * Noise.Smooth(new Vector2(place.X / 0.15f, 0), 105);
        Vector3 sky = Ink.Gradient(Ink.Palette("7fb2dd", "b9d7e6", "f6e6c4", "f3c9a0"), place.Y / 0.42f + 0.16f * Noise.Fractal(place / new Vector2(0.3f, 0.1f), 3, 106));
        float far = 0.36f + 0.035f * Noise.Fractal(new Vector2(place.X / 0.18f, 1), 3, 107);
        Vector3 colour = place.Y > far ? Ink.Gradient(Ink.Palette("6f8fae", "7ea39a", "8fb07f"), (place.Y - far) / 0.09f) : sky;
        if (place.Y > 0.44f)
        {
            float ripple = Noise.Fractal(place / new Vector2(0.14f, 0.016f), 3, 108);
            colour = Ink.Gradient(Ink.Palette("f0cfa6", "a9cbd8", "5d93bd", "3b6f9f"), (place.Y - 0.44f) / 0.24f + 0.28f * ripple);
            float sail = MathF.Abs(place.X - 0.62f) / 0.07f + MathF.Abs(place.Y - 0.5f) / 0.12f;
            colour = sail < 1 ? Vector3.Lerp(colour, Ink.Hex("fff3dc"), 0.85f) : colour;
        }

        if (place.X - 0.62f is > -0.052f and < 0.052f && place.Y is > 0.33f and < 0.462f && MathF.Abs(place.X - 0.62f) < 0.4f * (place.Y - 0.33f))
        {
            colour = place.X > 0.62f ? Ink.Hex("f4d6a8") : Ink.Hex("fff7e6");
        }

        if (place.Y > shore)
        {
            float light = Noise.Fractal(place / new Vector2(0.22f, 0.06f), 3, 109);
            colour = Ink.Gradient(Ink.Palette("2f5a3c", "4f8a3f", "8fb63f", "d9d35c", "f0dd86"), 0.5f + 0.75f * light);
        }

        foreach ((float x, float size, uint seed) in new[] { (0.17f, 0.27f, 110u), (1.13f, 0.32f, 111u), (0.86f, 0.13f, 112u) })
        {
            Vector2 crown = new(x, shore - size * 0.85f);
            Vector2 away = (place - crown) / new Vector2(size * 0.72f, size * 0.8f);
            float leaf = away.Length() + 0.35f * Noise.Fractal(place / (0.3f * size), 3, seed);
            bool isTrunk = MathF.Abs(place.X - x) < 0.045f * size && place.Y > crown.Y && place.Y < shore + 0.03f;
            colour = isTrunk ? Ink.Hex("5a3d4f") : colour;
            if (leaf < 0.95f)
            {
                float lit = 0.5f - 0.4f * away.X - 0.5f * away.Y + 0.5f * Noise.Fractal(place / (0.12f * size), 2, seed + 7);
                colour = Ink.Gradient(Ink.Palette("1f3352", "24553f", "4b8b3b", "a6bf45", "f1dc6d"), lit);
            }

            Vector2 shade = (place - new Vector2(x - 0.1f * size, shore + 0.07f)) / new Vector2(size, 0.045f);
            colour = place.Y > shore && shade.LengthSquared() < 1 ? Vector3.Lerp(colour, Ink.Hex("2b4a72"), 0.7f) : colour;
        }

        return colour;
    }
}
