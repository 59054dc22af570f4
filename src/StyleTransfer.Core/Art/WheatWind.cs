using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Thick oil paint along a wind: a field of grain under a restless sky, in three sizes of brush.</summary>
internal static class WheatWind
{
    private static readonly Vector3[] Sky = Ink.Palette("1d4e89", "2f79b9", "69a8d8", "b8d8e0", "f3e3b5", "f6c667");
    private static readonly Vector3[] Hills = Ink.Palette("24503f", "3f7d4f", "7aa457", "3a5f7d");
    private static readonly Vector3[] Grain = Ink.Palette("8a4b12", "c77d1a", "e8a92c", "f7d154", "fbeaa0", "b3541e");

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Ink.Shade(Subject(place), 0.7f));
        Brush brush = new(canvas);
        DirectionField wind = new(canvas, Wind);
        Layer(canvas, brush, wind, new BrushKind { Width = 0.052f, Bristle = 0.55f, Hairs = 12, Streak = 0.2f, Body = 1.0f }, 0.2f, 0.04f, 11);
        Layer(canvas, brush, wind, new BrushKind { Width = 0.027f, Bristle = 0.6f, Hairs = 9, Streak = 0.22f, Body = 1.2f }, 0.14f, 0.023f, 12);
        Layer(canvas, brush, wind, new BrushKind { Width = 0.013f, Bristle = 0.5f, Hairs = 6, Streak = 0.2f, Body = 1.3f }, 0.075f, 0.0165f, 13);
        brush.Paint();
        canvas.Light(depth: 0.9f, gloss: 0.22f);
    }

    private static void Layer(Canvas canvas, Brush brush, DirectionField wind, BrushKind kind, float length, float spacing, uint seed)
    {
        List<(float Order, Vector2 Place, uint Seed)> strokes = [];
        for (int row = 0; row * spacing < 1.04f; row++)
        {
            for (int column = 0; column * spacing < canvas.Aspect + 0.04f; column++)
            {
                Vector2 place = spacing * new Vector2(
                    column + 1.4f * (Noise.At(column, row, seed) - 0.5f), row + 1.4f * (Noise.At(column, row, seed + 1) - 0.5f));
                strokes.Add((Noise.At(column, row, seed + 2), place, Noise.Hash(column, row, seed + 3)));
            }
        }

        foreach ((_, Vector2 place, uint own) in strokes.OrderBy(stroke => stroke.Order))
        {
            float random = Noise.At((int)(own & 0xffff), 1, seed);
            Vector3 colour = Ink.Shade(Subject(place + 0.02f * wind.At(place) * (random - 0.5f)), 0.86f + 0.3f * random);
            colour = Ink.Turn(colour, 0.5f * (Noise.At((int)(own & 0xffff), 2, seed) - 0.5f));
            brush.Stroke(Brush.Follow(place, wind.At, length * (0.6f + 0.7f * random), 0.45f * kind.Width), colour, kind, own);
        }
    }

    private static float Horizon(float x) => 0.46f + 0.035f * MathF.Sin(3.1f * x + 0.6f) + 0.02f * MathF.Sin(7.3f * x);

    private static Vector2 Wind(Vector2 place)
    {
        float land = Noise.Step(-0.03f, 0.05f, place.Y - Horizon(place.X));
        Vector2 sky = Noise.Curl(place, 0.42f, 2, 3);
        float lean = 0.55f * Noise.Fractal(place / 0.35f, 2, 8) - 1.15f + 0.25f * MathF.Sin(4 * place.X);
        Vector2 grain = new(MathF.Cos(lean), MathF.Sin(lean));
        return Vector2.Normalize(Vector2.Lerp(sky, grain, land) + new Vector2(1e-4f, 0));
    }

    private static Vector3 Subject(Vector2 place)
    {
        float horizon = Horizon(place.X);
        float below = place.Y - horizon;
        if (below < -0.01f)
        {
            float height = 1 - place.Y / horizon;
            float cloud = Noise.Fractal(place / new Vector2(0.34f, 0.17f), 3, 21);
            Vector3 blue = Ink.Gradient(Sky, 0.75f - 0.75f * height + 0.25f * cloud);
            float sun = Vector2.Distance(place, new Vector2(1.02f, 0.17f));
            Vector3 glow = Ink.Gradient(Ink.Palette("fff6cf", "fbd65a", "f2a33a", "e57f3a"), sun / 0.2f);
            return Vector3.Lerp(glow, blue, Noise.Step(0.07f, 0.26f, sun + 0.03f * cloud));
        }

        if (below < 0.06f + 0.025f * Noise.Smooth(place / 0.2f, 9))
        {
            return Ink.Gradient(Hills, 0.5f + 0.6f * Noise.Fractal(place / 0.12f, 2, 33));
        }

        float near = Noise.Step(0.05f, 0.5f, below);
        float furrow = Noise.Fractal(new Vector2(place.X / (0.05f + 0.12f * near), place.Y / 0.3f), 3, 41);
        Vector3 grain = Ink.Gradient(Grain, 0.52f - 0.18f * near + 0.55f * furrow);
        bool isPoppy = Noise.Smooth(place / (0.03f + 0.03f * near), 55) > 0.62f;
        bool isShadow = Noise.Smooth(place / new Vector2(0.09f, 0.2f), 56) > 0.5f;
        return isPoppy ? Ink.Hex("c8321f") : isShadow ? Ink.Hex("3c5b3a") : grain;
    }
}
