using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Distillation;

/// <summary>Pictures of no photo: strokes, stripes, cells and clouds of any colour, as paintings have them.</summary>
internal static class ProceduralTexture
{
    /// <returns>[1, 3, edge, edge] in [0, 1].</returns>
    public static Tensor Create(Random random, Generator noise, int edge)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor field = random.Next(3) switch
        {
            0 => Clouds(random, noise, edge),
            1 => Stripes(random, noise, edge),
            _ => Cells(random, noise, edge),
        };
        // The field runs through a palette: a few random colours, blended or hard.
        int colors = random.Next(2, 7);
        Tensor palette = rand([colors, 3], generator: noise);
        Tensor position = field.Clamp(0, 1).Times(colors - 1);
        Tensor low = position.floor().to(ScalarType.Int64).Clamp(0, colors - 2);
        Tensor part = position - low.to(ScalarType.Float32);
        if (random.Next(2) == 0)
        {
            part = part.round();
        }

        Tensor from = palette.index_select(0, low.flatten());
        Tensor to = palette.index_select(0, low.Plus(1).flatten());
        Tensor blended = from.Plus((to - from) * part.flatten().unsqueeze(1));
        return blended.t().reshape(1, 3, edge, edge).contiguous().MoveToOuterDisposeScope();
    }

    // Octaves of smooth noise: [edge, edge].
    private static Tensor Clouds(Random random, Generator noise, int edge)
    {
        Tensor sum = zeros(edge, edge);
        double gain = 0.4 + (0.4 * random.NextDouble());
        double amplitude = 1;
        for (int cells = random.Next(2, 6); cells <= edge / 2; cells *= 2)
        {
            Tensor octave = F.interpolate(randn([1, 1, cells, cells], generator: noise), [edge, edge], mode: InterpolationMode.Bicubic, align_corners: false);
            sum = sum.Plus(octave[0, 0].Times(amplitude));
            amplitude *= gain;
        }

        return sum.Times(0.35).Plus(0.5);
    }

    // Waves bent by clouds.
    private static Tensor Stripes(Random random, Generator noise, int edge)
    {
        double angle = random.NextDouble() * Math.PI;
        double period = 3 * Math.Pow(edge / 6.0, random.NextDouble());
        Tensor at = Scalars.Ascending(edge, ScalarType.Float32, CPU);
        Tensor phase = at.unsqueeze(1).Times(Math.Sin(angle)).Plus(at.unsqueeze(0).Times(Math.Cos(angle)));
        Tensor bent = phase.Plus(Clouds(random, noise, edge).Times(edge * 0.3 * random.NextDouble()));
        return bent.Times(2 * Math.PI / period).sin().Times(0.5).Plus(0.5);
    }

    // Distance to the nearest of some points: cells, mosaics, dots.
    private static Tensor Cells(Random random, Generator noise, int edge)
    {
        int points = random.Next(8, 60);
        Tensor at = Scalars.Ascending(edge, ScalarType.Float32, CPU).Plus(0.5).Over(edge);
        Tensor centers = rand([points, 2], generator: noise);
        Tensor dx = at.view(1, 1, edge) - centers[.., 0].view(points, 1, 1);
        Tensor dy = at.view(1, edge, 1) - centers[.., 1].view(points, 1, 1);
        (Tensor distance, Tensor nearest) = dx.Squared().Plus(dy.Squared()).min(0);
        return random.Next(2) == 0 ? distance.sqrt().Times(Math.Sqrt(points)) : nearest.to(ScalarType.Float32).Over(points);
    }
}
