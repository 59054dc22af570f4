using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>
/// Sessions that branch off others. Where a fork differs by what may change while a run goes on, it is exact: it has its parent's
/// recipe with the change at the iteration, and goes on from the nearest checkpoint. Otherwise it starts from the parent's picture there.
/// </summary>
public sealed class SessionForks
{
    private readonly IDbContextFactory<StudioDb> databases;
    private readonly SessionCatalog catalog;
    private readonly CheckpointShelf checkpoints;
    private readonly QueueSignal queue;

    internal SessionForks(IDbContextFactory<StudioDb> databases, SessionCatalog catalog, CheckpointShelf checkpoints, QueueSignal queue)
    {
        this.databases = databases;
        this.catalog = catalog;
        this.checkpoints = checkpoints;
        this.queue = queue;
    }

    /// <param name="at">The iteration of the parent at which the fork branches off; null to begin anew.</param>
    /// <param name="wanted">The recipe that is to hold from there; null for the parent's own.</param>
    /// <returns>The fork, queued; null where there is no such parent.</returns>
    /// <exception cref="StyleTransferException">A recipe that makes no sense, or an iteration that the parent has not reached.</exception>
    public async Task<Session?> ForkAsync(Guid parent, int? at, Recipe? wanted, string? title, CancellationToken cancellationToken)
    {
        if (await catalog.FindAsync(parent, cancellationToken) is not { } session)
        {
            return null;
        }

        Recipe original = RecipeJson.Read(session.RecipeJson);
        wanted ??= ForkRecipe.EffectiveAt(original, at ?? 0);
        if (at is not { } iteration)
        {
            return await catalog.CreateAsync(wanted with { Changes = [] }, title ?? session.Title, cancellationToken, parent);
        }

        return ForkRecipe.Exact(original, iteration, wanted) is { } exact
            ? await BranchAsync(session, iteration, exact, title, cancellationToken)
            : await FromPictureAsync(session, iteration, wanted, title, cancellationToken);
    }

    // The child's curves and frames begin with its parent's: it has come the same way.
    private async Task<Session> BranchAsync(Session parent, int iteration, Recipe recipe, string? title, CancellationToken cancellationToken)
    {
        Session child = await catalog.MakeAsync(recipe, title ?? parent.Title, cancellationToken, parent.Id, iteration);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        // A change at the very iteration of a checkpoint is in that checkpoint already, if it was made before it was written.
        bool isSettled = RecipeJson.Read(parent.RecipeJson).Changes.All(change => change.Iteration != iteration);
        if (await checkpoints.NearestAsync(parent.Id, isSettled ? iteration : iteration - 1, cancellationToken) is { } nearest)
        {
            RunCheckpoint copy = checkpoints.CopyTo(child.Id, nearest);
            database.Checkpoints.Add(copy);
            child.CheckpointPath = copy.Path;
            child.Iteration = copy.Iteration;
            List<IterationMessage> trace = await LiveFeeds.ReadTraceAsync(database, parent.Id, copy.Iteration, cancellationToken);
            if (trace.Count > 0)
            {
                database.TraceChunks.Add(RunRecords.Chunk(child.Id, trace));
            }

            List<Frame> frames = await database.Frames.AsNoTracking().Where(f => f.SessionId == parent.Id && f.Iteration <= copy.Iteration).ToListAsync(cancellationToken);
            database.Frames.AddRange(frames.Select(f => new Frame { SessionId = child.Id, Iteration = f.Iteration, ImageId = f.ImageId }));
            child.FrameImageId = frames.MaxBy(f => f.Iteration)?.ImageId;
        }

        database.Sessions.Add(child);
        await database.SaveChangesAsync(cancellationToken);
        queue.Wake();
        return child;
    }

    private async Task<Session> FromPictureAsync(Session parent, int iteration, Recipe wanted, string? title, CancellationToken cancellationToken)
    {
        IReadOnlyList<Frame> frames = await catalog.FramesAsync(parent.Id, cancellationToken);
        Frame frame = frames.LastOrDefault(f => f.Iteration <= iteration)
            ?? throw new RecipeException($"The session has no frame at iteration {iteration}; it has {(frames.Count == 0 ? "none yet" : $"{frames[0].Iteration} to {frames[^1].Iteration}")}.");
        // At its end the whole picture is there, not only a frame of it.
        string picture = parent.ResultImageId is { } result && iteration >= parent.Iteration ? result : frame.ImageId;
        Recipe recipe = wanted with { Changes = [], Initialization = new Initialization { Kind = InitializationKind.Image, Image = picture } };
        return await catalog.CreateAsync(recipe, title ?? parent.Title, cancellationToken, parent.Id, frame.Iteration);
    }
}
