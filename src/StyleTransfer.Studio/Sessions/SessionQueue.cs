using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>What one may ask of sessions that wait or run. Each change of state is conditional: two askers cannot both win.</summary>
public sealed class SessionQueue
{
    private readonly IDbContextFactory<StudioDb> databases;
    private readonly RunDesk desk;
    private readonly LiveFeeds feeds;
    private readonly QueueSignal signal;
    private readonly TimeProvider time;

    internal SessionQueue(IDbContextFactory<StudioDb> databases, RunDesk desk, LiveFeeds feeds, QueueSignal signal, TimeProvider time)
    {
        this.databases = databases;
        this.desk = desk;
        this.feeds = feeds;
        this.signal = signal;
        this.time = time;
    }

    /// <summary>The device that the worker computes on; null until it has started.</summary>
    public string? Device => desk.Device;

    public async Task<bool> PauseAsync(Guid id, CancellationToken cancellationToken) =>
        await desk.StopAsync(id, SessionState.Paused)
        || await MoveAsync(id, [SessionState.Queued], SessionState.Paused, cancellationToken);

    /// <summary>Stops it if it runs, with a checkpoint, to wait again: others go first, or it was deleted and may come back.</summary>
    public Task<bool> YieldAsync(Guid id) => desk.StopAsync(id, SessionState.Queued);

    /// <summary>Goes on where it was, before everything else that waits.</summary>
    public async Task<bool> ResumeAsync(Guid id, CancellationToken cancellationToken)
    {
        await PlaceFirstAsync(id, cancellationToken);
        return await MoveAsync(id, [SessionState.Paused], SessionState.Queued, cancellationToken);
    }

    public async Task<bool> CancelAsync(Guid id, CancellationToken cancellationToken) =>
        await desk.StopAsync(id, SessionState.Cancelled)
        || await MoveAsync(id, [SessionState.Queued, SessionState.Paused], SessionState.Cancelled, cancellationToken);

    /// <summary>A failed or cancelled session once more: from its checkpoint, where it has one.</summary>
    public async Task<bool> RetryAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Sessions.Where(s => s.Id == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.Crashes, 0), cancellationToken);
        return await MoveAsync(id, [SessionState.Failed, SessionState.Cancelled], SessionState.Queued, cancellationToken);
    }

    /// <summary>Adds iterations to a run that ended, or goes on.</summary>
    /// <exception cref="RecipeException">Not a number of iterations.</exception>
    public async Task<bool> ExtendAsync(Guid id, int iterations, CancellationToken cancellationToken)
    {
        if (iterations is < 1 or > 10_000)
        {
            throw new RecipeException($"A run is extended by 1 to 10000 iterations, not by {iterations}.");
        }

        if (await desk.AdjustAsync(id, new RecipeChange { Iteration = 0, ExtraIterations = iterations }))
        {
            return true;
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancellationToken) is not { CheckpointPath: not null } session)
        {
            return false;
        }

        Recipe recipe = RecipeJson.Read(session.RecipeJson);
        recipe = recipe with { Changes = recipe.Changes.Add(new RecipeChange { Iteration = session.Iteration, ExtraIterations = iterations }) };
        string json = RecipeJson.Write(recipe);
        await database.Sessions.Where(s => s.Id == id && s.State == SessionState.Completed)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.RecipeJson, json), cancellationToken);
        return await MoveAsync(id, [SessionState.Completed], SessionState.Queued, cancellationToken);
    }

    /// <summary>Changes weights while it runs; it holds within an iteration or two.</summary>
    public Task<bool> AdjustAsync(Guid id, RecipeChange change) => desk.AdjustAsync(id, change);

    /// <summary>Runs before everything else that waits.</summary>
    public async Task<bool> PlaceFirstAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        double first = await database.Sessions.Where(s => s.State == SessionState.Queued).MinAsync(s => (double?)s.QueuePosition, cancellationToken) ?? 0;
        return await database.Sessions.Where(s => s.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.QueuePosition, first - 1), cancellationToken) > 0;
    }

    /// <summary>Runs directly before another session that waits.</summary>
    public async Task<bool> PlaceBeforeAsync(Guid id, Guid other, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Sessions.Where(s => s.Id == other).Select(s => (double?)s.QueuePosition).FirstOrDefaultAsync(cancellationToken) is not { } at)
        {
            return false;
        }

        double before = await database.Sessions.Where(s => s.State == SessionState.Queued && s.QueuePosition < at && s.Id != id)
            .MaxAsync(s => (double?)s.QueuePosition, cancellationToken) ?? at - 2;
        return await database.Sessions.Where(s => s.Id == id && s.State == SessionState.Queued)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.QueuePosition, (before + at) / 2), cancellationToken) > 0;
    }

    /// <summary>What waits and runs, in order.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Sessions.AsNoTracking()
            .Where(s => s.DeletedUtc == null && (s.State == SessionState.Running || s.State == SessionState.Queued || s.State == SessionState.Paused))
            .OrderBy(s => s.State == SessionState.Running ? 0 : s.State == SessionState.Queued ? 1 : 2).ThenBy(s => s.QueuePosition)
            .ToListAsync(cancellationToken);
    }

    public async Task<bool> IsPausedAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Queue.AnyAsync(state => state.IsPaused, cancellationToken);
    }

    /// <summary>A paused queue finishes what runs and starts nothing more.</summary>
    public async Task SetPausedAsync(bool isPaused, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Queue.ExecuteUpdateAsync(set => set.SetProperty(state => state.IsPaused, isPaused), cancellationToken);
        signal.Wake();
    }

    private async Task<bool> MoveAsync(Guid id, SessionState[] from, SessionState to, CancellationToken cancellationToken)
    {
        DateTime? ended = to is SessionState.Cancelled ? time.GetUtcNow().UtcDateTime : null;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        int changed = await database.Sessions.Where(s => s.Id == id && from.Contains(s.State)).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.State, to).SetProperty(s => s.EndedUtc, ended).SetProperty(s => s.Error, (string?)null), cancellationToken);
        if (changed == 0)
        {
            return false;
        }

        if (await feeds.FindAsync(id, cancellationToken) is { } feed)
        {
            feed.Enter(to);
        }

        signal.Wake();
        return true;
    }
}
