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
        Vector3 waxed = Vector3.Lerp(cloth, ground, Math.Clamp(crack + seep * 0.5f, 0, 0.85f));
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
        // Flowers stand like the cells of a honeycomb; a place belongs to the nearest.
        const float Repeat = 0.29f;
        const float Rise = Repeat * 0.8660254f;
        Vector2 p = new(float.MaxValue, 0);
        int first = (int)MathF.Floor(place.Y / Rise);
        for (int line = first; line <= first + 1; line++)
        {
            float shift = 0.5f * (line & 1);
            Vector2 away = place - new Vector2((MathF.Round(place.X / Repeat - shift) + shift) * Repeat, line * Rise);
            p = away.LengthSquared() < p.LengthSquared() ? away : p;
        }

        float r = p.Length();
        float angle = MathF.Atan2(p.Y, p.X);
        float Ink(float signed) => 1 - Noise.Step(-pixel, pixel, signed);

        float flower = r - (0.057f + 0.036f * MathF.Cos(8 * angle) * MathF.Cos(8 * angle));
        float inner = r - (0.04f + 0.022f * MathF.Cos(8 * angle));
        float heart = r - 0.02f;
        float ring = MathF.Abs(r - 0.112f) - 0.003f;
        float vein = MathF.Min(MathF.Abs(MathF.Sin(4 * angle)) * r, 1) - 0.0035f;

        float beads = MathF.Abs(r - 0.1235f) < 0.008f
            ? Vector2.Distance(p, 0.1235f * Direction(MathF.Round(angle / MathF.Tau * 36) / 36 * MathF.Tau)) - 0.0048f
            : 1;

        // Leaves point to the corners of the cell, where three meet; small dots fill the ground.
        float turn = (angle - MathF.PI / 6) * 3 / MathF.PI;
        float spoke = turn - MathF.Round(turn);
        Vector2 q = new(r - 0.1475f, spoke * r * 1.05f);
        float leaf = (q / new Vector2(0.02f, 0.0125f)).Length() - 1;
        float rib = MathF.Abs(q.Y + 4 * q.X * q.X) - 0.0014f;
        Vector2 grid = place / 0.0165f;
        Vector2 dot = new(grid.X - MathF.Floor(grid.X) - 0.5f, grid.Y - MathF.Floor(grid.Y) - 0.5f);
        float dots = dot.Length() * 0.0165f - 0.0026f;
        bool isGround = r > 0.1345f && leaf > 0.3f;

        float wax = Math.Max(Ink(flower), Math.Max(Ink(ring), Ink(beads)));
        wax = Math.Max(wax, leaf < 0.1f ? Ink(leaf * 0.015f) * (1 - Ink(rib)) : 0);
        wax = isGround ? Math.Max(wax, Ink(dots)) : wax;
        wax *= 1 - Ink(MathF.Max(vein, -(r - 0.024f))) * Ink(flower + 0.012f) * (inner > 0 ? 0.9f : 0);
        float sogan = Math.Max(Ink(inner) * (1 - Ink(heart)), leaf < 0.1f ? Ink(leaf * 0.015f + 0.0045f) : 0);
        float pale = Ink(r - 0.103f) * (1 - Ink(flower - 0.01f));
        return (wax, sogan, Math.Max(pale, 0.55f * Ink(MathF.Abs(leaf - 0.22f) * 0.015f - 0.002f)));
    }

    private static Vector2 Direction(float angle) => new(MathF.Cos(angle), MathF.Sin(angle));
}
