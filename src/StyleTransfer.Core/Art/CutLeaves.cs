using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A linocut in three colours: leaves with carved veins, berries, and the chatter that the gouge left between them.</summary>
internal static class CutLeaves
{
    private static readonly Vector3 Paper = Ink.Hex("f4ead4");
    private static readonly Vector3 Dark = Ink.Hex("123329");
    private static readonly Vector3[] Tints = Ink.Palette("7fa05a", "a9b567", "4f8a6b", "d8b45a");
    private static readonly Vector3 Berry = Ink.Hex("c8402f");
    private static readonly Leaf[] Leaves = [.. Grow()];

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(_ => Dark);
        Chatter(canvas);
        canvas.Rework((place, ground) =>
        {
            Vector2 knife = place + Noise.Wander(place, 0.02f, 0.0022f, 2, 291);
            Vector3 colour = Print(knife, ground, canvas.Pixel);

            // The roller leaves the ink uneven, the paper takes it in specks.
            float dark = 1 - Ink.Luminance(colour);
            float speck = Noise.Fractal(place / 0.003f, 2, 292) + 0.6f * Noise.Fractal(place / 0.08f, 3, 293);
            return Vector3.Lerp(colour, Paper, speck > 0.62f ? 0.55f * dark : 0.05f * dark * MathF.Max(0, speck)) * (1 + 0.02f * Noise.Smooth(place / 0.004f, 294));
        });
    }

    // Short marks of the gouge, in rows that turn with the plants.
    private static void Chatter(Canvas canvas)
    {
        Brush brush = new(canvas);
        DirectionField rows = new(canvas, place => Noise.Curl(place, 0.5f, 2, 295));
        const float Spacing = 0.0125f;
        for (int row = 0; row * Spacing < 1.01f; row++)
        {
            for (int column = 0; column * Spacing < canvas.Aspect + 0.01f; column++)
            {
                Vector2 place = Spacing * new Vector2(column + 0.8f * Noise.At(column, row, 296), row + 0.8f * Noise.At(column, row, 297));
                float random = Noise.At(column, row, 298);
                BrushKind gouge = new() { Width = 0.0045f + 0.004f * random, Bristle = 0, Streak = 0, Lift = 0, Body = 0, Pointed = true };
                brush.Stroke(Brush.Follow(place, rows.At, 0.025f + 0.025f * random, 0.005f), Paper, gouge, Noise.Hash(column, row, 299));
            }
        }

        brush.Paint();
    }

    private static Vector3 Print(Vector2 place, Vector3 ground, float pixel)
    {
        for (int i = Leaves.Length - 1; i >= 0; i--)
        {
            Leaf leaf = Leaves[i];
            Vector2 away = place - leaf.Root;
            float u = Vector2.Dot(away, leaf.Along) / leaf.Length;
            float v = (leaf.Along.X * away.Y - leaf.Along.Y * away.X) / leaf.Length;
            if (u is < -0.08f or > 1.06f || MathF.Abs(v) > 0.4f)
            {
                continue;
            }

            v -= leaf.Bend * u * (1 - u);
            if (leaf.IsBerry)
            {
                float berry = (new Vector2(u - 0.5f, v).Length() - 0.33f) * leaf.Length;
                if (berry < 0.006f)
                {
                    float glint = new Vector2(u - 0.4f, v + 0.12f).Length() - 0.09f;
                    return berry > 0 ? Dark : glint < 0 ? Paper : Vector3.Lerp(Berry, Dark, Gouge(v * 22 + 4 * u, 0.16f, pixel * 22 / leaf.Length) * (u > 0.55f ? 1 : 0));
                }

                continue;
            }

            float half = leaf.Breadth * MathF.Pow(MathF.Max(0, MathF.Sin(MathF.PI * Math.Clamp(u, 0, 1))), 0.8f) * (1.12f - 0.35f * u);
            half += 0.012f * leaf.Serration * MathF.Abs(MathF.Sin(u * 42)) * (half > 0.02f ? 1 : 0);
            float edge = (MathF.Abs(v) - half) * leaf.Length;
            if (edge < 0.0055f && u > -0.02f)
            {
                return edge > -0.0028f ? (edge > 0 ? Paper : Dark) : Face(leaf, u, v, half, pixel);
            }
        }

        return ground;
    }

    private static Vector3 Face(Leaf leaf, float u, float v, float half, float pixel)
    {
        float scale = pixel / leaf.Length;
        float rib = MathF.Abs(v) - 0.016f * (1.1f - u);
        if (rib < 0)
        {
            return Paper;
        }

        // Side veins leave the rib at an angle and bow towards the tip; fine cuts follow them from the light side.
        float vein = (u - 0.75f * MathF.Abs(v) - 0.8f * v * v) * 13;
        float toVein = MathF.Abs(vein - MathF.Round(vein));
        float taper = 0.13f * Math.Clamp(1 - MathF.Abs(v) / MathF.Max(half, 0.01f), 0, 1) + 0.02f;
        bool isLit = v < 0;
        float cuts = Gouge(vein * 3 + 0.5f, isLit ? 0.3f * (1 - MathF.Abs(v) / half) + 0.12f : 0.1f * (MathF.Abs(v) / half), scale * 40);
        if (toVein < taper)
        {
            return Paper;
        }

        return Vector3.Lerp(isLit ? leaf.Tint : Vector3.Lerp(leaf.Tint, Dark, 0.78f), isLit ? Dark : leaf.Tint, isLit ? 1 - cuts : cuts);
    }

    private static float Gouge(float phase, float share, float softness)
    {
        float line = MathF.Abs(phase - MathF.Round(phase));
        return 1 - Noise.Step(share - softness, share + softness, line);
    }

    private static IEnumerable<Leaf> Grow()
    {
        for (int branch = 0; branch < 16; branch++)
        {
            Vector2 at = new(-0.05f + 1.45f * (branch + Noise.At(branch, 1, 301)) / 16, 1.22f - 0.72f * (branch * 5 % 16) / 16f - 0.1f * Noise.At(branch, 7, 301));
            float heading = -MathF.PI / 2 + 1.1f * (Noise.At(branch, 2, 301) - 0.5f);
            int count = 8 + (int)(5 * Noise.At(branch, 3, 301));
            float length = 0.2f + 0.11f * Noise.At(branch, 4, 301);
            Vector3 tint = Ink.Pick(Tints, Noise.At(branch, 5, 301));
            float breadth = 0.15f + 0.14f * Noise.At(branch, 6, 301);
            for (int i = 0; i < count; i++)
            {
                heading += 0.35f * (Noise.At(branch, i, 302) - 0.5f);
                at += 0.085f * new Vector2(MathF.Cos(heading), MathF.Sin(heading));
                float side = (i & 1) == 0 ? 1 : -1;
                float angle = heading + side * (0.65f + 0.35f * Noise.At(branch, i, 303));
                bool isBerry = Noise.At(branch, i, 304) < 0.2f;
                yield return new Leaf(
                    at, new Vector2(MathF.Cos(angle), MathF.Sin(angle)), isBerry ? 0.075f : length * (1 - 0.45f * i / count), breadth,
                    side * 0.3f * Noise.At(branch, i, 305), branch % 3 == 0 ? 1.6f : 0, tint, isBerry);
            }
        }
    }

    private sealed record Leaf(Vector2 Root, Vector2 Along, float Length, float Breadth, float Bend, float Serration, Vector3 Tint, bool IsBerry);
}
