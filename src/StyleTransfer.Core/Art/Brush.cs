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

/// <summary>Collects strokes and paints them on a canvas, each over those before it.</summary>
/// <remarks>Bands of the canvas are painted at the same time; each takes every stroke in order, so the picture does not depend on that.</remarks>
internal sealed class Brush(Canvas canvas)
{
    private const int BandRows = 48;
    private readonly List<Painted> strokes = [];

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

    /// <summary>One stroke along a path, in one colour that the hairs vary. Nothing is seen before <see cref="Paint"/>.</summary>
    public void Stroke(ReadOnlySpan<Vector2> path, Vector3 colour, BrushKind kind, uint seed)
    {
        Vector2[] points = new Vector2[path.Length];
        float top = float.MaxValue;
        float bottom = float.MinValue;
        float total = 0;
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = path[i] * canvas.Height;
            top = Math.Min(top, points[i].Y);
            bottom = Math.Max(bottom, points[i].Y);
            total += i == 0 ? 0 : Vector2.Distance(points[i - 1], points[i]);
        }

        float radius = kind.Width / 2 * canvas.Height;
        strokes.Add(new Painted(points, radius, Math.Max(total, 1e-3f), top - radius - 1, bottom + radius + 1, colour, kind, seed));
    }

    /// <summary>Paints what was collected.</summary>
    public void Paint()
    {
        int bands = (canvas.Height + BandRows - 1) / BandRows;
        Parallel.For(0, bands, canvas.Shares, band =>
        {
            BrushBand rows = new(canvas, band * BandRows, Math.Min(canvas.Height, (band + 1) * BandRows));
            foreach (Painted stroke in strokes)
            {
                rows.Paint(stroke);
            }
        });
        strokes.Clear();
    }

    /// <summary>A stroke in pixels.</summary>
    internal sealed record Painted(Vector2[] Points, float Radius, float Length, float Top, float Bottom, Vector3 Colour, BrushKind Kind, uint Seed);
}
