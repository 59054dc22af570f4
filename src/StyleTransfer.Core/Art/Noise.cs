using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Repeatable randomness over the plane: the same point and seed give the same value everywhere.</summary>
internal static class Noise
{
    private static readonly Vector2[] Directions = Turn(256);

    public static uint Hash(int x, int y, uint seed)
    {
        uint h = seed * 0x9e3779b9u ^ (uint)x * 0x85ebca6bu ^ (uint)y * 0xc2b2ae35u;
        h ^= h >> 16;
        h *= 0x7feb352du;
        h ^= h >> 15;
        h *= 0x846ca68bu;
        return h ^ (h >> 16);
    }

    /// <summary>Uniform in [0, 1), one value for each whole point.</summary>
    public static float At(int x, int y, uint seed) => (Hash(x, y, seed) >> 8) * (1f / (1 << 24));

    /// <summary>Perlin's gradient noise, about [-1, 1], features one unit apart.</summary>
    public static float Smooth(Vector2 p, uint seed)
    {
        int x = p.X < 0 ? (int)p.X - 1 : (int)p.X;
        int y = p.Y < 0 ? (int)p.Y - 1 : (int)p.Y;
        float u = p.X - x;
        float v = p.Y - y;
        float a = Slope(x, y, u, v, seed);
        float b = Slope(x + 1, y, u - 1, v, seed);
        float c = Slope(x, y + 1, u, v - 1, seed);
        float d = Slope(x + 1, y + 1, u - 1, v - 1, seed);
        float s = u * u * u * (u * (u * 6 - 15) + 10);
        float t = v * v * v * (v * (v * 6 - 15) + 10);
        return 1.5f * Mix(Mix(a, b, s), Mix(c, d, s), t);
    }

    /// <summary>A sum of octaves, each half as strong and twice as fine, about [-1, 1].</summary>
    public static float Fractal(Vector2 p, int octaves, uint seed)
    {
        float sum = 0;
        float strength = 0.55f;
        for (int octave = 0; octave < octaves; octave++)
        {
            sum += strength * Smooth(p, seed + (uint)octave);
            p = new Vector2(1.6f * p.X + 1.2f * p.Y, -1.2f * p.X + 1.6f * p.Y) + new Vector2(3.7f, 1.9f);
            strength *= 0.5f;
        }

        return sum;
    }

    /// <summary>A smooth displacement of about the given length.</summary>
    public static Vector2 Wander(Vector2 p, float scale, float length, int octaves, uint seed) =>
        length * new Vector2(Fractal(p / scale, octaves, seed), Fractal(p / scale + new Vector2(17.3f, 5.1f), octaves, seed + 101));

    /// <summary>The direction along the contours of a noise: it turns, but never meets in a point.</summary>
    public static Vector2 Curl(Vector2 p, float scale, int octaves, uint seed)
    {
        const float Step = 0.01f;
        float dx = Fractal((p + new Vector2(Step, 0)) / scale, octaves, seed) - Fractal((p - new Vector2(Step, 0)) / scale, octaves, seed);
        float dy = Fractal((p + new Vector2(0, Step)) / scale, octaves, seed) - Fractal((p - new Vector2(0, Step)) / scale, octaves, seed);
        Vector2 along = new(dy, -dx);
        return along.LengthSquared() < 1e-12f ? Vector2.UnitX : Vector2.Normalize(along);
    }

    /// <summary>Voronoi cells around one point in each unit square.</summary>
    /// <param name="p">The place.</param>
    /// <param name="jitter">0 for a square grid, 1 for full disorder.</param>
    /// <param name="seed">Chooses the pattern.</param>
    public static Cell Cells(Vector2 p, float jitter, uint seed)
    {
        int x = (int)MathF.Floor(p.X);
        int y = (int)MathF.Floor(p.Y);
        Vector2 nearest = default;
        uint id = 0;
        float best = float.MaxValue;
        for (int j = -2; j <= 2; j++)
        {
            for (int i = -2; i <= 2; i++)
            {
                Vector2 site = Site(x + i, y + j, jitter, seed);
                float distance = Vector2.DistanceSquared(p, site);
                if (distance < best)
                {
                    (best, nearest, id) = (distance, site, Hash(x + i, y + j, seed + 77));
                }
            }
        }

        float border = float.MaxValue;
        for (int j = -2; j <= 2; j++)
        {
            for (int i = -2; i <= 2; i++)
            {
                Vector2 site = Site(x + i, y + j, jitter, seed);
                Vector2 across = site - nearest;
                if (across.LengthSquared() > 1e-6f)
                {
                    border = MathF.Min(border, Vector2.Dot((site + nearest) / 2 - p, Vector2.Normalize(across)));
                }
            }
        }

        return new Cell(id, nearest, MathF.Sqrt(best), border);
    }

    public static float Mix(float a, float b, float t) => a + (b - a) * t;

    public static float Step(float from, float to, float value)
    {
        float t = Math.Clamp((value - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }

    private static Vector2 Site(int x, int y, float jitter, uint seed) => new(
        x + 0.5f + jitter * (At(x, y, seed) - 0.5f),
        y + 0.5f + jitter * (At(x, y, seed + 31) - 0.5f));

    private static float Slope(int x, int y, float u, float v, uint seed)
    {
        Vector2 direction = Directions[Hash(x, y, seed) >> 24];
        return u * direction.X + v * direction.Y;
    }

    private static Vector2[] Turn(int count)
    {
        Vector2[] directions = new Vector2[count];
        for (int i = 0; i < count; i++)
        {
            (float sin, float cos) = MathF.SinCos((i + 0.5f) / count * MathF.Tau);
            directions[i] = new Vector2(cos, sin);
        }

        return directions;
    }
}

/// <summary>Where a point lies in a Voronoi pattern: distances in units of the pattern.</summary>
internal readonly record struct Cell(uint Id, Vector2 Center, float ToCenter, float ToBorder)
{
    /// <summary>Uniform in [0, 1), one value for each cell and channel.</summary>
    public float Random(uint channel) => Noise.At((int)(Id & 0x7fffffff), (int)channel, 5);
}
