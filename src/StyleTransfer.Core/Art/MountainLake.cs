using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A scene to try styles on: snowy mountains over a still lake in low sun, seen from the shore.</summary>
/// <remarks>
/// A height field is drawn column by column from near to far, as early flight simulators did; its shading and its shadows come from
/// the same field. The lake mirrors what stands above it.
/// </remarks>
internal static class MountainLake
{
    private const float Horizon = 0.5f;
    private const float EyeHeight = 0.055f;
    private const float Far = 9;

    public static void Paint(Canvas canvas)
    {
        Terrain terrain = new(canvas);
        canvas.Cover(place => Sky(place, canvas.Aspect));
        int[] shore = new int[canvas.Width];
        Parallel.For(0, canvas.Width, canvas.Shares, x => shore[x] = Column(canvas, terrain, x));
        Mirror(canvas, shore);
        canvas.Grain(0.012f, 0.0022f, 121);
    }

    // Draws one column; gives the row where the land ends and the water begins.
    private static int Column(Canvas canvas, Terrain terrain, int x)
    {
        float side = (x + 0.5f) / canvas.Height - canvas.Aspect / 2;
        int lowest = canvas.Height;
        int shore = (int)((Horizon + 0.012f) * canvas.Height);
        float step = 0.012f;
        float before = 0.6f;
        float heightBefore = 0;
        for (float away = before; away < Far; before = away, away += step)
        {
            step = 0.0035f * away;
            float height = terrain.Height(new Vector2(side * away, away));
            if (height <= 0)
            {
                heightBefore = height;
                continue;
            }

            if (lowest == canvas.Height)
            {
                // The first land: everything below it is water.
                lowest = Math.Min(canvas.Height, (int)((Horizon + EyeHeight / away) * canvas.Height));
                shore = lowest;
            }

            float top = Horizon - (height - EyeHeight) / away;
            int row = Math.Max(0, (int)MathF.Ceiling(top * canvas.Height));
            float rise = lowest - row;
            for (int y = lowest - 1; y >= row; y--)
            {
                float t = rise > 1 ? (lowest - 1 - y) / rise : 1;
                float distance = Noise.Mix(before, away, t);
                canvas.Pixels[y * canvas.Width + x] = terrain.Colour(new Vector2(side * distance, distance), Noise.Mix(heightBefore, height, t));
            }

            lowest = Math.Min(lowest, row);
            heightBefore = height;
        }

        return shore;
    }

    private static void Mirror(Canvas canvas, int[] shore)
    {
        Vector3[] land = [.. canvas.Pixels];
        canvas.Rework((place, colour) =>
        {
            int x = Math.Clamp((int)(place.X * canvas.Height), 0, canvas.Width - 1);
            float edge = (float)shore[x] / canvas.Height;
            float depth = place.Y - edge;
            if (depth < 0)
            {
                return colour;
            }

            // Waves look flatter and denser towards the far shore.
            float away = EyeHeight / MathF.Max(0.004f, place.Y - Horizon);
            Vector2 water = new((place.X - canvas.Aspect / 2) * away, away);
            float wave = Noise.Fractal(water / new Vector2(0.05f, 0.013f), 3, 122) + 0.5f * Noise.Fractal(water / new Vector2(0.012f, 0.004f), 2, 128);
            float breeze = Noise.Step(0.12f, 0.5f, Noise.Fractal(water / new Vector2(0.7f, 0.12f), 3, 123));
            float bend = (0.006f + 0.09f * depth) * (0.35f + breeze);
            float y = Math.Clamp((edge - 1.02f * depth + bend * wave) * canvas.Height, 0, shore[x] - 1);
            int from = Math.Clamp(x + (int)(bend * 0.4f * wave * canvas.Height), 0, canvas.Width - 1);
            int at = (int)y;
            Vector3 image = Vector3.Lerp(land[at * canvas.Width + from], land[Math.Max(0, at - 1) * canvas.Width + from], 1 - (y - at));

            // Looking in steeply, one sees the bottom; looking along, the sky.
            float steep = Noise.Step(0.05f, 0.5f, depth);
            float pebble = Noise.Fractal(water / new Vector2(0.016f, 0.01f), 4, 145);
            Vector3 bottom = Ink.Gradient(Ink.Palette("0d2429", "1d3d3f", "4a5a4c", "8c8264"), 0.4f + 0.4f * pebble + 0.2f * wave);
            Vector3 mirror = image * new Vector3(0.8f, 0.87f, 0.92f);
            Vector3 result = Vector3.Lerp(mirror, bottom, 0.72f * steep * (1 - 0.6f * breeze));
            result = Vector3.Lerp(result, Ink.Hex("b7c8d6"), breeze * (0.14f + 0.16f * MathF.Max(0, wave)));
            return Stones(place, result * (1 - 0.35f * MathF.Exp(-depth / 0.004f)));
        });
    }

    // Boulders at the eye's own shore, the nearer in front, each wet and dark where it meets the water.
    private static Vector3 Stones(Vector2 place, Vector3 water)
    {
        for (int row = 4; row >= 0; row--)
        {
            float size = 0.035f + 0.018f * row;
            float level = 0.8f + 0.048f * row;
            for (int neighbour = -1; neighbour <= 1; neighbour++)
            {
                int index = (int)MathF.Floor(place.X / (1.6f * size)) + neighbour;
                float own = size * (0.55f + 0.75f * Noise.At(index, row, 146));
                float bank = Noise.Fractal(new Vector2(index * 1.6f * size / 0.5f, row * 0.4f), 2, 147) + 0.17f * row - 0.32f;
                Vector2 middle = new((index + 0.5f + 0.8f * (Noise.At(index, row, 148) - 0.5f)) * 1.6f * size, level + 0.03f * Noise.At(index, row, 149));
                Vector2 p = (place - middle) / own;
                p += 0.16f * new Vector2(Noise.Fractal(place / (0.7f * own), 3, 150), Noise.Fractal(place / (0.7f * own), 3, 151));
                float inside = 1 - (p * new Vector2(0.8f, p.Y < 0 ? 1.5f : 2.4f)).Length();
                if (bank < 0 || inside < 0)
                {
                    continue;
                }

                float height = MathF.Sqrt(MathF.Min(1, 2 * inside));
                float grain = Noise.Fractal(place / 0.012f, 4, 152) + 0.5f * Noise.Smooth(place / 0.003f, 153);
                float light = 0.42f - 0.55f * p.X * (1.2f - height) - 0.75f * p.Y + 0.16f * grain;
                Vector3 stone = Ink.Gradient(Ink.Palette("15191d", "3c3d40", "77726a", "b9a88c", "e9d6b0"), light);
                bool isMoss = Noise.Fractal(place / 0.03f, 3, 154) > 0.3f && p.Y < 0;
                stone = isMoss ? Vector3.Lerp(stone, Ink.Hex("6a6b35") * (0.5f + light), 0.6f) : stone;
                float wet = Noise.Step(0.16f, 0.3f, p.Y);
                return Vector3.Lerp(stone, stone * 0.42f, wet) * (0.6f + 0.4f * Noise.Step(0, 0.12f, inside));
            }
        }

        return water;
    }

    private static Vector3 Sky(Vector2 place, float aspect)
    {
        Vector3 sky = Ink.Gradient(Ink.Palette("2f62a3", "5f93c9", "a5c7df", "ead9c4", "f7cfa0"), place.Y / (Horizon + 0.02f));
        Vector2 sun = new(-0.1f, 0.34f);
        sky += new Vector3(0.28f, 0.2f, 0.08f) * MathF.Exp(-(place - sun).LengthSquared() / 0.16f);

        // Clouds shrink towards the horizon, and are lit from the left.
        float depth = 0.16f / (Horizon + 0.06f - place.Y);
        Vector2 roof = new((place.X - aspect / 2) * depth * 3.2f, depth * 3.4f);
        float cloud = Noise.Fractal(roof + Noise.Wander(roof, 0.8f, 0.3f, 2, 124), 5, 125);
        float lit = Noise.Fractal(roof + new Vector2(-0.18f, 0.1f), 4, 125);
        float cover = Noise.Step(0.02f, 0.42f, cloud) * Noise.Step(Horizon + 0.02f, 0.3f, place.Y);
        Vector3 puff = Ink.Gradient(Ink.Palette("8f93a8", "c9c3c6", "fff1dc", "fffaf0"), 0.55f + 0.9f * (cloud - lit));
        return Vector3.Lerp(sky, puff, 0.85f * cover);
    }
}
