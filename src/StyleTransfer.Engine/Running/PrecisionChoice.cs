using System.Collections.Concurrent;
using System.Diagnostics;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Running;

/// <summary>
/// What <see cref="Precision.Auto"/> comes to on this device: bfloat16 where it is clearly faster. Measured once a process for each
/// encoder, since only processors with the instructions gain by it and others lose much.
/// </summary>
internal static class PrecisionChoice
{
    private const int ProbeEdge = 128;

    // bfloat16 must pay for its rounding.
    private const double WorthwhileGain = 1.15;

    private static readonly ConcurrentDictionary<(string Encoder, string Device), Precision> measured = new();

    public static Precision Resolve(Precision wanted, Encoder encoder) => wanted == Precision.Auto
        ? measured.GetOrAdd((encoder.Sha256, encoder.Device.ToString()), _ => Measure(encoder))
        : wanted;

    /// <summary>bfloat16 is fastest with channels last in memory; float32 as it comes.</summary>
    public static EncoderMode Mode(Recipe recipe) => new(
        recipe.Encoder.Pooling,
        recipe.Encoder.Padding,
        recipe.Precision == Precision.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
        ChannelsLast: recipe.Precision == Precision.Bfloat16);

    private static Precision Measure(Encoder encoder)
    {
        Recipe neutral = new();
        double single = Time(encoder, Mode(neutral with { Precision = Precision.Float32 }));
        double brain = Time(encoder, Mode(neutral with { Precision = Precision.Bfloat16 }));
        return brain * WorthwhileGain < single ? Precision.Bfloat16 : Precision.Float32;
    }

    private static double Time(Encoder encoder, EncoderMode mode)
    {
        string layer = encoder.Layers.Contains("relu5_1") ? "relu5_1" : encoder.Layers[^1];
        double best = double.PositiveInfinity;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor image = Scalars.Filled([1, 3, ProbeEdge, ProbeEdge], 0.5, ScalarType.Float32, encoder.Device).requires_grad_();
            long start = Stopwatch.GetTimestamp();
            Tensor features = encoder.Features(image, [layer], mode)[layer];
            // Reading one number back waits for a device that works on its own.
            autograd.grad([features], [image], [ones_like(features)])[0].sum().ToDouble();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
