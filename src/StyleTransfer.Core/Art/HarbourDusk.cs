using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A scene to try styles on: a small town above its harbour after sunset, with boats and lights on the water.</summary>
internal static class HarbourDusk
{
    private const float Quay = 0.6f;
    private const int Rows = 6;
    private static readonly Vector3[] Walls = Ink.Palette("d9b48f", "c98f6b", "e3cfa9", "b8735a", "a9b0b3", "d8a25f", "c4a3a0", "8fa3a8");
    private static readonly Vector3[] Roofs = Ink.Palette("8c4a35", "a35a3c", "6f4038", "7a5145");

    public static void Paint(Canvas canvas)
    {
        canvas.CoverSmoothly(place => Look(place, canvas.Aspect));
        canvas.Grain(0.014f, 0.0022f, 331);
    }

    private static Vector3 Look(Vector2 place, float aspect)
    {
        Vector3 colour = place.Y < Quay ? Town(place, aspect) : Water(place, aspect);
        return Boats(place, aspect) ?? colour;
    }

    private static Vector3 Water(Vector2 place, float aspect)
    {
        float depth = place.Y - Quay;
        float scale = 0.006f + 0.075f * depth;
        float wave = Noise.Fractal(new Vector2(place.X / (scale * 5), depth / scale), 4, 332);
        float swell = Noise.Fractal(new Vector2(place.X / (scale * 14), depth / (scale * 3)), 2, 333);
        Vector2 mirrored = new(place.X + 0.012f * wave * (0.3f + depth), Quay - depth * 0.95f + (0.02f + 0.11f * depth) * wave);
        mirrored.Y = Math.Clamp(mirrored.Y, 0.002f, Quay - 0.001f);
        Vector3 image = Boats(mirrored with { Y = Quay + 0.1f - (mirrored.Y - Quay) }, aspect) is { } hull && depth > 0.14f && depth < 0.2f ? hull : Town(mirrored, aspect);
        float steep = Math.Clamp(0.2f + 0.75f * depth + 0.25f * swell, 0, 0.85f);
        Vector3 deep = Vector3.Lerp(Ink.Hex("20354e"), Ink.Hex("101d30"), depth / 0.4f);
        Vector3 sky = Ink.Gradient(Ink.Palette("e9a27c", "8c7f9f", "40608c"), 0.2f + 1.4f * depth + 0.3f * wave);
        Vector3 water = Vector3.Lerp(image * new Vector3(0.86f, 0.84f, 0.86f), deep, steep);
        return water + sky * (0.16f * Noise.Step(0.1f, 0.6f, wave + 0.4f * swell));
    }

    private static Vector3 Town(Vector2 place, float aspect)
    {
        for (int row = 0; row < Rows; row++)
        {
            if (House(place, row, aspect) is { } house)
            {
                return house;
            }
        }

        float hill = Hill(place.X, aspect);
        if (place.Y > hill)
        {
            float depth = (place.Y - hill) / 0.2f;
            float bush = Noise.Fractal(place / new Vector2(0.028f, 0.02f), 4, 334);
            float lit = Noise.Fractal((place + new Vector2(0.004f, -0.005f)) / new Vector2(0.028f, 0.02f), 4, 334);
            Vector3 green = Ink.Gradient(Ink.Palette("18232a", "2b3a35", "4b5440", "7d6f52"), 0.4f + 0.35f * bush + 0.9f * (bush - lit));
            return Vector3.Lerp(Ink.Hex("6a6a83"), green, 0.55f + 0.45f * Math.Clamp(depth, 0, 1));
        }

        return Tower(place, aspect) ?? Sky(place, aspect);
    }

    private static float Hill(float x, float aspect) =>
        0.43f - 0.21f * MathF.Exp(-MathF.Pow((x - 0.3f * aspect) / 0.42f, 2)) - 0.05f * MathF.Exp(-MathF.Pow((x - 0.85f * aspect) / 0.3f, 2))
        - 0.02f * Noise.Fractal(new Vector2(x / 0.2f, 2), 4, 335);

    private static Vector3 Sky(Vector2 place, float aspect)
    {
        Vector3 sky = Ink.Gradient(Ink.Palette("243a6b", "41588c", "7a739f", "c68a8f", "f0a878", "fbd08a"), place.Y / 0.47f);
        Vector2 sun = new(0.78f * aspect, 0.43f);
        float glow = MathF.Exp(-(place - sun).LengthSquared() / 0.045f);
        sky = Vector3.Lerp(sky, Ink.Hex("ffe2a6"), 0.65f * glow);
        Vector2 drift = new(place.X / 0.55f, place.Y / 0.075f);
        float cloud = Noise.Fractal(drift + Noise.Wander(place, 0.15f, 0.5f, 2, 336), 5, 337);
        float below = Noise.Fractal(drift + new Vector2(0.03f, 0.22f), 5, 337);
        float cover = Noise.Step(0.0f, 0.5f, cloud + 0.1f);
        Vector3 puff = Ink.Gradient(Ink.Palette("4a4a70", "8a6480", "d98a78", "ffc890"), 0.35f + 0.8f * (cloud - below) + 0.6f * glow + 0.5f * (place.Y - 0.2f));
        return Vector3.Lerp(sky, puff, 0.8f * cover);
    }

    // Row 0 stands on the quay; the others climb the hill behind it.
    private static Vector3? House(Vector2 place, int row, float aspect)
    {
        float size = 0.085f - 0.009f * row;
        for (int neighbour = 0; neighbour >= -1; neighbour--)
        {
            float shifted = place.X + 0.37f * row * size;
            int index = (int)MathF.Floor(shifted / size) + neighbour;
            float left = index * size + 0.16f * size * Noise.At(index, row, 341) - 0.37f * row * size;
            float width = size * (0.78f + 0.42f * Noise.At(index, row, 342));
            float foot = Foot(left + width / 2, row, aspect);
            float height = size * (0.95f + 0.95f * Noise.At(index, row, 343));
            float roof = size * (0.28f + 0.16f * Noise.At(index, row, 344));
            float top = foot - height;
            float u = (place.X - left) / width;
            bool isMissing = row > 0 && (Noise.At(index, row, 345) < 0.16f + 0.05f * row || top - roof < Hill(left, aspect) - 0.015f);
            if (isMissing || u is < -0.06f or > 1.06f || place.Y > foot || place.Y < top - roof - 0.02f)
            {
                continue;
            }

            Vector3 wall = Ink.Pick(Walls, Noise.At(index, row, 346));
            float haze = 0.075f * row;
            Vector3 air = Ink.Hex("7d7894");
            float ridge = Noise.At(index, row, 347) < 0.55f ? 1 - MathF.Abs(2 * u - 1) : 0.75f;
            if (place.Y < top)
            {
                bool isChimney = MathF.Abs(u - 0.72f) < 0.06f && place.Y > top - roof - 0.012f;
                if (u is > -0.06f and < 1.06f && place.Y > top - roof * Math.Clamp(ridge, 0, 1) - 0.002f)
                {
                    Vector3 tile = Ink.Pick(Roofs, Noise.At(index, row, 348));
                    float ripple = MathF.Sin(place.X * 900) * 0.08f + 0.3f * Noise.Fractal(place / 0.008f, 2, 349);
                    tile *= (u > 0.5f ? 1.12f : 0.72f) * (1 + ripple);
                    return Vector3.Lerp(tile, air, haze);
                }

                if (isChimney)
                {
                    return Vector3.Lerp(Ink.Hex("5a4038") * (u > 0.72f ? 1.1f : 0.75f), air, haze);
                }

                continue;
            }

            if (u is < 0 or > 1)
            {
                continue;
            }

            return Vector3.Lerp(Facade(place, wall, u, (place.Y - top) / height, index, row, width, height), air, haze);
        }

        return null;
    }

    private static float Foot(float x, int row, float aspect)
    {
        float climb = MathF.Max(0, Quay - 0.035f - Hill(x, aspect));
        return row == 0 ? Quay : Quay - 0.03f - climb * (0.12f + 0.16f * row);
    }

    private static Vector3 Facade(Vector2 place, Vector3 wall, float u, float v, int index, int row, float width, float height)
    {
        // The last light comes from the right; the left third of a house lies in the shade of its corner.
        float plaster = Noise.Fractal(place / 0.02f, 3, 350) + 0.5f * Noise.Fractal(place / new Vector2(0.004f, 0.03f), 2, 351);
        Vector3 face = wall * (0.62f + 0.2f * u) * (1 + 0.13f * plaster) * (1 - 0.35f * Noise.Step(0.1f, 0, v)) * (0.75f + 0.25f * Noise.Step(1, 0.8f, v));
        int columns = Math.Max(2, (int)(width / 0.02f));
        int floors = Math.Max(2, (int)(height / 0.032f));
        Vector2 grid = new(u * columns, v * floors);
        int column = (int)grid.X;
        int floor = (int)grid.Y;
        Vector2 pane = new(grid.X - column - 0.5f, grid.Y - floor - 0.52f);
        bool isDoor = floor == floors - 1 && column == index % columns && pane.Y > -0.3f;
        if (MathF.Abs(pane.X) < 0.22f && (MathF.Abs(pane.Y) < 0.28f || isDoor))
        {
            float random = Noise.At(index * 16 + column, row * 16 + floor, 352);
            bool isCross = MathF.Abs(pane.X) < 0.025f || MathF.Abs(pane.Y + 0.05f) < 0.02f;
            Vector3 glass = random < 0.42f
                ? Ink.Gradient(Ink.Palette("ffe9ae", "ffc65c", "e58f35"), 0.4f + pane.Y + 0.6f * random)
                : Vector3.Lerp(Ink.Hex("2b3448"), Ink.Hex("6d7390"), 0.5f - pane.Y);
            return isDoor ? Ink.Hex("4a2f28") * (0.8f + 0.4f * random) : isCross ? glass * 0.45f : glass;
        }

        bool isShutter = MathF.Abs(pane.X) is > 0.24f and < 0.38f && MathF.Abs(pane.Y) < 0.3f && Noise.At(index, row, 353) < 0.6f;
        Vector3 shutter = Ink.Pick(Ink.Palette("39584f", "3b4f6b", "6b3d35"), Noise.At(index, row, 354)) * (0.75f + 0.2f * MathF.Sin(pane.Y * 60));
        return isShutter ? shutter : face;
    }

    private static Vector3? Tower(Vector2 place, float aspect)
    {
        float x = place.X - 0.3f * aspect;
        float foot = Hill(0.3f * aspect, aspect) + 0.02f;
        float up = foot - place.Y;
        if (up is < 0 or > 0.19f)
        {
            return null;
        }

        float half = up < 0.115f ? 0.021f : up < 0.125f ? 0.025f : 0.023f * (0.19f - up) / 0.065f;
        if (MathF.Abs(x) > half)
        {
            return null;
        }

        bool isBell = up is > 0.08f and < 0.105f && MathF.Abs(x) < 0.008f;
        Vector3 stone = up > 0.125f ? Ink.Hex("5d4a4a") : Ink.Hex("c9a98c") * (1 + 0.15f * Noise.Fractal(place / 0.006f, 3, 355));
        return isBell ? Ink.Hex("ffcf7a") : stone * (0.72f + 12 * x);
    }

    private static Vector3? Boats(Vector2 place, float aspect)
    {
        (float X, float Y, float Size, string Hull)[] boats =
            [(0.62f, 0.84f, 0.2f, "e9e2d0"), (0.2f, 0.74f, 0.13f, "2f5d73"), (0.87f, 0.71f, 0.1f, "a8483a"), (0.42f, 0.665f, 0.07f, "d9d2c2")];
        foreach ((float x, float y, float size, string hull) in boats)
        {
            Vector2 p = (place - new Vector2(x * aspect, y)) / size;
            float sheer = -0.16f - 0.12f * p.X * p.X - 0.03f * p.X;
            float keel = 0.05f - 0.25f * MathF.Pow(MathF.Abs(p.X), 3);
            if (MathF.Abs(p.X) < 0.62f && p.Y > sheer && p.Y < keel)
            {
                float t = (p.Y - sheer) / (keel - sheer);
                Vector3 paint = t > 0.8f ? Ink.Hex("5a2a26") : t < 0.14f ? Ink.Hex("6b4a30") : Ink.Hex(hull);
                return paint * (0.85f + 0.3f * p.X - 0.35f * t) * (1 + 0.06f * Noise.Fractal(place / new Vector2(0.03f, 0.004f), 2, 356));
            }

            bool isCabin = MathF.Abs(p.X + 0.12f) < 0.17f && p.Y > -0.37f && p.Y <= sheer;
            if (isCabin)
            {
                bool isPane = MathF.Abs(p.Y + 0.29f) < 0.04f && MathF.Abs(MathF.Abs(p.X + 0.12f) - 0.08f) < 0.05f;
                return isPane ? Ink.Hex("ffd27a") : p.Y < -0.34f ? Ink.Hex("7a4a35") : Ink.Hex("efe6d6") * (0.72f + 0.6f * (p.X + 0.12f));
            }

            bool isMast = MathF.Abs(p.X - 0.1f) < 0.011f && p.Y > -1.25f && p.Y < sheer;
            bool isBoom = MathF.Abs(p.Y + 0.42f - 0.1f * (p.X - 0.1f)) < 0.012f && p.X is > -0.5f and < 0.1f;
            float fold = MathF.Abs(p.Y + 0.46f - 0.1f * (p.X - 0.1f)) - 0.035f * MathF.Abs(MathF.Sin(9 * p.X));
            bool isSail = fold < 0 && p.X is > -0.46f and < 0.08f;
            if (isMast || isBoom || isSail)
            {
                return isSail ? Ink.Hex("cdbfa8") * (0.8f + 0.5f * (p.X + 0.2f)) : Ink.Hex("4a3428");
            }

            float stay = MathF.Min(Line(p, new(0.1f, -1.22f), new(0.6f, -0.2f)), Line(p, new(0.1f, -1.22f), new(-0.58f, -0.2f)));
            if (stay < 0.005f)
            {
                return Ink.Hex("352b2b");
            }
        }

        return null;
    }

    private static float Line(Vector2 p, Vector2 from, Vector2 to)
    {
        Vector2 line = to - from;
        float t = Math.Clamp(Vector2.Dot(p - from, line) / line.LengthSquared(), 0, 1);
        return Vector2.Distance(p, from + t * line);
    }
}
