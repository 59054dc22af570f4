using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>The land around the lake: x to the right, y away from the eye, height above the water; with light from the left.</summary>
internal sealed class Terrain
{
    private const int Size = 768;
    private const float Left = -5.2f;
    private const float Extent = 10.4f;
    private const float Cell = Extent / Size;
    private static readonly Vector3 Sun = Vector3.Normalize(new Vector3(-0.78f, -0.35f, 0.52f));
    private readonly float[] heights = new float[Size * Size];
    private readonly float[] light = new float[Size * Size];

    public Terrain(Canvas canvas)
    {
        Parallel.For(0, Size, canvas.Shares, y =>
        {
            for (int x = 0; x < Size; x++)
            {
                heights[y * Size + x] = Shape(new Vector2(Left + x * Cell, y * Cell));
            }
        });
        Parallel.For(0, Size, canvas.Shares, y => Shade(y));
    }

    public float Height(Vector2 place)
    {
        float coarse = Sample(heights, place);

        // Trees along the shore, and detail finer than the grid.
        float wood = Forest(place, coarse);
        float fine = 0.012f * Noise.Fractal(place / 0.06f, 3, 131) * Noise.Step(0.02f, 0.3f, coarse);
        return coarse <= 0 ? coarse : coarse + fine + wood;
    }

    public Vector3 Colour(Vector2 place, float height)
    {
        float ground = Sample(heights, place);
        float lit = Sample(light, place);
        float slope = Steepness(place);
        float wood = Forest(place, ground);
        float rough = Noise.Fractal(place / 0.035f, 3, 132);
        float strata = Noise.Fractal(new Vector2(height / 0.05f, place.X / 0.7f + 2 * place.Y), 3, 133);
        Vector3 rock = Ink.Gradient(Ink.Palette("4a4650", "6f6560", "94836f", "b7a486"), 0.5f + 0.35f * strata + 0.3f * rough);
        Vector3 grass = Ink.Gradient(Ink.Palette("3a4a28", "5b6a35", "8a8748", "a89a5c"), 0.45f + 0.6f * rough);
        Vector3 colour = Vector3.Lerp(grass, rock, Noise.Step(0.35f, 0.75f, slope + 0.25f * rough + 0.9f * (height - 0.35f)));
        float snowline = 0.72f + 0.2f * Noise.Fractal(place / 0.5f, 3, 134);
        float snow = Noise.Step(0, 0.22f, height - snowline) * Noise.Step(2.3f, 1.2f, slope + 0.2f * rough);
        colour = Vector3.Lerp(colour, new Vector3(0.93f, 0.95f, 1), snow);
        if (wood > 0.002f)
        {
            float tuft = Noise.Fractal(place / 0.011f, 2, 135);
            float up = Math.Clamp((height - ground) / MathF.Max(wood, 0.004f), 0, 1);
            colour = Ink.Gradient(Ink.Palette("101d17", "1f3423", "3a5130", "6f7440"), 0.18f + 0.34f * up + 0.4f * tuft);
        }
        else if (ground < 0.012f)
        {
            colour = Vector3.Lerp(Ink.Hex("8f8467"), colour, Noise.Step(0.003f, 0.012f, ground)) * (0.9f + 0.25f * rough);
        }

        Vector3 sunlight = new Vector3(1.62f, 1.34f, 1.0f) * lit;
        Vector3 skylight = new(0.27f, 0.34f, 0.47f);
        colour *= sunlight + skylight;

        // Air: bluer with distance, warmer towards the sun, thicker low down.
        float air = 1 - MathF.Exp(-place.Y * 0.075f * (1.25f - 0.5f * Math.Clamp(height, 0, 1)));
        Vector3 haze = Vector3.Lerp(Ink.Hex("a9c0da"), Ink.Hex("f0d2ac"), Noise.Step(1.5f, -5, place.X));
        float mist = 0.5f * MathF.Exp(-MathF.Max(0, height) / 0.035f) * Noise.Step(2.2f, 6, place.Y);
        return Vector3.Lerp(colour, haze, Math.Clamp(air + mist, 0, 0.92f));
    }

    private static float Forest(Vector2 place, float ground)
    {
        float cover = Noise.Fractal(place / 0.55f, 3, 136) + 0.35f - 1.1f * MathF.Max(0, ground - 0.16f) * 4;
        if (ground < 0.008f || cover < 0)
        {
            return 0;
        }

        Cell tree = Noise.Cells(place / 0.034f, 0.9f, 137);
        float cone = MathF.Max(0, 1 - tree.ToCenter * 1.9f);
        return Noise.Step(0, 0.25f, cover) * cone * (0.022f + 0.03f * tree.Random(1));
    }

    private static float Shape(Vector2 place)
    {
        // The basin of the lake, its shore winding, a headland on the right; hills, then the range.
        float shore = 2.3f + 0.75f * Noise.Fractal(new Vector2(place.X / 1.3f, 0.3f), 3, 138) + 0.3f * MathF.Abs(place.X + 0.3f);
        float headland = 0.95f * MathF.Exp(-MathF.Pow((place.X - 1.25f) / 0.55f, 2)) + 0.75f * MathF.Exp(-MathF.Pow((place.X + 1.75f) / 0.6f, 2));
        float inland = place.Y - shore + headland;
        if (inland < 0)
        {
            return 0.2f * inland;
        }

        float hills = 0.13f * (Noise.Fractal(place / 0.9f, 5, 139) + 0.55f) * Noise.Step(0, 0.9f, inland);
        float range = Noise.Step(0.6f, 3.4f, inland);
        float ridge = 1 - MathF.Abs(Noise.Fractal(place / 1.9f + Noise.Wander(place, 1.5f, 0.25f, 2, 140), 6, 141)) * 1.75f;
        float summit = 1.75f * MathF.Exp(-((place - new Vector2(0.75f, 6.1f)) / new Vector2(1.25f, 1.1f)).LengthSquared())
            + 1.0f * MathF.Exp(-((place - new Vector2(-2.3f, 6.6f)) / new Vector2(1.2f, 1)).LengthSquared());
        return 0.05f * MathF.Min(1, inland * 2) + hills + range * MathF.Max(0, 0.42f * ridge * ridge + summit * (0.55f + 0.5f * ridge));
    }

    // Lambert's law, and a walk towards the sun to see what stands in its way.
    private void Shade(int y)
    {
        for (int x = 0; x < Size; x++)
        {
            float here = heights[y * Size + x];
            float dx = (At(x + 1, y) - At(x - 1, y)) / (2 * Cell);
            float dy = (At(x, y + 1) - At(x, y - 1)) / (2 * Cell);
            float lambert = MathF.Max(0, Vector3.Dot(Vector3.Normalize(new Vector3(-dx, -dy, 1)), Sun));
            float open = 1;
            for (int step = 2; step < 90 && open > 0; step += 2)
            {
                float ray = here + step * Cell * Sun.Z / MathF.Sqrt(1 - Sun.Z * Sun.Z);
                float ground = At(x + (int)(step * Sun.X / 0.86f), y + (int)(step * Sun.Y / 0.86f));
                open = MathF.Min(open, 1 + (ray - ground) / (0.012f + 0.0016f * step));
            }

            light[y * Size + x] = lambert * Math.Clamp(open, 0, 1);
        }
    }

    private float Steepness(Vector2 place)
    {
        const float Step = 1.5f * Cell;
        float dx = Sample(heights, place + new Vector2(Step, 0)) - Sample(heights, place - new Vector2(Step, 0));
        float dy = Sample(heights, place + new Vector2(0, Step)) - Sample(heights, place - new Vector2(0, Step));
        return MathF.Sqrt(dx * dx + dy * dy) / (2 * Step);
    }

    private float At(int x, int y) => heights[Math.Clamp(y, 0, Size - 1) * Size + Math.Clamp(x, 0, Size - 1)];

    private static float Sample(float[] field, Vector2 place)
    {
        float x = Math.Clamp((place.X - Left) / Cell, 0, Size - 1.001f);
        float y = Math.Clamp(place.Y / Cell, 0, Size - 1.001f);
        int at = (int)y * Size + (int)x;
        float u = x - (int)x;
        return Noise.Mix(Noise.Mix(field[at], field[at + 1], u), Noise.Mix(field[at + Size], field[at + Size + 1], u), y - (int)y);
    }
}
