using System.Collections.Immutable;

namespace StyleTransfer.Core.Recipes;

/// <summary>One resolution of the pyramid.</summary>
/// <param name="LongerEdge">Pixels.</param>
/// <param name="Iterations">Planned; a scale may end earlier by convergence, and the last one may be extended.</param>
public sealed record ScaleStep(int LongerEdge, int Iterations);

/// <summary>The scales that a schedule asks for.</summary>
public static class ScalePlan
{
    /// <summary>Size ⁄ Ratioᵏ as long as that is at least MinSize, coarse to fine; the last is Size itself.</summary>
    public static ImmutableArray<ScaleStep> Of(ScheduleSettings schedule)
    {
        List<int> edges = [schedule.Size];
        if (schedule.Pyramid)
        {
            for (int k = 1; ; k++)
            {
                int edge = (int)Math.Round(schedule.Size / Math.Pow(schedule.Ratio, k));
                if (edge < schedule.MinSize || edge >= edges[^1])
                {
                    break;
                }

                edges.Add(edge);
            }
        }

        edges.Reverse();
        return [.. edges.Select((edge, index) => new ScaleStep(edge, index == 0 ? schedule.FirstIterations : schedule.Iterations))];
    }

    /// <summary>All iterations of a run as planned, with those that changes add.</summary>
    public static int TotalIterations(Recipe recipe) =>
        Of(recipe.Schedule).Sum(scale => scale.Iterations) + recipe.Changes.Sum(change => change.ExtraIterations ?? 0);
}
