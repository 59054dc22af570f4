using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Engine.Running;

/// <summary>A few iterations of the default preset on a made-up picture, at two sizes, to know this device's speed.</summary>
public static class Calibration
{
    private const int SmallEdge = 128;
    private const int LargeEdge = IterationSpeed.LargestMeasuredEdge;
    private const int Iterations = 6;

    // On a quiet machine the threads of a run compute five sixths of its time, or more.
    private const double IdleShare = 1.25;

    /// <summary>What an earlier process measured with the same encoder, device and precision, or else measured now and kept.</summary>
    /// <param name="precision">float32, bfloat16, or the faster of the two.</param>
    public static IterationSpeed Of(Encoder encoder, Precision precision)
    {
        Precision resolved = PrecisionChoice.Resolve(precision, encoder);
        // Another build of the engine is measured anew: it may be faster.
        string key = $"{encoder.Sha256} {encoder.Device} {resolved} {TorchSharp.torch.get_num_threads()} threads {typeof(Calibration).Module.ModuleVersionId:N}";
        if (CalibrationFile.Find(key) is { } known)
        {
            return known;
        }

        IterationSpeed measured = Measure(encoder, resolved);
        CalibrationFile.Keep(key, measured);
        return measured;
    }

    public static IterationSpeed Measure(Encoder encoder, Precision precision)
    {
        double small = Seconds(encoder, precision, SmallEdge);
        double large = Seconds(encoder, precision, LargeEdge);
        (double smallMegapixels, double largeMegapixels) = (SmallEdge * SmallEdge / 1e6, LargeEdge * LargeEdge / 1e6);
        double slope = Math.Max((large - small) / (largeMegapixels - smallMegapixels), 0.5 * large / largeMegapixels);
        return new IterationSpeed(Math.Max(0, large - (slope * largeMegapixels)), slope);
    }

    private static double Seconds(Encoder encoder, Precision precision, int edge)
    {
        Random random = new(0);
        PixelImage picture = new(edge, edge, [.. Enumerable.Range(0, edge * edge * 3).Select(_ => random.NextSingle())]);
        Recipe recipe = Presets.Named(Presets.Default).At(edge);
        recipe = recipe with
        {
            Content = "calibration",
            Styles = [new StyleInput { Image = "calibration" }],
            Precision = precision,
            Schedule = recipe.Schedule with { Pyramid = false, FirstIterations = Iterations, Iterations = Iterations, Tolerance = 0 },
        };
        Watch watch = new();
        using RunControl control = new();
        TransferRun.Run(recipe, new TransferInputs { Content = picture, Styles = [picture] }, encoder, watch, control, checkpoint: null, CancellationToken.None);
        // The first iteration also builds targets and prepares kernels; the median of the others leaves out what else the machine did.
        double waited = Median(watch.Seconds);
        if (encoder.Device.type != TorchSharp.DeviceType.CPU)
        {
            return waited;
        }

        // Beside something else that computes, such as the starter pictures at a studio's first start, waiting says nothing: what the
        // threads got of the processors says what they need when they have them.
        return Math.Min(waited, Median(watch.ProcessorSeconds) / TorchSharp.torch.get_num_threads() * IdleShare);
    }

    private static double Median(List<double> at) => at.Zip(at.Skip(1), (before, after) => after - before).Order().ElementAt((at.Count - 1) / 2);

    private sealed class Watch : IRunObserver
    {
        public List<double> Seconds { get; } = [];

        public List<double> ProcessorSeconds { get; } = [];

        public void OnIteration(IterationReport report, IRunSnapshot snapshot)
        {
            Seconds.Add(report.Seconds);
            ProcessorSeconds.Add(Environment.CpuUsage.TotalTime.TotalSeconds);
        }
    }
}
