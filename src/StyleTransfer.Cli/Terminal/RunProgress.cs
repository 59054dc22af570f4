using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;

namespace StyleTransfer.Cli.Terminal;

/// <summary>How far a run is, by the pixels that it has evaluated and those that are left.</summary>
internal sealed class RunProgress(Recipe recipe)
{
    private readonly ImmutableArray<ScaleStep> scales = ScalePlan.Of(recipe.Schedule);
    private (double Work, double Seconds)? start;

    public int TotalIterations { get; } = ScalePlan.TotalIterations(recipe);

    /// <summary>From 0 to 1.</summary>
    public double Share(IterationReport report) => Math.Clamp(Done(report) / All(), 0, 1);

    /// <summary>At the speed since the first report, so that neither warming up nor an earlier sitting counts.</summary>
    public double SecondsLeft(IterationReport report)
    {
        double done = Done(report);
        start ??= (done, report.Seconds);
        double speed = (report.Seconds - start.Value.Seconds) / (done - start.Value.Work);
        return double.IsFinite(speed) && speed > 0 ? (All() - done) * speed : report.Seconds / done * (All() - done);
    }

    private double All() => Done(scales.Length - 1, int.MaxValue);

    private double Done(IterationReport report) =>
        Done(report.Scale, report.Iteration - scales.Take(report.Scale).Sum(scale => scale.Iterations));

    private double Done(int scale, int iterations)
    {
        double work = 0;
        for (int i = 0; i <= scale; i++)
        {
            int planned = i == scales.Length - 1 ? TotalIterations - scales.Take(i).Sum(step => step.Iterations) : scales[i].Iterations;
            work += (double)scales[i].LongerEdge * scales[i].LongerEdge * (i < scale ? planned : Math.Clamp(iterations, 0, planned));
        }

        return work;
    }
}
