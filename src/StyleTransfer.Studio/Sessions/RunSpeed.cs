using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Runs;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Measured speed per encoder: the worker's calibration at its start, then what the runs themselves show.</summary>
public sealed class RunSpeed(IDbContextFactory<StudioDb> databases)
{
    // Below 250 pixels' edge an iteration's time is mostly what does not grow with the picture, and says little of larger ones.
    private const double TellingMegapixels = 0.05;

    private readonly ConcurrentDictionary<string, IterationSpeed> speeds = new();

    /// <summary>Of one iteration; null where this encoder never ran here.</summary>
    public async Task<IterationSpeed?> FindAsync(string encoder, CancellationToken cancellationToken)
    {
        if (speeds.TryGetValue(encoder, out IterationSpeed? known))
        {
            return known;
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        Guid? last = await database.Sessions.Where(s => s.Encoder == encoder && s.State == SessionState.Completed)
            .OrderByDescending(s => s.CreatedUtc).Select(s => (Guid?)s.Id).FirstOrDefaultAsync(cancellationToken);
        if (last is null)
        {
            return null;
        }

        Learn(encoder, await LiveFeeds.ReadTraceAsync(database, last.Value, int.MaxValue, cancellationToken));
        return speeds.GetValueOrDefault(encoder);
    }

    /// <summary>From a run's iterations, without the first of each scale, which also builds targets.</summary>
    internal void Learn(string encoder, IReadOnlyList<IterationMessage> trace)
    {
        List<(double Megapixels, double Seconds)> iterations = [];
        for (int i = 1; i < trace.Count; i++)
        {
            if (trace[i].Scale == trace[i - 1].Scale && trace[i].Seconds > trace[i - 1].Seconds)
            {
                iterations.Add((trace[i].Width * (double)trace[i].Height / 1e6, trace[i].Seconds - trace[i - 1].Seconds));
            }
        }

        bool isTelling = iterations.Any(iteration => iteration.Megapixels >= TellingMegapixels);
        if ((isTelling || !speeds.ContainsKey(encoder)) && IterationSpeed.Fit(iterations) is { } speed)
        {
            speeds[encoder] = speed;
        }
    }

    internal void Learn(string encoder, IterationSpeed measured) => speeds.TryAdd(encoder, measured);
}
