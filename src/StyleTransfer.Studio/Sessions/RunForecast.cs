using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>The time left of each session that waits or runs, and until all of them are done.</summary>
/// <param name="Seconds">By session; a session is missing where its encoder was never measured here.</param>
/// <param name="Total">Over all devices; null where a session's time is unknown.</param>
public sealed record QueueTimes(IReadOnlyDictionary<Guid, double> Seconds, double? Total);

/// <summary>How long runs will take, before they start and while they go on.</summary>
public sealed class RunForecast(IDbContextFactory<StudioDb> databases, EncoderCatalog encoders, RunSpeed speed, LiveFeeds feeds)
{
    /// <summary>Time and memory of a recipe on a picture of this size; null where its encoder is not there.</summary>
    public async Task<RunEstimate?> EstimateAsync(Recipe recipe, int width, int height, CancellationToken cancellationToken)
    {
        try
        {
            EncoderInfo info = encoders.Resolve(recipe.Encoder.Name);
            return RunEstimate.Of(recipe, width, height, info.Layers, await speed.FindAsync(info.Name, cancellationToken));
        }
        catch (EncoderException)
        {
            return null;
        }
    }

    /// <param name="workers">How many sessions run at a time.</param>
    public async Task<QueueTimes> QueueAsync(IReadOnlyList<Session> sessions, int workers, CancellationToken cancellationToken)
    {
        Dictionary<Guid, double> seconds = [];
        List<Session> counted = [.. sessions.Where(session => session.State is SessionState.Running or SessionState.Queued)];
        foreach (Session session in counted)
        {
            if (await LeftAsync(session, cancellationToken) is { } left)
            {
                seconds[session.Id] = left;
            }
        }

        return new QueueTimes(seconds, seconds.Count == counted.Count ? Makespan([.. counted.Select(session => seconds[session.Id])], workers) : null);
    }

    // In order, each on the device that is free first: as the queue does it.
    internal static double Makespan(IReadOnlyList<double> seconds, int workers)
    {
        double[] busyUntil = new double[Math.Max(1, workers)];
        foreach (double left in seconds)
        {
            busyUntil[Array.IndexOf(busyUntil, busyUntil.Min())] += left;
        }

        return busyUntil.Max();
    }

    private async Task<double?> LeftAsync(Session session, CancellationToken cancellationToken)
    {
        Recipe recipe = RecipeJson.Read(session.RecipeJson);
        if (session.State == SessionState.Running && await feeds.FindAsync(session.Id, cancellationToken) is { Trace: { Count: > 0 } trace })
        {
            RunPace pace = new(recipe);
            foreach (IterationMessage iteration in trace)
            {
                pace.Take(iteration);
            }

            return pace.SecondsLeft;
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Images.FindAsync([session.ContentImageId], cancellationToken) is not { } content)
        {
            return null;
        }

        RunEstimate? estimate = await EstimateAsync(recipe, content.Width, content.Height, cancellationToken);
        return estimate?.Seconds * RunPace.ShareLeft(recipe, session.Iteration);
    }
}
