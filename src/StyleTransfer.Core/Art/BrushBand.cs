using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Paints strokes on some rows of a canvas.</summary>
internal sealed class BrushBand(Canvas canvas, int top, int bottom)
{
    private readonly int[] stamp = new int[canvas.Width * (bottom - top)];
    private readonly float[] distance = new float[canvas.Width * (bottom - top)];
    private readonly float[] along = new float[canvas.Width * (bottom - top)];
    private readonly float[] across = new float[canvas.Width * (bottom - top)];
    private readonly List<int> touched = [];
    private int strokes;

    public void Paint(Brush.Painted stroke)
    {
        if (stroke.Bottom < top || stroke.Top > bottom)
        {
            return;
        }

        strokes++;
        touched.Clear();
        float done = 0;
        for (int i = 1; i < stroke.Points.Length; i++)
        {
            float length = Vector2.Distance(stroke.Points[i - 1], stroke.Points[i]);
            Touch(stroke.Points[i - 1], stroke.Points[i], stroke.Radius + 1, done / stroke.Length, length / stroke.Length);
            done += length;
        }

        foreach (int at in touched)
        {
            Lay(at, stroke);
        }
    }

    // Each pixel belongs to the nearest part of the stroke, so a stroke that bends over itself is laid once.
    private void Touch(Vector2 from, Vector2 to, float reach, float start, float share)
    {
        int left = Math.Max(0, (int)(Math.Min(from.X, to.X) - reach));
        int right = Math.Min(canvas.Width - 1, (int)(Math.Max(from.X, to.X) + reach));
        int first = Math.Max(top, (int)(Math.Min(from.Y, to.Y) - reach));
        int last = Math.Min(bottom - 1, (int)(Math.Max(from.Y, to.Y) + reach));
        Vector2 line = to - from;
        float squared = Math.Max(line.LengthSquared(), 1e-6f);
        for (int y = first; y <= last; y++)
        {
            for (int x = left; x <= right; x++)
            {
                Vector2 offset = new Vector2(x + 0.5f, y + 0.5f) - from;
                float t = Math.Clamp(Vector2.Dot(offset, line) / squared, 0, 1);
                float away = (offset - line * t).LengthSquared();
                if (away > reach * reach)
                {
                    continue;
                }

                int at = (y - top) * canvas.Width + x;
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
                    across[at] = line.X * offset.Y - line.Y * offset.X;
                }
            }
        }
    }

    private void Lay(int at, Brush.Painted stroke)
    {
        BrushKind kind = stroke.Kind;
        float u = along[at];
        float width = kind.Pointed ? stroke.Radius * MathF.Pow(MathF.Sin(MathF.PI * Math.Clamp(u, 0.02f, 0.98f)), 0.6f) : stroke.Radius;
        float away = MathF.Sqrt(distance[at]);
        float edge = Math.Max(1, width * kind.Soft);
        float cover = Math.Clamp((width - away) / edge + 0.5f, 0, 1);
        if (cover <= 0)
        {
            return;
        }

        float v = MathF.CopySign(away, across[at]) / Math.Max(width, 0.3f);
        float length = stroke.Length / Math.Max(stroke.Radius, 1);
        float hair = Noise.Smooth(new Vector2(v * kind.Hairs * 0.5f, u * 0.25f * length), stroke.Seed);
        float fine = Noise.Smooth(new Vector2(v * kind.Hairs * 1.3f, u * 0.6f * length), stroke.Seed + 7);
        float texture = 0.7f * hair + 0.5f * fine;
        float dry = kind.Lift > 0 ? Noise.Step(1 - kind.Lift, 1.02f, u) : 0;
        float gap = Noise.Step(-0.15f, 0.35f, texture + 0.75f - 1.5f * dry);
        float opacity = kind.Opacity * cover * Noise.Mix(1, gap, kind.Bristle);
        Vector3 paint = Ink.Shade(stroke.Colour, 1 + kind.Streak * texture);
        int pixel = top * canvas.Width + at;
        canvas.Pixels[pixel] = Vector3.Lerp(canvas.Pixels[pixel], paint, opacity);

        // Paint is pushed aside: thin in the middle, with a ridge along the edges, furrowed by the hairs.
        float ridge = 0.55f + 0.35f * v * v + 0.45f * kind.Bristle * texture;
        canvas.Relief[pixel] = Noise.Mix(canvas.Relief[pixel], kind.Body * ridge, opacity * 0.9f);
    }
}
