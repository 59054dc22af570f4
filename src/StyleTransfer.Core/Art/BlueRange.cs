using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A colour print from wood blocks: ridges that fade into mist, each graded by wiping the block.</summary>
internal static class BlueRange
{
    private static readonly Vector3[] Ridges = Ink.Palette("c9a7a0", "a7a3b5", "7f93b4", "5780a6", "356a93", "1f5078", "133a5c", "0c2740");
    private static readonly Vector3 Paper = Ink.Hex("f3e6cd");
    private static readonly Vector3 Key = Ink.Hex("1a2130");

    public static void Paint(Canvas canvas)
    {
        canvas.Cover(place => Print(place, canvas.Aspect, canvas.Pixel));
        canvas.Rework((place, colour) => colour * (1 + 0.05f * Wood(place)) + new Vector3(0.02f * Noise.Smooth(place / 0.0035f, 151)));
    }

    // The rings of the block show through the colour.
    private static float Wood(Vector2 place)
    {
        float rings = 38 * (place.Y + 0.1f * Noise.Fractal(place / new Vector2(1.2f, 0.3f), 2, 152)) + 1.2f * Noise.Smooth(place / new Vector2(0.5f, 0.06f), 153);
        return MathF.Sin(MathF.Tau * rings) * 0.5f + Noise.Smooth(new Vector2(place.X / 0.2f, place.Y / 0.003f), 154) * 0.6f;
    }

    private static Vector3 Print(Vector2 place, float aspect, float pixel)
    {
        Vector3 colour = Sky(place, aspect, pixel);
        for (int ridge = 0; ridge < Ridges.Length; ridge++)
        {
            float top = Top(place.X, ridge, aspect);
            float below = place.Y - top;
            if (below < -0.004f)
            {
                continue;
            }

            float near = (float)ridge / (Ridges.Length - 1);
            float line = 0.0012f + 0.0016f * near;
            Vector3 mist = Vector3.Lerp(Ink.Hex("f2d9c0"), Ink.Hex("cfe0e2"), near);
            float wiped = MathF.Pow(Math.Clamp(below / (0.12f + 0.1f * near), 0, 1), 0.8f);
            Vector3 face = Vector3.Lerp(Ridges[ridge], mist, 0.92f * wiped);

            // Folds of the slope: tapering cuts that lean away from the summit.
            float lean = place.X - 0.6f * aspect;
            float fold = (place.X - 1.1f * lean * below) / 0.021f + 1.4f * Noise.Fractal(place / new Vector2(0.09f, 0.16f), 2, 160 + (uint)ridge);
            float toFold = MathF.Abs(fold - MathF.Round(fold)) * 0.021f;
            float keep = Noise.At((int)MathF.Round(fold), ridge, 162);
            float start = 0.05f * Noise.At((int)MathF.Round(fold), ridge, 163);
            float length = (0.03f + 0.11f * keep * keep) * (ridge == 1 ? 1.6f : 0.7f);
            float part = (below - start) / length;
            float taper = keep > 0.35f && part is > 0 and < 1 ? line * 1.5f * MathF.Sin(MathF.PI * MathF.Sqrt(part)) : 0;
            float cut = taper > 0 ? 1 - Noise.Step(taper - pixel, taper + pixel, toFold) : 0;
            face = Vector3.Lerp(face, Vector3.Lerp(Ridges[ridge], Key, 0.35f), 0.8f * cut);
            if (ridge >= 5)
            {
                face = Wooded(place, below, ridge, face);
            }

            float shape = Noise.Step(-pixel, pixel, below);
            float outline = 1 - Noise.Step(line - pixel, line + pixel, MathF.Abs(below));
            colour = Vector3.Lerp(colour, face, shape);
            colour = Vector3.Lerp(colour, Key, outline * (0.25f + 0.7f * near));
        }

        return colour;
    }

    private static float Top(float x, int ridge, float aspect)
    {
        float near = (float)ridge / (Ridges.Length - 1);
        float peak = ridge == 1 ? 0.3f * MathF.Exp(-MathF.Pow(MathF.Abs(x - 0.6f * aspect) / 0.3f, 1.25f)) : 0;
        float roll = Noise.Fractal(new Vector2(x / (0.62f - 0.2f * near), 5.3f * ridge), 4, 155);
        return 0.42f + 0.52f * near - (0.055f + 0.045f * near) * roll - peak;
    }

    private static Vector3 Wooded(Vector2 place, float below, int ridge, Vector3 face)
    {
        float size = ridge == 5 ? 0.011f : ridge == 6 ? 0.016f : 0.024f;
        Cell tree = Noise.Cells(new Vector2(place.X / size, place.Y / (1.5f * size)), 0.9f, 170 + (uint)ridge);
        float cone = MathF.Abs(place.X / size - tree.Center.X) - 0.42f * (place.Y / (1.5f * size) - tree.Center.Y + 0.5f);
        bool isTree = cone < 0 && tree.Random(1) < 0.75f - 2.2f * below;
        Vector3 leaf = Vector3.Lerp(Ink.Hex("0a1f2a"), Ink.Hex("2c5d5a"), tree.Random(2) * 0.8f);
        return isTree ? leaf : face;
    }

    private static Vector3 Sky(Vector2 place, float aspect, float pixel)
    {
        Vector3 sky = Ink.Gradient(Ink.Palette("1d4f86", "5b8db5", "a9c6cc", "f3e2c6", "f2b48c", "e9836a"), place.Y / 0.55f);
        float toSun = Vector2.Distance(place, new Vector2(0.27f * aspect, 0.3f)) - 0.085f;
        sky = Vector3.Lerp(Ink.Hex("d8432f"), sky, Noise.Step(-pixel, pixel, toSun));

        // Clouds lie in bands with round ends, as the blocks were cut.
        for (int band = 0; band < 5; band++)
        {
            float y = 0.09f + 0.075f * band;
            float start = aspect * (Noise.At(band, 1, 181) * 1.2f - 0.2f);
            float end = start + 0.35f + 0.4f * Noise.At(band, 2, 181);
            float half = 0.011f + 0.008f * Noise.At(band, 3, 181);
            for (int lobe = 0; lobe < 3; lobe++)
            {
                float shift = (lobe - 1) * 1.7f * half;
                float inset = 0.09f * lobe * (Noise.At(band, lobe, 182) - 0.2f);
                Vector2 nearest = new(Math.Clamp(place.X, start + inset, end - inset), y + shift);
                float away = Vector2.Distance(place, nearest) - half;
                sky = Vector3.Lerp(sky, Vector3.Lerp(Paper, sky, 0.25f + 0.35f * Math.Clamp((place.Y - y - shift) / half, 0, 1)), 1 - Noise.Step(-pixel, pixel, away));
            }
        }

        return sky;
    }
}
