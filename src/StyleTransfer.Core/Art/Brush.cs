using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>How a brush behaves. Lengths are in units of the canvas' height.</summary>
internal sealed record BrushKind
{
    public required float Width { get; init; }

    /// <summary>0 to 1: how much the ground shows through.</summary>
    public float Opacity { get; init; } = 1;

    /// <summary>0 for a smooth line, 1 for a brush whose hairs all show.</summary>
    public float Bristle { get; init; } = 0.5f;

    /// <summary>How many hairs lie side by side.</summary>
    public float Hairs { get; init; } = 9;

    /// <summary>Difference of brightness between hairs.</summary>
    public float Streak { get; init; } = 0.12f;

    /// <summary>Thickness of the paint that is left.</summary>
    public float Body { get; init; } = 1;

    /// <summary>The fraction of the stroke over which the brush dries or is lifted.</summary>
    public float Lift { get; init; } = 0.3f;

    /// <summary>The fraction of the width that is soft.</summary>
    public float Soft { get; init; } = 0.15f;

    /// <summary>Narrows towards both ends, as a pointed brush does.</summary>
    public bool Pointed { get; init; }
}

/// <summary>Paints strokes on a canvas, one after the other.</summary>
internal sealed class Brush(Canvas canvas)
{
    private readonly int[] stamp = new int[canvas.Pixels.Length];
    private readonly float[] distance = new float[canvas.Pixels.Length];
    private readonly float[] along = new float[canvas.Pixels.Length];
    private readonly float[] across = new float[canvas.Pixels.Length];
    private readonly List<int> touched = [];
    private int strokes;

    /// <summary>Follows a direction field from a start, half of the length to each side.</summary>
    public static Vector2[] Follow(Vector2 start, Func<Vector2, Vector2> direction, float length, float step)
    {
        int half = Math.Max(1, (int)(length / 2 / step));
        Vector2[] path = new Vector2[2 * half + 1];
        path[half] = start;
        for (int i = half; i > 0; i--)
        {
            path[i - 1] = path[i] - step * direction(path[i]);
        }

        for (int i = half; i < path.Length - 1; i++)
        {
            path[i + 1] = path[i] + step * direction(path[i]);
        }

        return path;
    }

    /// <summary>One stroke along a path, in one colour that the hairs vary.</summary>
    public void Stroke(ReadOnlySpan<Vector2> path, Vector3 colour, BrushKind kind, uint seed)
    {
        if (strokes % 256 == 0)
        {
            canvas.CancellationToken.ThrowIfCancellationRequested();
        }

        strokes++;
        touched.Clear();
        float radius = kind.Width / 2 * canvas.Height;
        float total = 0;
        for (int i = 1; i < path.Length; i++)
        {
            total += Vector2.Distance(path[i - 1], path[i]);
        }

        total = Math.Max(total * canvas.Height, 1e-3f);
        float done = 0;
        for (int i = 1; i < path.Length; i++)
        {
            Vector2 from = path[i - 1] * canvas.Height;
            Vector2 to = path[i] * canvas.Height;
            float length = Vector2.Distance(from, to);
            Touch(from, to, radius + 1, done / total, length / total);
            done += length;
        }

        foreach (int at in touched)
        {
            Lay(at, radius, colour, kind, seed);
        }
    }

    private void Touch(Vector2 from, Vector2 to, float reach, float start, float share)
    {
        int left = Math.Max(0, (int)(Math.Min(from.X, to.X) - reach));
        int right = Math.Min(canvas.Width - 1, (int)(Math.Max(from.X, to.X) + reach));
        int top = Math.Max(0, (int)(Math.Min(from.Y, to.Y) - reach));
        int bottom = Math.Min(canvas.Height - 1, (int)(Math.Max(from.Y, to.Y) + reach));
        Vector2 line = to - from;
        float squared = Math.Max(line.LengthSquared(), 1e-6f);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                Vector2 offset = new Vector2(x + 0.5f, y + 0.5f) - from;
                float t = Math.Clamp(Vector2.Dot(offset, line) / squared, 0, 1);
                float away = Vector2.Distance(offset, line * t);
                if (away > reach)
                {
                    continue;
                }

                int at = y * canvas.Width + x;
                if (stamp[at] != strokes)
                {
                    stamp[at] = strokes;
                    distance[at] = float.MaxValue;
                    touched.Add(at);
                }

                if (away < distance[at])
                {
                    distance[at] = away;
                    along[at] = start + share * t;
                    across[at] = line.X * offset.Y - line.Y * offset.X < 0 ? -away : away;
                }
            }
        }
    }

    private void Lay(int at, float radius, Vector3 colour, BrushKind kind, uint seed)
    {
        float u = along[at];
        float width = kind.Pointed ? radius * MathF.Pow(MathF.Sin(MathF.PI * Math.Clamp(u, 0.02f, 0.98f)), 0.6f) : radius;
        float v = across[at] / Math.Max(width, 0.3f);
        float edge = Math.Max(1, width * kind.Soft);
        float cover = Math.Clamp((width - distance[at]) / edge + 0.5f, 0, 1);
        if (cover <= 0)
        {
            return;
        }

        float hair = Noise.Smooth(new Vector2(v * kind.Hairs * 0.5f, u * 2.5f), seed);
        float fine = Noise.Smooth(new Vector2(v * kind.Hairs * 1.3f, u * 6f), seed + 7);
        float texture = 0.7f * hair + 0.5f * fine;
        float dry = kind.Lift > 0 ? Noise.Step(1 - kind.Lift, 1.02f, u) : 0;
        float gap = Noise.Step(-0.15f, 0.35f, texture + 0.75f - 1.5f * dry);
        float opacity = kind.Opacity * cover * Noise.Mix(1, gap, kind.Bristle);
        Vector3 paint = Ink.Shade(colour, 1 + kind.Streak * texture);
        canvas.Pixels[at] = Vector3.Lerp(canvas.Pixels[at], paint, opacity);

        // Paint is pushed aside: thin in the middle, with a ridge along the edges, furrowed by the hairs.
        float ridge = 0.55f + 0.35f * v * v + 0.45f * kind.Bristle * texture;
        canvas.Relief[at] = Noise.Mix(canvas.Relief[at], kind.Body * ridge, opacity * 0.9f);
    }
}
