using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Ink and water on soft paper: bamboo before mountains in mist, and a red seal.</summary>
internal static class BambooInk
{
    private static readonly Vector3 Black = Ink.Hex("15171b");
    private static readonly Vector3 Paper = Ink.Hex("f2ebdb");

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Wash(place, canvas.Aspect));
        Brush brush = new(canvas);
        float[] stems = [0.16f, 0.3f, 0.37f, 1.06f, 1.21f];
        for (int stem = 0; stem < stems.Length; stem++)
        {
            Stem(brush, stems[stem], stem, isFaint: stem is 1 or 4);
        }

        brush.Paint();
        canvas.Rework((place, colour) =>
        {
            // Fibres of the paper, and ink that runs along them.
            float fibre = Noise.Smooth(new Vector2(place.X / 0.02f, place.Y / 0.002f), 211) + Noise.Smooth(new Vector2(place.X / 0.0022f, place.Y / 0.018f), 212);
            float tone = 1 - Ink.Luminance(colour);
            return colour * (1 + 0.018f * fibre + 0.09f * tone * Noise.Fractal(place / 0.006f, 2, 213));
        });
        Seal(canvas);
    }

    private static Vector3 Wash(Vector2 place, float aspect)
    {
        float ink = 0.03f + 0.02f * Noise.Fractal(place / 0.5f, 3, 214);
        for (int range = 0; range < 4; range++)
        {
            float x = place.X / (0.55f - 0.07f * range);
            float top = 0.2f + 0.135f * range - (0.16f - 0.02f * range) * MathF.Abs(Noise.Fractal(new Vector2(x, 4.1f * range), 4, 215)) * 1.6f
                + 0.05f * MathF.Cos(3 * (place.X / aspect - 0.6f) + range);
            float below = place.Y - top + 0.006f * Noise.Fractal(place / 0.02f, 3, 216);
            if (below > 0)
            {
                // A wet edge gathers pigment; below it the wash is drawn out with water.
                float strength = 0.16f + 0.15f * range;
                float edge = MathF.Exp(-below / 0.006f) * 0.5f;
                float body = MathF.Exp(-below / (0.06f + 0.02f * range));
                float bloom = 0.75f + 0.5f * Noise.Fractal(place / new Vector2(0.1f, 0.05f), 3, 217 + (uint)range);
                float crag = Noise.Step(0.15f, 0.6f, Noise.Fractal(new Vector2(place.X / 0.05f, below / 0.16f), 3, 221)) * body;
                ink = MathF.Max(ink * MathF.Exp(-below / 0.05f), 0.02f) + strength * (0.9f * body * bloom + edge + 0.7f * crag);
            }
        }

        float mist = Noise.Step(0.62f, 0.9f, place.Y);
        ink *= 1 - 0.85f * mist;
        return Vector3.Lerp(Paper, Black, Math.Clamp(ink, 0, 0.95f));
    }

    private static void Stem(Brush brush, float x, int stem, bool isFaint)
    {
        float darkness = isFaint ? 0.4f : 0.88f;
        float width = isFaint ? 0.016f : 0.026f + 0.006f * Noise.At(stem, 1, 222);
        float lean = 0.16f * (Noise.At(stem, 2, 222) - 0.5f);
        Vector2 at = new(x - lean * 0.5f, 1.05f);
        BrushKind joint = new() { Width = width, Bristle = 0.6f, Hairs = 12, Streak = 0.75f, Opacity = darkness, Lift = 0.55f, Soft = 0.2f };
        for (int node = 0; at.Y > -0.1f; node++)
        {
            float length = 0.13f + 0.06f * Noise.At(stem, node, 223);
            Vector2 next = at + new Vector2(lean * length + 0.006f * (Noise.At(stem, node, 224) - 0.5f), -length);
            Vector3 ink = Vector3.Lerp(Black, Ink.Hex("4b5357"), 0.25f + 0.5f * Noise.At(stem, node, 225));
            brush.Stroke([at + new Vector2(0, -0.006f), Vector2.Lerp(at, next, 0.5f), next], ink, joint, Noise.Hash(stem, node, 226));
            Vector2 across = new(width * 0.62f, -0.003f);
            brush.Stroke([at - across, at + new Vector2(0, 0.003f), at + across], Black, new BrushKind { Width = 0.006f, Bristle = 0.3f, Opacity = darkness, Lift = 0, Pointed = true }, Noise.Hash(stem, node, 227));
            if (node > 0)
            {
                Twig(brush, at, stem, node, darkness);
            }

            at = next;
        }
    }

    private static void Twig(Brush brush, Vector2 at, int stem, int node, float darkness)
    {
        float side = Noise.At(stem, node, 228) < 0.5f ? -1 : 1;
        float reach = 0.07f + 0.09f * Noise.At(stem, node, 229);
        Vector2 tip = at + new Vector2(side * reach, -0.5f * reach);
        brush.Stroke(
            [at, Vector2.Lerp(at, tip, 0.5f) + new Vector2(0, 0.01f), tip], Black,
            new BrushKind { Width = 0.0045f, Bristle = 0.2f, Opacity = darkness, Lift = 0.2f, Pointed = true }, Noise.Hash(stem, node, 230));
        int leaves = 5 + (int)(5 * Noise.At(stem, node, 231));
        for (int leaf = 0; leaf < leaves; leaf++)
        {
            Vector2 root = Vector2.Lerp(at, tip, 0.35f + 0.7f * leaf / leaves);
            float angle = MathF.PI * (0.5f - side * (0.05f + 0.32f * (Noise.At(stem * 31 + node, leaf, 232) - 0.25f)));
            float length = 0.075f + 0.075f * Noise.At(stem * 31 + node, leaf, 233);
            Vector2 along = length * new Vector2(MathF.Cos(angle), MathF.Sin(angle) * 0.9f);
            Vector2 bend = new(0, 0.15f * length);
            float wet = Noise.At(stem * 31 + node, leaf, 234);
            brush.Stroke(
                [root, root + 0.25f * along - 0.3f * bend, root + 0.5f * along - 0.3f * bend, root + 0.75f * along, root + along + 0.6f * bend],
                Vector3.Lerp(Black, Ink.Hex("5d686b"), wet * 0.7f),
                new BrushKind { Width = 0.016f + 0.008f * wet, Bristle = 0.35f + 0.3f * wet, Hairs = 9, Streak = 0.5f, Opacity = darkness, Lift = 0.4f, Pointed = true, Soft = 0.2f },
                Noise.Hash(stem * 31 + node, leaf, 235));
        }
    }

    private static void Seal(Canvas canvas)
    {
        Vector2 corner = new(canvas.Aspect - 0.16f, 0.83f);
        canvas.Rework((place, colour) =>
        {
            Vector2 p = (place - corner) / 0.075f;
            if (p.X is < 0 or > 1 || p.Y is < 0 or > 1)
            {
                return colour;
            }

            Vector2 grid = 5 * p;
            int column = (int)grid.X;
            int row = (int)grid.Y;
            bool isBorder = p.X is < 0.07f or > 0.93f || p.Y is < 0.07f or > 0.93f;
            bool isCut = !isBorder && Noise.At(Math.Min(column, 4 - column), row, 236) < 0.42f;
            float wear = Noise.Fractal(place / 0.006f, 2, 237);
            return isCut || wear > 0.5f ? colour : Vector3.Lerp(colour, Ink.Hex("b3261e"), 0.88f);
        });
    }
}
