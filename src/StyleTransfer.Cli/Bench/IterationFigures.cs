using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Bench;

/// <summary>How near an iteration comes to the bare convolutions, and what bfloat16 gains.</summary>
internal static class IterationFigures
{
    private const string Deepest = "relu5_1";

    public static IEnumerable<BenchRow> Measure(Encoder encoder, IReadOnlyList<Precision> precisions, int size, int iterations)
    {
        double single = 0;
        foreach (Precision precision in precisions)
        {
            using ConvolutionChain chain = new(encoder, Deepest, size, precision);
            // One after the other in turn: whatever else the machine does slows both.
            TimedRun run = new(chain.Measure);
            run.Run(TimedRun.SingleScale(size, iterations, precision), encoder);
            string name = precision.ToString().ToLowerInvariant();
            yield return BenchRow.AtLeast(
                $"Iteration efficiency, {encoder.Name}, {name}", chain.Best / run.Best, 0.9, "",
                FormattableString.Invariant($"{size}²: bare convolutions {chain.Best * 1000:0} ms, iteration {run.Best * 1000:0} ms, the best of {iterations}"));
            if (precision == Precision.Float32)
            {
                single = run.Best;
            }
            else
            {
                yield return BenchRow.AtLeast($"bfloat16 against float32, {encoder.Name}", single / run.Best, 1.9, "×", $"iterations at {size}²");
            }
        }
    }

    /// <summary>The objective at the end of the same run in both precisions.</summary>
    public static BenchRow Objective(Encoder encoder, int size, int iterations)
    {
        double[] totals = new double[2];
        foreach ((int index, Precision precision) in new[] { Precision.Float32, Precision.Bfloat16 }.Index())
        {
            TimedRun run = new();
            run.Run(TimedRun.SingleScale(size, iterations, precision), encoder);
            totals[index] = run.Reports[^1].Total;
        }

        return BenchRow.AtMost(
            $"Final objective of bfloat16 against float32, {encoder.Name}", Math.Abs(totals[1] / totals[0] - 1) * 100, 1, "%",
            FormattableString.Invariant($"{iterations} iterations at {size}²: {totals[1]:G5} against {totals[0]:G5}"));
    }

    public static BenchRow Tiling(Encoder encoder, int size, int tileEdge, int iterations)
    {
        // In turn, so that a busy spell hits both.
        TimedRun whole = new();
        TimedRun tiled = new();
        for (int round = 0; round < 2; round++)
        {
            whole.Run(TimedRun.SingleScale(size, iterations, Precision.Float32), encoder);
            tiled.Run(TimedRun.SingleScale(size, iterations, Precision.Float32), encoder, tileEdge);
        }

        return BenchRow.AtMost(
            $"Cost of tiles, {encoder.Name}", tiled.Best / whole.Best, 1.5, "×", FormattableString.Invariant($"{size}² in tiles of {tileEdge}², float32, {iterations} iterations"));
    }
}
