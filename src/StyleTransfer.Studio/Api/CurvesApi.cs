using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Api;

/// <summary>A loss trace as columns: a third of the bytes of its rows.</summary>
/// <param name="Notes">By iteration.</param>
/// <param name="Terms">By name; null where an iteration does not have the term.</param>
public sealed record Curves(
    int[] Iteration,
    int[] Scale,
    int[] Width,
    int[] Height,
    double[] Seconds,
    double[] Total,
    double[] Content,
    double[] Style,
    double[] Tv,
    Dictionary<string, string> Notes,
    Dictionary<string, double?[]> Terms)
{
    public static Curves Of(IReadOnlyList<IterationMessage> trace)
    {
        Dictionary<string, double?[]> terms = [];
        for (int i = 0; i < trace.Count; i++)
        {
            for (int k = 0; k < trace[i].TermNames.Length; k++)
            {
                if (!terms.TryGetValue(trace[i].TermNames[k], out double?[]? values))
                {
                    terms[trace[i].TermNames[k]] = values = new double?[trace.Count];
                }

                values[i] = Short(trace[i].TermValues[k]);
            }
        }

        return new Curves(
            [.. trace.Select(i => i.Iteration)],
            [.. trace.Select(i => i.Scale)],
            [.. trace.Select(i => i.Width)],
            [.. trace.Select(i => i.Height)],
            [.. trace.Select(i => Math.Round(i.Seconds, 3))],
            [.. trace.Select(i => Short(i.Total))],
            [.. trace.Select(i => Short(i.Content))],
            [.. trace.Select(i => Short(i.Style))],
            [.. trace.Select(i => Short(i.Tv))],
            trace.Where(i => i.Note is not null).GroupBy(i => i.Iteration).ToDictionary(same => same.Key.ToString(CultureInfo.InvariantCulture), same => same.Last().Note!),
            terms);
    }

    // No screen shows more digits.
    private static double Short(double value) => double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

internal static class CurvesApi
{
    public static void MapCurves(this IEndpointRouteBuilder sessions) =>
        sessions.MapGet("/{id:guid}/curves", async Task<Results<Ok<Curves>, NotFound>> (Guid id, LiveFeeds feeds, CancellationToken cancellationToken, int from = 1) =>
            await feeds.FindAsync(id, cancellationToken) is { } feed ? TypedResults.Ok(Curves.Of([.. feed.Trace.Where(i => i.Iteration >= from)])) : TypedResults.NotFound())
            .WithSummary("The loss trace as columns, rounded to what a chart shows; `from` is the first iteration that the caller lacks.");
}
