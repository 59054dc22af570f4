using System.Collections.Immutable;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Sessions;

/// <summary>How long a run will still take, from how long it took: an iteration costs in proportion to its pixels.</summary>
internal static class TimeLeft
{
    public static double Seconds(Recipe recipe, IterationMessage last)
    {
        (double done, double left) = Work(recipe, last.Iteration);
        return done > 0 ? last.Seconds * left / done : 0;
    }

    /// <summary>Which part of a run's work is still to do after an iteration: 1 at its beginning.</summary>
    public static double Share(Recipe recipe, int iteration)
    {
        (double done, double left) = Work(recipe, iteration);
        return done + left > 0 ? left / (done + left) : 0;
    }

    // In pixels times iterations; what changes add is at the last scale.
    private static (double Done, double Left) Work(Recipe recipe, int iteration)
    {
        double done = 0;
        double left = 0;
        int remaining = iteration;
        ImmutableArray<ScaleStep> scales = ScalePlan.Of(recipe.Schedule);
        int extra = ScalePlan.TotalIterations(recipe) - scales.Sum(scale => scale.Iterations);
        for (int i = 0; i < scales.Length; i++)
        {
            double pixels = scales[i].LongerEdge * (double)scales[i].LongerEdge;
            int planned = scales[i].Iterations + (i == scales.Length - 1 ? extra : 0);
            int finished = Math.Min(remaining, planned);
            remaining -= finished;
            done += finished * pixels;
            left += (planned - finished) * pixels;
        }

        return (done, left);
    }
}
