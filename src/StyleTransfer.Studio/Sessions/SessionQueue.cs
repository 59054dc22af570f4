using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>What one may ask of sessions that wait or run. Each change of state is conditional: two askers cannot both win.</summary>
public sealed class SessionQueue
{
    private static readonly TimeSpan FailuresShown = TimeSpan.FromDays(7);

    private readonly IDbContextFactory<StudioDb> databases;
    private readonly RunDesks desks;
    private readonly Drafts drafts;
    private readonly SessionCatalog catalog;
    private readonly LiveFeeds feeds;
    private readonly QueueSignal signal;
    private readonly TimeProvider time;

    internal SessionQueue(
        IDbContextFactory<StudioDb> databases, RunDesks desks, Drafts drafts, SessionCatalog catalog, LiveFeeds feeds, QueueSignal signal, TimeProvider time)
    {
        this.databases = databases;
        this.desks = desks;
        this.drafts = drafts;
        this.catalog = catalog;
        this.feeds = feeds;
        this.signal = signal;
        this.time = time;
    }

    /// <summary>The devices that workers compute on; empty until the first has started.</summary>
    public IReadOnlyList<string> Devices => desks.Devices;

    public async Task<bool> PauseAsync(Guid id, CancellationToken cancellationToken) =>
        await desks.StopAsync(id, SessionState.Paused)
        || await MoveAsync(id, [SessionState.Queued], SessionState.Paused, cancellationToken);

    /// <summary>Stops it if it runs, with a checkpoint, to wait again: others go first, or it was deleted and may come back.</summary>
    public Task<bool> YieldAsync(Guid id) => desks.StopAsync(id, SessionState.Queued);

    /// <summary>Goes on where it was, before everything else that waits.</summary>
    public async Task<bool> ResumeAsync(Guid id, CancellationToken cancellationToken)
    {
        await PlaceFirstAsync(id, cancellationToken);
        return await MoveAsync(id, [SessionState.Paused], SessionState.Queued, cancellationToken);
    }

    public async Task<bool> CancelAsync(Guid id, CancellationToken cancellationToken) =>
        await desks.StopAsync(id, SessionState.Cancelled)
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

        if (await desks.AdjustAsync(id, new RecipeChange { Iteration = 0, ExtraIterations = iterations }))
        {
            return true;
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancellationToken) is not { State: SessionState.Completed } session)
        {
            return false;
        }

        if (session.CheckpointPath is null || !File.Exists(session.CheckpointPath))
        {
            throw new RunException("The last state of this run is not kept any more. Fork the session instead: it runs again, with as many iterations as you like.");
        }

        Recipe recipe = RecipeJson.Read(session.RecipeJson);
        recipe = recipe with { Changes = recipe.Changes.Add(new RecipeChange { Iteration = session.Iteration, ExtraIterations = iterations }) };
        string json = RecipeJson.Write(recipe);
        int total = ScalePlan.TotalIterations(recipe);
        // The recipe is the condition: of two who extend at once, one does.
        int changed = await database.Sessions.Where(s => s.Id == id && s.State == SessionState.Completed && s.RecipeJson == session.RecipeJson).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.RecipeJson, json).SetProperty(s => s.TotalIterations, total).SetProperty(s => s.State, SessionState.Queued).SetProperty(s => s.EndedUtc, (DateTime?)null),
            cancellationToken);
        await TellAsync(changed, id, SessionState.Queued, cancellationToken);
        return changed > 0;
    }

    /// <summary>Gives a session that waits, and has not begun, another recipe. A title made of its former pictures' names is made anew.</summary>
    /// <param name="title">What the new pictures make of it; null for their names in the gallery.</param>
    /// <returns>False where it runs meanwhile, or began once.</returns>
    /// <exception cref="StyleTransferException">A recipe that makes no sense, or names what is not there.</exception>
    public async Task<bool> EditAsync(Guid id, Recipe recipe, CancellationToken cancellationToken, string? title = null)
    {
        Session edited = await catalog.MakeAsync(recipe, title, cancellationToken);
        string generated = edited.Title;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        while (await catalog.FindAsync(id, cancellationToken) is { StartedUtc: null, State: SessionState.Queued or SessionState.Paused } session)
        {
            edited.Title = await catalog.RenamedAsync(session, recipe, generated, cancellationToken);
            (edited.Tags, edited.Notes) = (session.Tags, session.Notes);
            if (await ReplaceAsync(database, session, edited, cancellationToken))
            {
                feeds.Forget(id);
                return true;
            }
        }

        return false;
    }

    // By one statement: whoever claims it at this moment finds the old recipe or the new one, never half of each. Not where somebody gave it
    // other words meanwhile, which the search is to find.
    private static async Task<bool> ReplaceAsync(StudioDb database, Session former, Session edited, CancellationToken cancellationToken)
    {
        string words = SessionCatalog.SearchTextOf(edited);
        IQueryable<Session> same = database.Sessions.Where(s => s.Id == former.Id && (s.State == SessionState.Queued || s.State == SessionState.Paused)
            && s.StartedUtc == null && s.Title == former.Title && s.Tags == former.Tags && s.Notes == former.Notes);
        return await same.ExecuteUpdateAsync(
            set => set.SetProperty(s => s.RecipeJson, edited.RecipeJson)
                .SetProperty(s => s.Preset, edited.Preset)
                .SetProperty(s => s.Encoder, edited.Encoder)
                .SetProperty(s => s.Size, edited.Size)
                .SetProperty(s => s.ContentImageId, edited.ContentImageId)
                .SetProperty(s => s.StyleImageId, edited.StyleImageId)
                .SetProperty(s => s.TotalIterations, edited.TotalIterations)
                .SetProperty(s => s.Title, edited.Title)
                .SetProperty(s => s.SearchText, words),
            cancellationToken) > 0;
    }

    /// <summary>Changes weights, the step size or the whole objective while it runs; it holds within an iteration or two.</summary>
    /// <exception cref="RecipeException">A change that makes no sense: better refused here than by the run, which would fail.</exception>
    public async Task<bool> AdjustAsync(Guid id, RecipeChange change)
    {
        if (await catalog.FindAsync(id, CancellationToken.None) is not { } session)
        {
            return false;
        }

        Recipe recipe = RecipeJson.Read(session.RecipeJson);
        RecipeValidation.Check(recipe with { Changes = recipe.Changes.Add(change) });
        return await desks.AdjustAsync(id, change);
    }

    /// <summary>Runs before everything else that waits, also before what is stopped to let it pass.</summary>
    public async Task<bool> PlaceFirstAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        double first = await database.Sessions.Where(s => (s.State == SessionState.Queued || s.State == SessionState.Running) && s.Id != id)
            .MinAsync(s => (double?)s.QueuePosition, cancellationToken) ?? 0;
        return await database.Sessions.Where(s => s.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.QueuePosition, first - 1), cancellationToken) > 0;
    }

    /// <summary>Runs directly before another session that waits, or after all of them.</summary>
    public async Task<bool> PlaceBeforeAsync(Guid id, Guid? other, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // Written first, so that nobody else reorders meanwhile.
        if (await database.Sessions.Where(s => s.Id == id && s.State == SessionState.Queued).ExecuteUpdateAsync(set => set.SetProperty(s => s.Crashes, s => s.Crashes), cancellationToken) == 0)
        {
            return false;
        }

        List<Guid> order = await database.Sessions.Where(s => s.State == SessionState.Queued && s.DeletedUtc == null && s.Id != id)
            .OrderBy(s => s.QueuePosition).ThenBy(s => s.Id).Select(s => s.Id).ToListAsync(cancellationToken);
        int at = other is { } before ? order.IndexOf(before) : order.Count;
        if (at < 0)
        {
            return false;
        }

        order.Insert(at, id);
        double last = (time.GetUtcNow().UtcDateTime - DateTime.UnixEpoch).TotalMilliseconds;
        for (int i = 0; i < order.Count; i++)
        {
            Guid placed = order[i];
            double position = last - order.Count + i;
            await database.Sessions.Where(s => s.Id == placed).ExecuteUpdateAsync(set => set.SetProperty(s => s.QueuePosition, position), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Runs now: what runs stops where it is, lets this one pass and goes on after it. In a paused queue nothing that waits would begin, so
    /// there nothing is stopped either, and this one is the first when the queue goes on.
    /// </summary>
    public async Task<bool> LetPassAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await PlaceFirstAsync(id, cancellationToken))
        {
            return false;
        }

        await MoveAsync(id, [SessionState.Paused], SessionState.Queued, cancellationToken);
        if (!await IsPausedAsync(cancellationToken))
        {
            await MakeRoomAsync();
        }

        return true;
    }

    /// <summary>Drafts wait for sessions, at every desk.</summary>
    public bool HoldsDrafts => desks.All is { Count: > 0 } all && all.All(desk => desk.CurrentSession is not null);

    /// <summary>What runs at one of the desks stops where it is, lets the drafts pass and goes on after them.</summary>
    /// <returns>False where no session holds them, any more.</returns>
    public Task<bool> LetDraftsPassAsync() => desks.AnyAsync(desk => desk.LetDraftsPassAsync());

    /// <summary>A small picture of a recipe, in seconds; see <see cref="Drafts"/>.</summary>
    /// <param name="asker">Whose former draft it replaces.</param>
    /// <returns>Its feed is found by this.</returns>
    /// <exception cref="StyleTransferException">A recipe that makes no sense, or an encoder that is not there.</exception>
    public async Task<Guid> DraftAsync(Guid asker, Recipe recipe)
    {
        (Guid draft, Guid? outdated) = drafts.Ask(asker, recipe);
        if (outdated is { } former)
        {
            await desks.StopAsync(former, SessionState.Cancelled);
        }

        signal.Wake();
        return draft;
    }

    public async Task WithdrawDraftAsync(Guid asker)
    {
        if (drafts.Withdraw(asker) is { } running)
        {
            await desks.StopAsync(running, SessionState.Cancelled);
        }
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

    /// <summary>What failed lately, newest first, with its reason: it waits for somebody to decide.</summary>
    public async Task<IReadOnlyList<Session>> ListFailedAsync(CancellationToken cancellationToken)
    {
        DateTime since = time.GetUtcNow().UtcDateTime - FailuresShown;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Sessions.AsNoTracking()
            .Where(s => s.DeletedUtc == null && s.State == SessionState.Failed && s.EndedUtc > since)
            .OrderByDescending(s => s.EndedUtc).Take(20)
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

    // A desk that is idle takes what comes first by itself; one with a draft has room in seconds.
    private async Task MakeRoomAsync()
    {
        if (HoldsDrafts)
        {
            await desks.AnyAsync(desk => desk.CurrentSession is { } running ? desk.StopAsync(running, SessionState.Queued) : Task.FromResult(false));
        }
    }

    private async Task<bool> MoveAsync(Guid id, SessionState[] from, SessionState to, CancellationToken cancellationToken)
    {
        DateTime? ended = to is SessionState.Cancelled ? time.GetUtcNow().UtcDateTime : null;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        int changed = await database.Sessions.Where(s => s.Id == id && from.Contains(s.State)).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.State, to).SetProperty(s => s.EndedUtc, ended).SetProperty(s => s.Error, (string?)null), cancellationToken);
        await TellAsync(changed, id, to, cancellationToken);
        return changed > 0;
    }

    private async Task TellAsync(int changed, Guid id, SessionState state, CancellationToken cancellationToken)
    {
        if (changed == 0)
        {
            return;
        }

        if (await feeds.FindAsync(id, cancellationToken) is { } feed)
        {
            feed.Enter(state);
        }

        signal.Wake();
    }
}
