using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Worker;

/// <summary>A few iterations of the default preset on a made-up picture, to know this device's speed.</summary>
internal static class Calibration
{
    private const int Edge = 256;
    private const int Iterations = 8;

    public static double SecondsPerMegapixel(Encoder encoder)
    {
        Random random = new(0);
        PixelImage picture = new(Edge, Edge, [.. Enumerable.Range(0, Edge * Edge * 3).Select(_ => random.NextSingle())]);
        Recipe recipe = Presets.Named(Presets.Default).At(Edge);
        recipe = recipe with
        {
            Content = "calibration",
            Styles = [new StyleInput { Image = "calibration" }],
            Schedule = recipe.Schedule with { Pyramid = false, FirstIterations = Iterations, Iterations = Iterations, Tolerance = 0 },
        };
        Watch watch = new();
        using RunControl control = new();
        TransferRun.Run(recipe, new TransferInputs { Content = picture, Styles = [picture] }, encoder, watch, control, checkpoint: null, CancellationToken.None);
        // The first iterations also build targets and compile kernels.
        return (watch.Seconds[^1] - watch.Seconds[Iterations / 2]) / (watch.Seconds.Count - 1 - (Iterations / 2)) / (Edge * Edge / 1e6);
    }

    private sealed class Watch : IRunObserver
    {
        public List<double> Seconds { get; } = [];

        public void OnIteration(IterationReport report, IRunSnapshot snapshot) => Seconds.Add(report.Seconds);
    }
}
