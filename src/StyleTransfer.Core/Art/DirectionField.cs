using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A field of directions, computed once on a grid: following a stroke then costs next to nothing.</summary>
internal sealed class DirectionField
{
    private const int Rows = 128;
    private readonly int columns;
    private readonly Vector2[] grid;

    public DirectionField(Canvas canvas, Func<Vector2, Vector2> direction)
    {
        columns = (int)MathF.Ceiling(Rows * canvas.Aspect);
        grid = new Vector2[(columns + 1) * (Rows + 1)];
        Parallel.For(0, Rows + 1, canvas.Shares, y =>
        {
            for (int x = 0; x <= columns; x++)
            {
                grid[y * (columns + 1) + x] = direction(new Vector2(x, y) / Rows);
            }
        });
    }

    public Vector2 At(Vector2 place)
    {
        float x = Math.Clamp(place.X * Rows, 0, columns - 0.001f);
        float y = Math.Clamp(place.Y * Rows, 0, Rows - 0.001f);
        int at = (int)y * (columns + 1) + (int)x;
        float u = x - (int)x;
        Vector2 top = Vector2.Lerp(grid[at], grid[at + 1], u);
        Vector2 bottom = Vector2.Lerp(grid[at + columns + 1], grid[at + columns + 2], u);
        Vector2 mixed = Vector2.Lerp(top, bottom, y - (int)y);
        return mixed.LengthSquared() < 1e-8f ? Vector2.UnitX : Vector2.Normalize(mixed);
    }
}
