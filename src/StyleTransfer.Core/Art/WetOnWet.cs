using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Watercolour: transparent pigments that run into each other, dry with dark rims, and settle in the paper's tooth.</summary>
internal static class WetOnWet
{
    // Optical density of each pigment in red, green and blue: what it takes from the white of the paper.
    private static readonly Vector3[] Pigments =
    [
        Density("2f6fb5"), Density("e0506a"), Density("f2b233"), Density("2a9d8f"), Density("7a4fa3"), Density("e8743b"), Density("1f4f86"),
    ];

    private static readonly Blot[] Blots = [.. Make()];

    public static void Paint(Canvas canvas) => canvas.Cover(place =>
    {
        Vector2 wet = place + Noise.Wander(place, 0.16f, 0.05f, 4, 261);
        Vector2 wetter = place + Noise.Wander(place, 0.3f, 0.12f, 5, 262);
        float tooth = Noise.Fractal(place / 0.006f, 3, 263);
        Vector3 density = Vector3.Zero;
        foreach (Blot blot in Blots)
        {
            float away = Vector2.Distance(blot.IsWet ? wetter : wet, blot.Center) / blot.Radius;
            if (away > 1.35f)
            {
                continue;
            }

            float bloom = Noise.Fractal((wet - blot.Center) / (0.35f * blot.Radius), 3, blot.Seed);
            float edge = away + 0.16f * bloom;
            float body = blot.IsWet ? 1 - Noise.Step(0.25f, 1.2f, edge) : 1 - Noise.Step(0.95f, 0.985f, edge);
            float rim = blot.IsWet ? 0 : MathF.Exp(-MathF.Pow((edge - 0.945f) / 0.03f, 2));
            float flow = 0.55f + 0.5f * bloom + 0.35f * Noise.Fractal((place - blot.Center) / (0.8f * blot.Radius), 2, blot.Seed + 3);
            float settled = 1 + 0.35f * tooth * blot.Granulation;
            density += Pigments[blot.Pigment] * (blot.Strength * settled * (body * Math.Max(0.12f, flow) + 0.55f * rim));
        }

        // A back-run: water pushed the pigment outwards and left a frayed, pale flower.
        foreach ((Vector2 center, float radius) in new[] { (new Vector2(0.36f, 0.62f), 0.1f), (new Vector2(0.98f, 0.3f), 0.12f), (new Vector2(0.78f, 0.8f), 0.07f) })
        {
            float frayed = Vector2.Distance(place + Noise.Wander(place, 0.05f, 0.035f, 4, 264), center) / radius;
            density *= 1 - 0.6f * (1 - Noise.Step(0.4f, 0.97f, frayed)) + 0.4f * MathF.Exp(-MathF.Pow((frayed - 1) / 0.05f, 2));
        }

        density += Splatter(place);
        Vector3 paper = new Vector3(0.985f, 0.975f, 0.95f) * (1 + 0.018f * tooth + 0.015f * Noise.Smooth(place / 0.012f, 265));
        return paper * new Vector3(MathF.Exp(-density.X), MathF.Exp(-density.Y), MathF.Exp(-density.Z));
    });

    private static Vector3 Splatter(Vector2 place)
    {
        Vector3 density = Vector3.Zero;
        for (uint size = 0; size < 2; size++)
        {
            float scale = size == 0 ? 0.11f : 0.045f;
            Cell drop = Noise.Cells(place / scale, 1, 266 + size);
            float radius = 0.02f + 0.12f * drop.Random(1) * drop.Random(1);
            if (drop.Random(2) < 0.4f && drop.ToCenter < radius)
            {
                float rim = MathF.Exp(-MathF.Pow((drop.ToCenter / radius - 0.9f) / 0.12f, 2));
                density += Pigments[(int)(drop.Random(3) * Pigments.Length)] * (0.5f + 0.5f * rim);
            }
        }

        return density;
    }

    private static IEnumerable<Blot> Make()
    {
        for (int i = 0; i < 34; i++)
        {
            bool isWet = i < 12;
            float spread = isWet ? 1 : 0.9f;
            Vector2 center = new(
                1.333f * (0.5f + spread * (Noise.At(i, 1, 268) - 0.5f) * 1.05f), 0.5f + spread * (Noise.At(i, 2, 268) - 0.5f) * 1.05f);
            float radius = isWet ? 0.2f + 0.2f * Noise.At(i, 3, 268) : 0.05f + 0.15f * Noise.At(i, 3, 268);

            // Cool to the left and above, warm to the right and below, as if light came from there.
            float warmth = Math.Clamp(0.35f * center.X / 1.333f + 0.4f * center.Y + 0.4f * Noise.At(i, 4, 268) - 0.1f, 0, 0.999f);
            int[] order = [6, 0, 3, 4, 1, 5, 2];
            yield return new Blot(center, radius, order[(int)(warmth * order.Length)], 0.35f + 0.5f * Noise.At(i, 5, 268), isWet, 0.4f + 0.9f * Noise.At(i, 6, 268), 270 + (uint)(7 * i));
        }
    }

    private static Vector3 Density(string colour)
    {
        Vector3 value = Ink.Hex(colour);
        return new Vector3(-MathF.Log(value.X), -MathF.Log(value.Y), -MathF.Log(value.Z));
    }

    private sealed record Blot(Vector2 Center, float Radius, int Pigment, float Strength, bool IsWet, float Granulation, uint Seed);
}
