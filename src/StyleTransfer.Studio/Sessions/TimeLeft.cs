using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Sessions;

/// <summary>How long a run will still take, from how long it took: an iteration costs in proportion to its pixels.</summary>
internal static class TimeLeft
{
    public static double Seconds(Recipe recipe, IterationMessage last)
    {
        double shape = (double)Math.Min(last.Width, last.Height) / Math.Max(last.Width, last.Height);
        double done = 0;
        double left = 0;
        int remaining = last.Iteration;
        foreach (ScaleStep scale in ScalePlan.Of(recipe.Schedule))
        {
            double pixels = scale.LongerEdge * (double)scale.LongerEdge * shape;
            int finished = Math.Min(remaining, scale.Iterations);
            remaining -= finished;
            done += finished * pixels;
            left += (scale.Iterations - finished) * pixels;
        }

        return done > 0 ? last.Seconds * left / done : 0;
    }
}
