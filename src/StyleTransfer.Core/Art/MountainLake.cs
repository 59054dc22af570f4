using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A scene to try styles on: snowy mountains over a still lake in low sun.</summary>
internal static class MountainLake
{
    private const float Shore = 0.6f;

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Look(place, canvas.Aspect));
        canvas.Grain(0.012f, 0.0025f, 121);
    }

    private static Vector3 Look(Vector2 place, float aspect)
    {
        if (place.Y < Shore)
        {
            return Trees(place, place.Y) ?? Land(place, aspect);
        }

        // Still water shows the land upside down, stretched and broken by small waves, darker the steeper one looks in.
        float depth = place.Y - Shore;
        float wave = Noise.Fractal(new Vector2(place.X / (0.05f + 0.3f * depth), depth / (0.004f + 0.03f * depth)), 3, 122);
        float breeze = Noise.Step(0.1f, 0.5f, Noise.Fractal(new Vector2(place.X / 0.6f, depth / 0.07f), 2, 123));
        Vector2 mirrored = new(place.X + 0.004f * wave, Shore - depth * 1.05f + (0.012f + 0.03f * depth) * wave);
        mirrored.Y = Math.Clamp(mirrored.Y, 0.001f, Shore - 0.002f);
        Vector3 image = Trees(mirrored, mirrored.Y) ?? Land(mirrored, aspect);
        Vector3 water = Vector3.Lerp(image * new Vector3(0.78f, 0.86f, 0.92f), Ink.Hex("17364a"), 0.18f + 0.5f * depth);
        water = Vector3.Lerp(water, Ink.Hex("b9cbd6"), breeze * (0.25f + 0.15f * wave));
        return Foreground(place, water);
    }

    private static Vector3 Land(Vector2 place, float aspect)
    {
        Vector3 sky = Ink.Gradient(Ink.Palette("3c6ea8", "6f9fcd", "b4cfe3", "f3dcc0", "f6c79a"), place.Y / 0.5f);
        float cloud = Noise.Fractal(new Vector2(place.X / 0.5f, place.Y / 0.16f) + Noise.Wander(place, 0.2f, 0.4f, 2, 124), 4, 125);
        float lit = Noise.Fractal(new Vector2((place.X + 0.02f) / 0.5f, (place.Y + 0.015f) / 0.16f), 4, 125);
        Vector3 puff = Vector3.Lerp(Ink.Hex("c3b6bf"), Ink.Hex("fff2e0"), Math.Clamp(0.6f + 1.4f * (cloud - lit), 0, 1));
        Vector3 colour = Vector3.Lerp(sky, puff, 0.85f * Noise.Step(0.08f, 0.5f, cloud - 0.3f * MathF.Abs(place.Y - 0.2f)));

        for (int range = 0; range < 4; range++)
        {
            float top = Ridge(place.X, range, aspect);
            if (place.Y > top)
            {
                colour = Rock(place, range, place.Y - top, aspect);
            }
        }

        float haze = 0.5f * MathF.Exp(-MathF.Pow((place.Y - Shore + 0.015f) / 0.03f, 2));
        return Vector3.Lerp(colour, Ink.Hex("e6dcd3"), haze);
    }

    private static float Ridge(float x, int range, float aspect)
    {
        float rough = Noise.Fractal(new Vector2(x / (0.5f - 0.09f * range), range * 9.7f), 6, 126 + (uint)range);
        float peak = range switch
        {
            0 => 0.34f - 0.1f * MathF.Exp(-MathF.Pow((x - 0.3f * aspect) / 0.3f, 2)),
            1 => 0.36f - 0.25f * MathF.Exp(-MathF.Abs(x - 0.62f * aspect) / 0.26f),
            2 => 0.5f - 0.17f * MathF.Exp(-MathF.Pow((x - 0.05f * aspect) / 0.3f, 2)),
            _ => 0.53f - 0.09f * MathF.Exp(-MathF.Pow((x - 0.97f * aspect) / 0.28f, 2)),
        };
        return peak - (0.09f - 0.012f * range) * rough;
    }

    private static Vector3 Rock(Vector2 place, int range, float below, float aspect)
    {
        // Slopes from a height field; the sun stands low on the left.
        float scale = 0.2f - 0.03f * range;
        uint seed = 130 + (uint)range;
        Vector2 grain = new Vector2(place.X, place.Y * 0.7f) / scale;
        float here = Noise.Fractal(grain, 5, seed);
        float light = Math.Clamp(0.5f + 5.5f * (Noise.Fractal(grain + new Vector2(0.06f, 0.05f), 5, seed) - here), 0, 1);
        Vector3 stone = Ink.Gradient(Ink.Palette("3b4152", "6d6a72", "b39f8c", "e2c9a6"), light);
        float snowline = 0.15f + 0.06f * range - 0.1f * here;
        float snow = range == 1 || range == 0 ? Noise.Step(0.03f, -0.05f, below - snowline + 0.18f * MathF.Abs(here)) : 0;
        Vector3 white = Ink.Gradient(Ink.Palette("7d94bd", "c9d3e6", "fff3e2"), light);
        Vector3 colour = Vector3.Lerp(stone, white, snow);
        if (range >= 2)
        {
            float wood = Noise.Fractal(place / 0.012f, 2, seed + 9);
            Vector3 forest = Ink.Gradient(Ink.Palette("13251f", "23402f", "4a6239", "8a8a4a"), 0.42f * light + 0.3f + 0.3f * wood);
            colour = Vector3.Lerp(colour, forest, Noise.Step(0.0f, 0.05f, below - 0.03f * here));
        }

        float[] air = [0.5f, 0.3f, 0.2f, 0.08f];
        return Vector3.Lerp(colour, Ink.Hex("a9bfd6"), air[range]);
    }

    // A line of firs along the far shore.
    private static Vector3? Trees(Vector2 place, float y)
    {
        for (int row = 1; row >= 0; row--)
        {
            float spacing = 0.0125f + 0.004f * row;
            for (int neighbour = -1; neighbour <= 1; neighbour++)
            {
                int index = (int)MathF.Floor(place.X / spacing) + neighbour;
                float x = (index + 0.5f + 0.7f * (Noise.At(index, row, 141) - 0.5f)) * spacing;
                float grove = Noise.Step(-0.25f, 0.4f, Noise.Smooth(new Vector2(index * spacing / 0.22f, row), 142));
                float height = (0.018f + 0.05f * Noise.At(index, row, 143)) * (0.35f + grove) + 0.008f;
                float up = (Shore - y) / height;
                float reach = 0.19f * height * (1 - up) * (0.75f + 0.4f * MathF.Sin(up * 26 + index));
                if (up < 1 && MathF.Abs(place.X - x) < reach)
                {
                    float lit = 0.5f - 0.5f * (place.X - x) / reach + 0.5f * Noise.Smooth(place / 0.004f, 144);
                    return Ink.Gradient(Ink.Palette("0d1d1a", "1b3527", "405a33", "7d7f45"), 0.15f + 0.6f * lit);
                }
            }
        }

        return null;
    }

    private static Vector3 Foreground(Vector2 place, Vector3 water)
    {
        Cell stone = Noise.Cells(new Vector2(place.X / 0.085f, (place.Y - 0.9f) / 0.045f), 0.9f, 145);
        float bank = place.Y - 0.955f + 0.05f * Noise.Fractal(new Vector2(place.X / 0.4f, 0), 3, 146) + 0.06f * Noise.Step(0.5f, 0, place.X);
        float size = 0.42f * stone.Random(1) + 0.1f;
        if (bank + 0.03f * stone.Random(2) < 0 || stone.ToCenter > size + 0.25f)
        {
            return bank > 0 ? Vector3.Lerp(water * 0.5f, Ink.Hex("4a4438"), 0.6f) * (1 + 0.2f * Noise.Smooth(place / 0.008f, 147)) : water;
        }

        Vector2 away = new Vector2(place.X / 0.085f, (place.Y - 0.9f) / 0.045f) - stone.Center;
        float light = 0.5f - 0.9f * away.X - 1.1f * away.Y + 0.4f * Noise.Fractal(place / 0.02f, 3, 148);
        return Ink.Gradient(Ink.Palette("1d2125", "4d4b4a", "8d8377", "d9c3a0"), light);
    }
}
