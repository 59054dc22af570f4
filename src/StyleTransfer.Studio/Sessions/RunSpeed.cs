using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Measured speed per encoder: the worker's calibration at its start, then what the runs themselves show.</summary>
public sealed class RunSpeed(IDbContextFactory<StudioDb> databases)
{
    private readonly ConcurrentDictionary<string, double> secondsPerMegapixel = new();

    /// <summary>Seconds of one iteration over a million pixels; null where this encoder never ran here.</summary>
    public async Task<double?> FindAsync(string encoder, CancellationToken cancellationToken)
    {
        if (secondsPerMegapixel.TryGetValue(encoder, out double known))
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
        return secondsPerMegapixel.TryGetValue(encoder, out known) ? known : null;
    }

    /// <summary>Takes the median of a run's iterations: the first of each scale also builds targets.</summary>
    internal void Learn(string encoder, IReadOnlyList<IterationMessage> trace)
    {
        List<double> rates = [];
        for (int i = 1; i < trace.Count; i++)
        {
            if (trace[i].Scale == trace[i - 1].Scale && trace[i].Seconds > trace[i - 1].Seconds)
            {
                rates.Add((trace[i].Seconds - trace[i - 1].Seconds) / (trace[i].Width * (double)trace[i].Height / 1e6));
            }
        }

        if (rates.Count > 0)
        {
            rates.Sort();
            secondsPerMegapixel[encoder] = rates[rates.Count / 2];
        }
    }

    internal void Learn(string encoder, double measured) => secondsPerMegapixel.TryAdd(encoder, measured);
}
