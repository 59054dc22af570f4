using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A still life broken into planes: straight and curved cuts, each plane shaded from one of its edges.</summary>
internal static class Facets
{
    private static readonly Vector3[] Earth = Ink.Palette("2b2620", "5a4a38", "8a6d45", "b8945a", "d8bd86", "efe0bc");
    private static readonly Vector3[] Cool = Ink.Palette("1e2a33", "3b5360", "67818a", "9db0ad", "cfd6c8");
    private static readonly Vector3[] Warm = Ink.Palette("5e1f16", "9c3f22", "c96f33", "e3a55c", "f3dcae");

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Plane(place, canvas.Aspect));
        Brush brush = new(canvas);
        BrushKind dab = new() { Width = 0.013f, Bristle = 0.75f, Hairs = 6, Streak = 0.16f, Opacity = 0.75f, Body = 0.8f, Lift = 0.25f };
        const float Spacing = 0.012f;
        for (int row = 0; row * Spacing < 1.01f; row++)
        {
            for (int column = 0; column * Spacing < canvas.Aspect + 0.01f; column++)
            {
                Vector2 place = Spacing * new Vector2(column + Noise.At(column, row, 191), row + Noise.At(column, row, 192));
                (uint id, _, float shade) = Cut(place, canvas.Aspect);
                float angle = MathF.PI * (Noise.At((int)(id & 0xffff), 7, 193) + 0.1f * Noise.At(column, row, 194));
                Vector2 along = 0.011f * new Vector2(MathF.Cos(angle), MathF.Sin(angle));
                Vector3 colour = Ink.Shade(canvas.At(place), 0.9f + 0.25f * Noise.At(column, row, 195) - 0.06f * shade);
                brush.Stroke([place - along, place, place + along], colour, dab, Noise.Hash(column, row, 196));
            }
        }

        brush.Paint();
        canvas.Rework((place, colour) =>
        {
            (_, float edge, _) = Cut(place, canvas.Aspect);
            float line = 0.0016f + 0.0014f * Noise.Smooth(place / 0.06f, 197);
            return Vector3.Lerp(colour, Ink.Hex("1d1814"), 0.8f * (1 - Noise.Step(line, line + 2 * canvas.Pixel, edge)));
        });
        canvas.Light(depth: 0.7f, gloss: 0.1f);
    }

    // Pieces of glass-like shape, each cut once more by a line or an arc; long cuts run through all of them.
    private static (uint Id, float Edge, float Shade) Cut(Vector2 place, float aspect)
    {
        Vector2 bent = new(place.X + 0.45f * place.Y, place.Y - 0.3f * place.X);
        float size = 0.15f + 0.05f * Noise.Smooth(place / 0.5f, 200);
        Cell cell = Noise.Cells(bent / 0.17f, 0.95f, 201);
        float edge = cell.ToBorder * 0.17f;
        Vector2 p = bent - cell.Center * 0.17f;
        float angle = MathF.Tau * cell.Random(1);
        Vector2 normal = new(MathF.Cos(angle), MathF.Sin(angle));
        float signed = cell.Random(2) < 0.4f ? Vector2.Distance(p, normal * size * 0.9f) - size * 0.8f : Vector2.Dot(p, normal);
        uint id = cell.Id * 2 + (signed > 0 ? 1u : 0u);
        edge = MathF.Min(edge, MathF.Abs(signed));
        for (int line = 0; line < 5; line++)
        {
            float lean = MathF.PI * Noise.At(line, 1, 202);
            Vector2 across = new(MathF.Cos(lean), MathF.Sin(lean));
            Vector2 through = new(aspect * (0.25f + 0.5f * Noise.At(line, 2, 202)), 0.2f + 0.6f * Noise.At(line, 3, 202));
            float side = line == 4 ? Vector2.Distance(place, new Vector2(aspect * 0.5f, 0.55f)) - 0.36f : Vector2.Dot(place - through, across);
            id = id * 2 + (side > 0 ? 1u : 0u);
            edge = MathF.Min(edge, MathF.Abs(side));
        }

        return (Noise.Hash((int)id, 3, 205), edge, signed > 0 ? 1 : -1);
    }

    private static Vector3 Plane(Vector2 place, float aspect)
    {
        (uint id, float edge, _) = Cut(place, aspect);
        float random = Noise.At((int)(id & 0xffff), 1, 206);
        float other = Noise.At((int)(id & 0xffff), 2, 206);

        // Each plane looks at the subject from a place of its own, which is what breaks it.
        Vector2 shifted = place + 0.1f * new Vector2(random - 0.5f, other - 0.5f);
        (Vector3[] palette, float tone) = Subject(shifted, aspect);
        palette = palette == Earth && Noise.At((int)(id & 0xffff), 3, 206) is var chance && chance < 0.22f ? (chance < 0.14f ? Cool : Warm) : palette;
        float glow = Noise.Step(0, 0.06f, edge);
        float light = tone + 0.5f * (random - 0.5f) + 0.5f * (glow - 0.5f) * (other < 0.5f ? 1 : -1);
        return Ink.Gradient(palette, light);
    }

    private static (Vector3[] Palette, float Tone) Subject(Vector2 place, float aspect)
    {
        Vector2 p = place - new Vector2(aspect / 2, 0.52f);
        Vector2 tilted = new(0.92f * p.X + 0.38f * p.Y, -0.38f * p.X + 0.92f * p.Y);

        // A guitar: two bouts and a neck; a bottle; a bowl; the edge of a table.
        float lower = (tilted - new Vector2(0, 0.2f)).Length() - 0.2f;
        float upper = (tilted - new Vector2(0, -0.04f)).Length() - 0.145f;
        float body = MathF.Min(lower, upper);
        bool isNeck = MathF.Abs(tilted.X) < 0.027f && tilted.Y is > -0.52f and < 0.05f;
        bool isHole = (tilted - new Vector2(0, 0.05f)).Length() < 0.062f;
        if (isHole)
        {
            return (Earth, 0.02f);
        }

        if (isNeck)
        {
            return (Earth, 0.22f + 0.3f * MathF.Abs(MathF.Sin(60 * tilted.Y)));
        }

        if (body < 0)
        {
            return (Warm, 0.62f - 0.7f * tilted.X);
        }

        Vector2 bottle = p - new Vector2(-0.38f, 0.05f);
        if (MathF.Abs(bottle.X) < (bottle.Y < -0.12f ? 0.03f : 0.075f) && bottle.Y is > -0.33f and < 0.24f)
        {
            return (Cool, 0.45f - 3.5f * bottle.X);
        }

        Vector2 bowl = p - new Vector2(0.4f, 0.16f);
        if (bowl.Length() < 0.17f && bowl.Y > -0.04f)
        {
            return (Cool, 0.75f - 2 * bowl.X);
        }

        bool isFruit = (bowl - new Vector2(-0.05f, -0.06f)).Length() < 0.07f || (bowl - new Vector2(0.07f, -0.07f)).Length() < 0.065f;
        return isFruit ? (Warm, 0.5f - 3 * bowl.X) : p.Y > 0.23f ? (Earth, 0.55f - 0.6f * p.Y) : (Earth, 0.72f - 0.35f * p.Length());
    }
}
