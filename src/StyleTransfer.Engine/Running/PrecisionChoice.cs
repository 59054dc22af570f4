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
public static class PrecisionChoice
{
    private const int ProbeEdge = 128;

    // Without the instructions bfloat16 is some ten to fifty times slower: a small probe sees it, and saves a start from a second of the large.
    private const int FirstProbeEdge = 32;
    private const double Hopeless = 4;

    // bfloat16 must pay for its rounding.
    private const double WorthwhileGain = 1.15;

    private static readonly ConcurrentDictionary<(string Encoder, string Device), Precision> measured = new();

    /// <returns>The wanted one, or for auto the faster one.</returns>
    public static Precision Resolve(Precision wanted, Encoder encoder) => wanted == Precision.Auto
        ? measured.GetOrAdd((encoder.Sha256, encoder.Device.ToString()), _ => Measure(encoder))
        : wanted;

    /// <summary>Channels last in memory: libtorch pools maxima ten times faster so, and convolves at least as fast in either type.</summary>
    internal static EncoderMode Mode(Recipe recipe) => new(
        recipe.Encoder.Pooling,
        recipe.Encoder.Padding,
        recipe.Precision == Precision.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
        ChannelsLast: true);

    private static Precision Measure(Encoder encoder)
    {
        EncoderMode single = Mode(new Recipe { Precision = Precision.Float32 });
        EncoderMode brain = Mode(new Recipe { Precision = Precision.Bfloat16 });
        if (Time(encoder, brain, FirstProbeEdge) > Hopeless * Time(encoder, single, FirstProbeEdge))
        {
            return Precision.Float32;
        }

        return Time(encoder, brain, ProbeEdge) * WorthwhileGain < Time(encoder, single, ProbeEdge) ? Precision.Bfloat16 : Precision.Float32;
    }

    private static double Time(Encoder encoder, EncoderMode mode, int edge)
    {
        string layer = encoder.Layers.Contains("relu5_1") ? "relu5_1" : encoder.Layers[^1];
        double best = double.PositiveInfinity;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor image = Scalars.Filled([1, 3, edge, edge], 0.5, ScalarType.Float32, encoder.Device);
            long start = Stopwatch.GetTimestamp();
            IFeatureTrace trace = encoder.Trace(encoder.Segments([layer], cutAfter: null)[0], image, [layer], mode);
            // Reading one number back waits for a device that works on its own.
            trace.Back(_ => ones_like(trace.Features[layer]), next: null, isLast: true)!.sum().ToDouble();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
