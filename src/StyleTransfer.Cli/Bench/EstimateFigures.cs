using System.Collections.Immutable;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Running;

namespace StyleTransfer.Cli.Bench;

/// <summary>What was foretold against what came.</summary>
internal static class EstimateFigures
{
    private const int Iterations = 4;

    public static IEnumerable<BenchRow> Measure(Encoder encoder, IReadOnlyList<Precision> precisions, IReadOnlyList<int> sizes, bool withMemory)
    {
        ImmutableArray<EncoderLayer> layers =
            [.. encoder.Layers.Where(layer => layer.StartsWith("relu", StringComparison.Ordinal)).Select(layer => new EncoderLayer(layer, encoder.Channels(layer)))];
        foreach (Precision precision in precisions)
        {
            IterationSpeed speed = Calibration.Measure(encoder, precision);
            foreach (int size in sizes)
            {
                Recipe recipe = TimedRun.SingleScale(size, Iterations, precision);
                TimedRun run = new();
                run.Run(recipe, encoder);
                double foretold = RunEstimate.OfIteration(recipe, layers, speed, (long)size * size);
                yield return Near($"Estimate of time, {encoder.Name}, {precision.ToString().ToLowerInvariant()}, {size}²", foretold / run.Best, $"{foretold * 1000:0} ms foretold, {run.Best * 1000:0} ms came");
                if (withMemory)
                {
                    // A short run fills only as many pairs of its history as it has iterations.
                    Recipe filled = recipe with { Optimizer = recipe.Optimizer with { History = Iterations - 1 } };
                    double bytes = RunMemory.Of(filled, layers, (long)size * size, tileEdge: null) / 1e9;
                    double peak = MemoryPeak.Gigabytes(encoder.Name, precision, size, Iterations, tileEdge: null);
                    yield return Near($"Estimate of memory, {encoder.Name}, {precision.ToString().ToLowerInvariant()}, {size}²", bytes / peak, $"{bytes:0.00} GB foretold, {peak:0.00} GB came");
                }
            }
        }
    }

    private static BenchRow Near(string name, double ratio, string detail) =>
        new(name, ratio, "", "0.75 … 1.25", ratio is >= 0.75 and <= 1.25, detail);
}
