using System.Numerics;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Core.Art;

/// <summary>A picture in the making: colours, and the thickness of the paint where a brush leaves some.</summary>
/// <remarks>Places are in units of the height: y from 0 at the top to 1, x from 0 to <see cref="Aspect"/>.</remarks>
internal sealed class Canvas(int width, int height, CancellationToken cancellationToken)
{
    public int Width => width;

    public int Height => height;

    public float Aspect => (float)width / height;

    /// <summary>One pixel, in units of the height: the softness of an edge that is neither jagged nor blurred.</summary>
    public float Pixel => 1f / height;

    /// <summary>One core stays free: the starter pictures are painted while the first page is waiting to be served.</summary>
    public ParallelOptions Shares { get; } = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount - 1) };

    public Vector3[] Pixels { get; } = new Vector3[width * height];

    public float[] Relief { get; } = new float[width * height];

    /// <summary>Computes every pixel by itself; <paramref name="paint"/> must depend on nothing but the place.</summary>
    public void Cover(Func<Vector2, Vector3> paint) => Rework((place, _) => paint(place));

    /// <summary>As <see cref="Cover"/>, and where neighbours differ looks four times within the pixel: clean edges at little cost.</summary>
    public void CoverSmoothly(Func<Vector2, Vector3> paint)
    {
        Cover(paint);
        Vector3[] first = [.. Pixels];
        const float Contrast = 0.06f;
        float quarter = Pixel / 4;
        Parallel.For(1, height - 1, Shares, y =>
        {
            for (int x = 1; x < width - 1; x++)
            {
                int at = y * width + x;
                Vector3 low = Vector3.Min(Vector3.Min(first[at - 1], first[at + 1]), Vector3.Min(first[at - width], first[at + width]));
                Vector3 high = Vector3.Max(Vector3.Max(first[at - 1], first[at + 1]), Vector3.Max(first[at - width], first[at + width]));
                Vector3 range = high - low;
                if (MathF.Max(range.X, MathF.Max(range.Y, range.Z)) > Contrast)
                {
                    Vector2 place = new Vector2(x + 0.5f, y + 0.5f) / height;
                    Pixels[at] = (paint(place + new Vector2(-quarter, -quarter)) + paint(place + new Vector2(quarter, -quarter))
                        + paint(place + new Vector2(-quarter, quarter)) + paint(place + new Vector2(quarter, quarter))) / 4;
                }
            }
        });
    }

    public void Rework(Func<Vector2, Vector3, Vector3> paint) =>
        Parallel.For(0, height, Shares, y =>
        {
            for (int x = 0; x < width; x++)
            {
                int at = y * width + x;
                Pixels[at] = paint(new Vector2(x + 0.5f, y + 0.5f) / height, Pixels[at]);
            }
        });

    /// <summary>The colour at a place; beyond the border that of the border.</summary>
    public Vector3 At(Vector2 place)
    {
        int x = Math.Clamp((int)(place.X * height), 0, width - 1);
        int y = Math.Clamp((int)(place.Y * height), 0, height - 1);
        return Pixels[y * width + x];
    }

    /// <summary>Light from the upper left over the thickness of the paint: shaded slopes and wet highlights.</summary>
    /// <param name="depth">How much a slope counts.</param>
    /// <param name="gloss">Strength of the highlights; 0 for a matt ground.</param>
    public void Light(float depth, float gloss)
    {
        Vector3 light = Vector3.Normalize(new Vector3(-0.55f, -0.65f, 0.75f));
        Vector3 half = Vector3.Normalize(light + Vector3.UnitZ);
        float flat = light.Z;
        Parallel.For(0, height, Shares, y =>
        {
            for (int x = 0; x < width; x++)
            {
                float dx = Thickness(x + 1, y) - Thickness(x - 1, y);
                float dy = Thickness(x, y + 1) - Thickness(x, y - 1);
                Vector3 normal = Vector3.Normalize(new Vector3(-dx * depth, -dy * depth, 1));
                float diffuse = Math.Max(0, Vector3.Dot(normal, light)) / flat;
                float shine = MathF.Pow(Math.Max(0, Vector3.Dot(normal, half)), 40) - MathF.Pow(half.Z, 40);
                int at = y * width + x;
                Pixels[at] = Pixels[at] * (0.35f + 0.65f * diffuse) + new Vector3(gloss * Math.Max(0, shine));
            }
        });
    }

    /// <summary>The tooth of paper or the weave of cloth: a fine unevenness of brightness.</summary>
    public void Grain(float strength, float size, uint seed) => Rework((place, colour) =>
        colour * (1 + strength * (Noise.Smooth(place / size, seed) + 0.6f * Noise.Smooth(place / (size * 0.45f), seed + 1))));

    public PixelImage ToImage()
    {
        float[] rgb = new float[width * height * 3];
        for (int i = 0; i < Pixels.Length; i++)
        {
            Vector3 colour = Vector3.Clamp(Pixels[i], Vector3.Zero, Vector3.One);
            rgb[3 * i] = colour.X;
            rgb[3 * i + 1] = colour.Y;
            rgb[3 * i + 2] = colour.Z;
        }

        return new PixelImage(width, height, rgb);
    }

    private float Thickness(int x, int y) => Relief[Math.Clamp(y, 0, height - 1) * width + Math.Clamp(x, 0, width - 1)];
}
