using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A pencil study of hanging cloth: tone from hatching alone, denser and crossed where it darkens.</summary>
internal static class PencilFolds
{
    private static readonly Vector3 Paper = Ink.Hex("efe9dc");
    private static readonly Vector3[] Leads = Ink.Palette("2a2a30", "3b3a40", "55535a", "6b6a70");

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Paper * (1 + 0.02f * Noise.Fractal(place / 0.4f, 3, 401)));
        Brush pencil = new(canvas);
        DirectionField folds = new(canvas, Along);
        DirectionField across = new(canvas, place => Turned(Along(place), 1.05f));
        DirectionField light = new(canvas, place => Turned(Along(place), -0.5f));
        Hatch(canvas, pencil, folds, 0.92f, 0.0076f, 0.075f, 402);
        Hatch(canvas, pencil, light, 0.66f, 0.0072f, 0.055f, 403);
        Hatch(canvas, pencil, across, 0.44f, 0.0066f, 0.045f, 404);
        Hatch(canvas, pencil, folds, 0.27f, 0.0058f, 0.05f, 405);
        Contours(canvas, pencil, folds);
        pencil.Paint();

        // Graphite catches on the tooth of the paper, and a thumb has smeared some of it.
        canvas.Rework((place, colour) =>
        {
            float tooth = Noise.Fractal(place / 0.0035f, 2, 406);
            float smear = 0.16f * Noise.Step(0.55f, 0.1f, Tone(place)) * (0.7f + 0.4f * Noise.Fractal(place / 0.05f, 3, 407));
            Vector3 drawn = Vector3.Lerp(colour, Paper, Math.Clamp(0.28f + 0.6f * tooth, 0, 0.75f) * (1 - Ink.Luminance(colour)));
            return drawn * (1 - smear) * (1 + 0.025f * tooth);
        });
    }

    private static void Hatch(Canvas canvas, Brush pencil, DirectionField field, float until, float spacing, float length, uint seed)
    {
        for (int row = 0; row * spacing < 1.01f; row++)
        {
            for (int column = 0; column * 2.6f * spacing < canvas.Aspect + 0.02f; column++)
            {
                Vector2 place = spacing * new Vector2(2.6f * (column + Noise.At(column, row, seed)), row + 0.6f * Noise.At(column, row, seed + 11));
                float tone = Tone(place);
                if (tone > until - 0.1f * Noise.At(column, row, seed + 12))
                {
                    continue;
                }

                float press = Math.Clamp((until - tone) * 1.5f + 0.25f, 0.2f, 1);
                BrushKind lead = new()
                {
                    Width = 0.0021f + 0.0013f * press,
                    Bristle = 0.35f,
                    Hairs = 2,
                    Streak = 0.1f,
                    Body = 0,
                    Lift = 0.45f,
                    Opacity = 0.3f + 0.55f * press,
                    Pointed = true,
                };
                float own = length * (0.55f + 0.8f * Noise.At(column, row, seed + 13));
                pencil.Stroke(Brush.Follow(place, field.At, own, 0.006f), Ink.Pick(Leads, Noise.At(column, row, seed + 14)), lead, Noise.Hash(column, row, seed));
            }
        }
    }

    // The ridges that the eye follows: long, searching lines, drawn more than once.
    private static void Contours(Canvas canvas, Brush pencil, DirectionField folds)
    {
        for (int i = 0; i < 150; i++)
        {
            Vector2 place = new(canvas.Aspect * Noise.At(i, 1, 408), Noise.At(i, 2, 408));
            float edge = MathF.Abs(Height(place + new Vector2(0.012f, 0)) - 2 * Height(place) + Height(place - new Vector2(0.012f, 0)));
            if (edge > 0.012f)
            {
                BrushKind lead = new() { Width = 0.0034f, Bristle = 0.3f, Hairs = 2, Streak = 0.1f, Body = 0, Lift = 0.3f, Opacity = 0.75f, Pointed = true };
                pencil.Stroke(Brush.Follow(place, folds.At, 0.2f + 0.25f * Noise.At(i, 3, 408), 0.008f), Leads[0], lead, Noise.Hash(i, 4, 408));
            }
        }
    }

    // Cloth that hangs from two points: folds fan out from them and sag between.
    private static float Height(Vector2 place)
    {
        Vector2 left = place - new Vector2(0.2f, -0.25f);
        Vector2 right = place - new Vector2(1.15f, -0.2f);
        float fan = MathF.Atan2(left.X, left.Y) * 9 + 1.5f * Noise.Fractal(place / 0.5f, 3, 409);
        float other = MathF.Atan2(right.X, right.Y) * 8 - 1.3f * Noise.Fractal(place / 0.45f, 3, 410);
        float share = Noise.Step(0.35f, 1.0f, place.X + 0.12f * Noise.Fractal(place / 0.3f, 2, 411));
        float sag = MathF.Sin(14 * (place.Y + 1.1f * (place.X - 0.68f) * (place.X - 0.68f)) + 2 * Noise.Fractal(place / 0.3f, 2, 412));
        float hang = Noise.Mix(Fold(fan), Fold(other), share);
        float middle = MathF.Exp(-MathF.Pow((place.X - 0.68f) / 0.3f, 2)) * Noise.Step(0.9f, 0.3f, place.Y);
        return 0.075f * hang + 0.035f * middle * sag + 0.012f * Noise.Fractal(place / 0.09f, 3, 413);
    }

    // Cloth rounds its ridges and pinches its hollows.
    private static float Fold(float phase) => MathF.Abs(MathF.Sin(phase)) * 1.3f - 0.3f * MathF.Cos(2 * phase);

    private static float Tone(Vector2 place)
    {
        const float Step = 0.004f;
        float here = Height(place);
        float dx = (Height(place + new Vector2(Step, 0)) - here) / Step;
        float dy = (Height(place + new Vector2(0, Step)) - here) / Step;
        Vector3 normal = Vector3.Normalize(new Vector3(-dx, -dy, 1.1f));
        float light = Vector3.Dot(normal, Vector3.Normalize(new Vector3(-0.65f, -0.45f, 0.62f)));
        float hollow = Math.Clamp((here - 0.02f) / 0.07f, 0, 1);
        return Math.Clamp(0.08f + 0.6f * light + 0.26f * hollow, 0, 1);
    }

    private static Vector2 Along(Vector2 place)
    {
        const float Step = 0.01f;
        float dx = Height(place + new Vector2(Step, 0)) - Height(place - new Vector2(Step, 0));
        float dy = Height(place + new Vector2(0, Step)) - Height(place - new Vector2(0, Step));
        Vector2 across = new(dx, dy);
        Vector2 along = across.LengthSquared() < 1e-10f ? Vector2.UnitY : Vector2.Normalize(new Vector2(-dy, dx));
        return along.Y < 0 ? -along : along;
    }

    private static Vector2 Turned(Vector2 direction, float angle)
    {
        (float sin, float cos) = MathF.SinCos(angle);
        return new Vector2(direction.X * cos - direction.Y * sin, direction.X * sin + direction.Y * cos);
    }
}
