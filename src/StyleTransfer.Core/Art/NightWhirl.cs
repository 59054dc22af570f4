using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A night of turning air: short, separate strokes circle around lights above a sleeping valley.</summary>
internal static class NightWhirl
{
    private static readonly Vector3[] Air = Ink.Palette("0b1538", "14275e", "1f4a8c", "2f76ae", "5fa9c4", "a9d5cf", "e6eec0");
    private static readonly Vector3[] Lamp = Ink.Palette("fffbe0", "fff0a0", "ffd24f", "f1a52f", "8fb98f");
    private static readonly Vector3[] Valley = Ink.Palette("08131f", "10283a", "1b4247", "2d5f52", "0c1c30");

    // Place, strength of the turn, radius of the light (0 for a turn without one).
    private static readonly (Vector2 Place, float Turn, float Light)[] Whirls =
    [
        (new(0.62f, 0.33f), 1.0f, 0f), (new(0.95f, 0.44f), -0.8f, 0f), (new(0.25f, 0.22f), 0.5f, 0.055f),
        (new(1.18f, 0.15f), 0.7f, 0.085f), (new(0.45f, 0.1f), -0.3f, 0.035f), (new(0.86f, 0.13f), 0.3f, 0.04f),
        (new(0.1f, 0.5f), -0.4f, 0.04f), (new(1.27f, 0.5f), 0.35f, 0.045f), (new(0.4f, 0.52f), 0.3f, 0.03f),
    ];

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Ink.Shade(Subject(place), 0.55f));
        Brush brush = new(canvas);
        DirectionField flow = new(canvas, Flow);
        Layer(canvas, brush, flow, new BrushKind { Width = 0.022f, Bristle = 0.35f, Hairs = 6, Streak = 0.14f, Body = 0.9f, Lift = 0.15f }, 0.1f, 0.02f, 61);
        Layer(canvas, brush, flow, new BrushKind { Width = 0.0125f, Bristle = 0.3f, Hairs = 4, Streak = 0.12f, Body = 1.2f, Lift = 0.2f }, 0.062f, 0.0125f, 62);
        brush.Paint();
        canvas.Light(depth: 0.8f, gloss: 0.16f);
    }

    private static void Layer(Canvas canvas, Brush brush, DirectionField flow, BrushKind kind, float length, float spacing, uint seed)
    {
        for (int row = 0; row * spacing < 1.02f; row++)
        {
            for (int column = 0; column * spacing < canvas.Aspect + 0.02f; column++)
            {
                Vector2 jitter = new(Noise.At(column, row, seed) - 0.5f, Noise.At(column, row, seed + 1) - 0.5f);
                Vector2 place = spacing * (new Vector2(column, row) + 1.3f * jitter);
                float random = Noise.At(column, row, seed + 2);
                Vector3 colour = Ink.Shade(Subject(place), 0.75f + 0.55f * random);
                colour = Ink.Turn(colour, 0.35f * (Noise.At(column, row, seed + 3) - 0.5f));
                brush.Stroke(Brush.Follow(place, flow.At, length * (0.7f + 0.6f * random), 0.45f * kind.Width), colour, kind, Noise.Hash(column, row, seed));
            }
        }
    }

    private static float Ridge(float x) => 0.7f + 0.06f * MathF.Sin(2.2f * x + 2.4f) + 0.03f * MathF.Sin(5.9f * x + 1);

    private static Vector2 Flow(Vector2 place)
    {
        if (place.Y > Ridge(place.X))
        {
            float slope = 0.13f * MathF.Cos(2.2f * place.X + 2.4f) + 0.18f * MathF.Cos(5.9f * place.X + 1);
            return Vector2.Normalize(new Vector2(1, slope + 0.7f * Noise.Fractal(place / 0.12f, 2, 64)));
        }

        Vector2 flow = new(1, 0.25f * MathF.Sin(3 * place.X));
        foreach ((Vector2 center, float turn, _) in Whirls)
        {
            Vector2 away = place - center;
            float reach = 0.02f / (away.LengthSquared() + 0.004f);
            flow += 2.2f * turn * reach * new Vector2(-away.Y, away.X) / (away.Length() + 0.02f);
        }

        return Vector2.Normalize(flow + 0.35f * Noise.Curl(place, 0.3f, 2, 63));
    }

    private static Vector3 Subject(Vector2 place)
    {
        float ridge = Ridge(place.X);
        if (place.Y > ridge)
        {
            float depth = (place.Y - ridge) / (1 - ridge);
            Vector3 ground = Ink.Gradient(Valley, 0.5f + 0.5f * Noise.Fractal(place / new Vector2(0.16f, 0.07f), 3, 65));
            bool isWindow = depth > 0.25f && depth < 0.8f && Noise.Cells(place / 0.05f, 0.9f, 66) is { ToCenter: < 0.26f } cell && cell.Random(1) < 0.3f;
            return isWindow ? Ink.Hex("f6b73c") : ground;
        }

        Vector2 bent = place + Noise.Wander(place, 0.3f, 0.09f, 2, 67);
        float bands = 0.4f + 0.45f * Noise.Fractal(bent / new Vector2(0.5f, 0.14f), 3, 68) + 0.16f * place.Y;
        foreach ((Vector2 center, float turn, float light) in Whirls)
        {
            Vector2 away = place - center;
            float distance = away.Length();
            if (light == 0)
            {
                float spiral = MathF.Sin(MathF.Atan2(away.Y, away.X) * MathF.Sign(turn) + 34 * distance);
                bands += 0.3f * spiral * MathF.Exp(-distance * distance / 0.022f);
            }
        }

        Vector3 colour = Ink.Gradient(Air, bands);
        foreach ((Vector2 center, _, float light) in Whirls)
        {
            float distance = Vector2.Distance(place, center);
            if (light > 0 && distance < 3 * light)
            {
                float ring = 0.5f + 0.5f * MathF.Cos(distance / light * 7.5f);
                Vector3 glow = Ink.Gradient(Lamp, distance / light / 2.4f + 0.14f * ring);
                colour = Vector3.Lerp(glow, colour, Noise.Step(0.7f * light, 2.7f * light, distance));
            }
        }

        return colour;
    }
}
