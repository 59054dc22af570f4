using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Batik: flowers and dots drawn in wax on cotton, dyed twice, with the fine veins where the wax broke.</summary>
internal static class IndigoWax
{
    private static readonly Vector3 Cotton = Ink.Hex("f1e8d2");
    private static readonly Vector3 Indigo = Ink.Hex("142a5c");
    private static readonly Vector3 Pale = Ink.Hex("5d84b8");
    private static readonly Vector3 Brown = Ink.Hex("8a4a22");

    public static void Paint(Canvas canvas) => canvas.Cover(place =>
    {
        Vector2 hand = place + Noise.Wander(place, 0.07f, 0.004f, 2, 251);
        (float wax, float sogan, float pale) = Pattern(hand, canvas.Pixel);
        float dye = 0.92f + 0.16f * Noise.Fractal(place / 0.2f, 3, 252) + 0.1f * Noise.Fractal(place / 0.02f, 2, 253);
        Vector3 ground = Ink.Shade(Indigo, dye);
        ground = Vector3.Lerp(ground, Ink.Shade(Pale, 0.85f + 0.25f * dye), pale);
        Vector3 cloth = Vector3.Lerp(Cotton, Ink.Shade(Brown, 0.85f + 0.3f * dye), sogan);

        // Dye creeps through cracks in the wax, and a little under its edge.
        float crack = Crack(place, 0.085f, 254) + 0.7f * Crack(place, 0.034f, 255);
        float seep = Noise.Step(0.35f, 0.9f, Noise.Fractal(place / 0.05f, 3, 256)) * 0.35f;
        Vector3 waxed = Vector3.Lerp(cloth, ground, Math.Clamp(crack + seep * 0.5f, 0, 0.8f));
        Vector3 colour = Vector3.Lerp(ground, waxed, wax);
        float weave = MathF.Sin(place.X * MathF.Tau / 0.0034f) * MathF.Sin(place.Y * MathF.Tau / 0.0034f);
        return colour * (1 + 0.035f * weave + 0.025f * Noise.Smooth(place / new Vector2(0.0022f, 0.05f), 257));
    });

    private static float Crack(Vector2 place, float scale, uint seed)
    {
        Cell cell = Noise.Cells((place + Noise.Wander(place, 0.03f, 0.01f, 2, seed + 9)) / scale, 1, seed);
        float reach = Noise.Step(-0.2f, 0.5f, Noise.Smooth(place / 0.11f, seed + 5));
        return (1 - Noise.Step(0.001f, 0.0035f, cell.ToBorder * scale)) * reach * 0.8f;
    }

    // Wax that keeps the cloth, wax that went on after the brown dye, and the paler blue of a short bath.
    private static (float Wax, float Sogan, float Pale) Pattern(Vector2 place, float pixel)
    {
        const float Repeat = 0.3f;
        float stripe = place.Y / (Repeat * 0.866f);
        int line = (int)MathF.Floor(stripe);
        Vector2 tile = new(place.X / Repeat + 0.5f * (line & 1), stripe);
        Vector2 p = new Vector2(tile.X - MathF.Floor(tile.X) - 0.5f, tile.Y - line - 0.5f) * Repeat;
        float r = p.Length();
        float angle = MathF.Atan2(p.Y, p.X);
        float Ink(float signed) => 1 - Noise.Step(-pixel, pixel, signed);

        float flower = r - (0.062f + 0.038f * MathF.Cos(8 * angle) * MathF.Cos(8 * angle));
        float inner = r - (0.04f + 0.022f * MathF.Cos(8 * angle));
        float heart = r - 0.02f;
        float ring = MathF.Abs(r - 0.122f) - 0.0035f;
        float vein = MathF.Min(MathF.Abs(MathF.Sin(4 * angle)) * r, 1) - 0.0035f;

        float beads = MathF.Abs(r - 0.138f) < 0.01f
            ? Vector2.Distance(p, 0.138f * Direction(MathF.Round(angle / MathF.Tau * 32) / 32 * MathF.Tau)) - 0.0055f
            : 1;

        // Leaves curl out between the flowers; small dots fill the ground.
        float turn = angle * 3 / MathF.PI;
        float spoke = turn - MathF.Round(turn);
        Vector2 q = new(r - 0.17f, spoke * r * 1.05f);
        float leaf = (q / new Vector2(0.028f, 0.015f)).Length() - 1;
        float rib = MathF.Abs(q.Y + 6 * q.X * q.X) - 0.0016f;
        Vector2 grid = place / 0.0165f;
        Vector2 dot = new(grid.X - MathF.Floor(grid.X) - 0.5f, grid.Y - MathF.Floor(grid.Y) - 0.5f);
        float dots = dot.Length() * 0.0165f - 0.0026f;
        bool isGround = r > 0.15f && leaf > 0.35f;

        float wax = Math.Max(Ink(flower), Math.Max(Ink(ring), Ink(beads)));
        wax = Math.Max(wax, leaf < 0.1f ? Ink(leaf * 0.015f) * (1 - Ink(rib)) : 0);
        wax = isGround ? Math.Max(wax, Ink(dots)) : wax;
        wax *= 1 - Ink(MathF.Max(vein, -(r - 0.024f))) * Ink(flower + 0.012f) * (inner > 0 ? 0.9f : 0);
        float sogan = Math.Max(Ink(inner) * (1 - Ink(heart)), leaf < 0.1f ? Ink(leaf * 0.015f + 0.0045f) : 0);
        float pale = Ink(r - 0.112f) * (1 - Ink(flower - 0.01f));
        return (wax, sogan, Math.Max(pale, 0.55f * Ink(MathF.Abs(leaf - 0.22f) * 0.015f - 0.002f)));
    }

    private static Vector2 Direction(float angle) => new(MathF.Cos(angle), MathF.Sin(angle));
}
