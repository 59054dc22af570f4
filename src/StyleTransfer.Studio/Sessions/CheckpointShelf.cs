using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Sessions;

/// <summary>
/// The checkpoints that are kept: enough of each run that a fork starts near any iteration, and never more bytes than allowed.
/// </summary>
internal sealed class CheckpointShelf(IDbContextFactory<StudioDb> databases, StudioStorage storage, IOptions<WorkerOptions> options)
{
    /// <summary>Takes a checkpoint that a worker has written; it is where the session would go on.</summary>
    public async Task AddAsync(Guid session, string path, CancellationToken cancellationToken)
    {
        int iteration = CheckpointName.IterationOf(path);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        // What is newer is of a run that was taken back: this one goes on from here.
        await DropAsync(database, await database.Checkpoints.Where(c => c.SessionId == session && c.Iteration >= iteration && c.Path != path).ToListAsync(cancellationToken), cancellationToken);
        if (!await database.Checkpoints.AnyAsync(c => c.SessionId == session && c.Iteration == iteration, cancellationToken))
        {
            database.Checkpoints.Add(new RunCheckpoint { SessionId = session, Iteration = iteration, Path = path, Bytes = new FileInfo(path).Length });
            await database.SaveChangesAsync(cancellationToken);
        }

        await database.Sessions.Where(s => s.Id == session).ExecuteUpdateAsync(set => set.SetProperty(s => s.CheckpointPath, path), cancellationToken);
        await ThinAsync(database, session, cancellationToken);
        await LimitAllAsync(database, cancellationToken);
    }

    /// <summary>The newest at or before an iteration; null where the fork has to begin at the start.</summary>
    public async Task<RunCheckpoint?> NearestAsync(Guid session, int iteration, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        List<RunCheckpoint> before = await database.Checkpoints.AsNoTracking()
            .Where(c => c.SessionId == session && c.Iteration <= iteration)
            .OrderByDescending(c => c.Iteration)
            .ToListAsync(cancellationToken);
        return before.FirstOrDefault(c => File.Exists(c.Path));
    }

    /// <summary>A copy for another session: each keeps and drops its own.</summary>
    public RunCheckpoint CopyTo(Guid session, RunCheckpoint checkpoint)
    {
        string path = Path.Combine(storage.Checkpoints, CheckpointName.Of(session, checkpoint.Iteration));
        File.Copy(checkpoint.Path, path, overwrite: true);
        return new RunCheckpoint { SessionId = session, Iteration = checkpoint.Iteration, Path = path, Bytes = checkpoint.Bytes };
    }

    /// <summary>Deletes files that no session knows: the studio was killed between a file and its row.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        HashSet<string> known = [.. await database.Checkpoints.Select(c => c.Path).ToListAsync(cancellationToken)];
        known.UnionWith((await database.Sessions.Where(s => s.CheckpointPath != null).Select(s => s.CheckpointPath!).ToListAsync(cancellationToken)));
        foreach (string file in Directory.EnumerateFiles(storage.Checkpoints, "*.safetensors").Where(file => !known.Contains(file)))
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// Which of a session's checkpoints to drop, so that the rest fits: the one whose loss opens the smallest gap for its bytes, the oldest
    /// first among equals. The first and the newest stay as long as anything else can go.
    /// </summary>
    /// <param name="checkpoints">In the order of their iterations.</param>
    internal static List<RunCheckpoint> Surplus(IReadOnlyList<RunCheckpoint> checkpoints, long allowed)
    {
        List<RunCheckpoint> kept = [.. checkpoints];
        List<RunCheckpoint> surplus = [];
        while (kept.Count > 2 && kept.Sum(c => c.Bytes) > allowed)
        {
            int least = Enumerable.Range(1, kept.Count - 2)
                .MinBy(i => (double)(kept[i + 1].Iteration - kept[i - 1].Iteration) / Math.Max(1, kept[i].Bytes));
            surplus.Add(kept[least]);
            kept.RemoveAt(least);
        }

        if (kept.Count == 2 && kept.Sum(c => c.Bytes) > allowed)
        {
            surplus.Add(kept[0]);
        }

        return surplus;
    }

    private async Task ThinAsync(StudioDb database, Guid session, CancellationToken cancellationToken)
    {
        List<RunCheckpoint> all = await database.Checkpoints.Where(c => c.SessionId == session).OrderBy(c => c.Iteration).ToListAsync(cancellationToken);
        await DropAsync(database, Surplus(all, options.Value.CheckpointBytesASession), cancellationToken);
    }

    private async Task LimitAllAsync(StudioDb database, CancellationToken cancellationToken)
    {
        long bytes = await database.Checkpoints.SumAsync(c => c.Bytes, cancellationToken);
        if (bytes <= options.Value.CheckpointBytes)
        {
            return;
        }

        var ended = await database.Checkpoints
            .Join(database.Sessions.Where(s => s.State == SessionState.Completed || s.State == SessionState.Failed || s.State == SessionState.Cancelled), c => c.SessionId, s => s.Id, (c, s) => new { Checkpoint = c, s.EndedUtc })
            .OrderBy(row => row.EndedUtc).ThenBy(row => row.Checkpoint.Iteration)
            .ToListAsync(cancellationToken);
        List<RunCheckpoint> surplus = [];
        foreach (RunCheckpoint oldest in ended.Select(row => row.Checkpoint).TakeWhile(_ => bytes > options.Value.CheckpointBytes))
        {
            surplus.Add(oldest);
            bytes -= oldest.Bytes;
        }

        await DropAsync(database, surplus, cancellationToken);
    }

    // The row first: a row without its file would be offered to a fork, a file without its row is swept up.
    private static async Task DropAsync(StudioDb database, List<RunCheckpoint> surplus, CancellationToken cancellationToken)
    {
        if (surplus.Count == 0)
        {
            return;
        }

        database.Checkpoints.RemoveRange(surplus);
        await database.SaveChangesAsync(cancellationToken);
        foreach (RunCheckpoint dropped in surplus)
        {
            await database.Sessions.Where(s => s.Id == dropped.SessionId && s.CheckpointPath == dropped.Path)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.CheckpointPath, (string?)null), cancellationToken);
            File.Delete(dropped.Path);
        }
    }
}
