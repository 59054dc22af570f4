using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>Marbled paper: drops of colour on water, drawn through with combs, as bookbinders did.</summary>
/// <remarks>Each stroke of a comb moves the water by a closed formula, so a place is traced back to the drop that it came from.</remarks>
internal static class Marbling
{
    private static readonly Vector3[] Colours = Ink.Palette(
        "7c1d2b", "f1e2bf", "1d3f63", "d99a2b", "f6efdc", "0f2338", "b33a2e", "e9c46a", "2f7d78", "f4e9d0");

    public static void Paint(Canvas canvas) => canvas.Cover(place =>
    {
        // Undone in the reverse order of the making: a whirl, a fine comb, wide combs to and fro.
        Vector2 at = Whirl(place, new Vector2(0.42f, 0.38f), 0.17f, 2.4f);
        at = Whirl(at, new Vector2(1.02f, 0.66f), 0.15f, -2.2f);
        at = Comb(at, Vector2.UnitX, 0.062f, 0.05f, 0.016f);
        at = Comb(at, -Vector2.UnitY, 0.125f, 0.2f, 0.03f);
        at = Comb(at, Vector2.UnitY, 0.125f, 0.2f, 0.03f, shift: 0.0625f);
        at += Noise.Wander(at, 0.35f, 0.035f, 3, 92);

        float bands = at.Y / 0.021f + 1.6f * Noise.Fractal(at / new Vector2(0.3f, 0.12f), 3, 93);
        int band = (int)MathF.Floor(bands);
        float inside = bands - band;
        Vector3 colour = Colours[(int)(Noise.Hash(band, 0, 94) % (uint)Colours.Length)];
        Vector3 next = Colours[(int)(Noise.Hash(band + 1, 0, 94) % (uint)Colours.Length)];
        colour = Vector3.Lerp(colour, next, Noise.Step(0.9f, 1, inside));

        // Where a colour spread, it is thinner in the middle and gathers at the rim.
        colour = Ink.Shade(colour, 0.93f + 0.14f * MathF.Sin(MathF.PI * inside));
        float fleck = Noise.Smooth(at / 0.0045f, 95) + 0.5f * Noise.Smooth(place / 0.003f, 96);
        colour = Ink.Shade(colour, 1 + 0.06f * fleck);
        Cell stone = Noise.Cells(at / 0.036f, 1, 97);
        bool isSpot = stone.Random(1) < 0.2f && stone.ToCenter < 0.12f + 0.2f * stone.Random(2);
        return isSpot ? Colours[(int)(stone.Random(3) * Colours.Length)] : colour;
    });

    // Tines at even distances pull the water along; between them it follows less.
    private static Vector2 Comb(Vector2 place, Vector2 along, float spacing, float pull, float sharpness, float shift = 0)
    {
        float side = (along.X * place.Y - along.Y * place.X) + shift;
        float toTine = MathF.Abs(side - spacing * MathF.Round(side / spacing));
        return place - along * (pull * sharpness / (toTine + sharpness));
    }

    private static Vector2 Whirl(Vector2 place, Vector2 center, float reach, float turns)
    {
        Vector2 away = place - center;
        float angle = turns * MathF.Exp(-away.LengthSquared() / (reach * reach));
        (float sin, float cos) = MathF.SinCos(-angle);
        return center + new Vector2(away.X * cos - away.Y * sin, away.X * sin + away.Y * cos);
    }
}
