using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>What workers report of sessions, written down: the database knows first, feeds are told after.</summary>
internal sealed class RunRecords(
    IDbContextFactory<StudioDb> databases,
    LiveFeeds feeds,
    StudioStorage storage,
    EncoderCatalog encoders,
    CheckpointShelf checkpoints,
    QueueSignal queue,
    RunSpeed speed,
    Thumbnails thumbnails,
    TimeProvider time)
{
    private const int IterationsAChunk = 25;

    private readonly ConcurrentDictionary<Guid, List<IterationMessage>> unsaved = new();

    /// <summary>Takes the next session of the queue; null where none waits, or the queue is paused.</summary>
    /// <param name="claiming">Told of the session before it is claimed, so that a wish to stop it finds who will run it.</param>
    /// <param name="interrupted">What ran already and let something pass: a paused queue does not keep it.</param>
    public async Task<Session?> ClaimNextAsync(Action<Guid> claiming, CancellationToken cancellationToken, Guid? interrupted = null)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        while (await database.Sessions.AsNoTracking()
                .Where(s => s.State == SessionState.Queued && s.DeletedUtc == null && (s.Id == interrupted || !database.Queue.Any(state => state.IsPaused)))
                .OrderBy(s => s.QueuePosition).FirstOrDefaultAsync(cancellationToken) is { } next)
        {
            claiming(next.Id);
            DateTime now = time.GetUtcNow().UtcDateTime;
            int claimed = await database.Sessions.Where(s => s.Id == next.Id && s.State == SessionState.Queued && s.RecipeJson == next.RecipeJson).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.State, SessionState.Running).SetProperty(s => s.StartedUtc, s => s.StartedUtc ?? now).SetProperty(s => s.Error, (string?)null),
                cancellationToken);
            if (claimed > 0)
            {
                return next;
            }
        }

        return null;
    }

    /// <summary>Brings the records to where the run goes on, and says what the worker is to do.</summary>
    /// <exception cref="StyleTransferException">A recipe or an encoder that is not there any more.</exception>
    public async Task<RunCommand> PrepareAsync(Session session, CancellationToken cancellationToken)
    {
        Recipe recipe = RecipeJson.Read(session.RecipeJson);
        EncoderInfo encoder = encoders.Resolve(recipe.Encoder.Name, recipe.Encoder.Sha256);
        string? checkpoint = session.CheckpointPath is { } path && File.Exists(path) ? path : null;
        int done = checkpoint is null ? 0 : CheckpointName.IterationOf(checkpoint);
        unsaved.TryRemove(session.Id, out _);
        List<IterationMessage> former = await RewindAsync(session.Id, done, cancellationToken);
        SessionFeed feed = await feeds.FindAsync(session.Id, cancellationToken) ?? throw new RunException("The session was deleted before it could start.");
        feed.Begin(SessionState.Running, former, ScalePlan.TotalIterations(recipe), recipe.Changes.Length);
        return new RunCommand(session.Id, session.RecipeJson, storage.StoreRoot, encoder.IsEmbedded ? null : encoder.Path, checkpoint, storage.Checkpoints);
    }

    public async Task ProgressAsync(ProgressBatch batch, CancellationToken cancellationToken)
    {
        if (await feeds.FindAsync(batch.Session, cancellationToken) is not { } feed)
        {
            return;
        }

        feed.Append(batch.Iterations, batch.TotalIterations);
        List<IterationMessage> waiting = unsaved.GetOrAdd(batch.Session, _ => []);
        bool isDue;
        lock (waiting)
        {
            waiting.AddRange(batch.Iterations);
            isDue = waiting.Count >= IterationsAChunk;
        }

        if (isDue)
        {
            await SaveTraceAsync(batch.Session, batch.TotalIterations, cancellationToken);
        }
    }

    public async Task PreviewAsync(PreviewReport preview, CancellationToken cancellationToken)
    {
        if (await feeds.FindAsync(preview.Session, cancellationToken) is { } feed)
        {
            feed.Show(new PreviewVersion(preview.Iteration, preview.Width, preview.Height), preview.Jpeg);
        }
    }

    public async Task FramesAsync(FramesReport report, CancellationToken cancellationToken)
    {
        int first = report.Frames[0].Iteration;
        string[] images = [.. report.Frames.Select(frame => frame.Image)];
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // Equal pictures are one in the store, and one row.
        HashSet<string> known = await database.Images.Where(image => images.Contains(image.Id)).Select(image => image.Id).ToHashSetAsync(cancellationToken);
        DateTime now = time.GetUtcNow().UtcDateTime;
        foreach (FrameReport frame in report.Frames)
        {
            if (known.Add(frame.Image))
            {
                database.Images.Add(new StoredImage
                {
                    Id = frame.Image,
                    Width = frame.Width,
                    Height = frame.Height,
                    MediaType = Images.ImageLibrary.MediaType(ImageFormat.Jpeg),
                    CreatedUtc = now,
                });
            }

            database.Frames.Add(new Frame { SessionId = report.Session, Iteration = frame.Iteration, ImageId = frame.Image });
        }

        await database.Frames.Where(frame => frame.SessionId == report.Session && frame.Iteration >= first).ExecuteDeleteAsync(cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await database.Sessions.Where(session => session.Id == report.Session)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.FrameImageId, images[^1]), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task CheckpointAsync(CheckpointReport checkpoint, CancellationToken cancellationToken)
    {
        await SaveTraceAsync(checkpoint.Session, null, cancellationToken);
        await checkpoints.AddAsync(checkpoint.Session, checkpoint.Path, cancellationToken);
    }

    /// <summary>A change has taken effect: from now on the session's recipe has it, whatever becomes of the worker.</summary>
    public async Task RecipeAsync(RecipeReport report, CancellationToken cancellationToken)
    {
        await using (StudioDb database = await databases.CreateDbContextAsync(cancellationToken))
        {
            await database.Sessions.Where(s => s.Id == report.Session).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.RecipeJson, report.RecipeJson).SetProperty(s => s.TotalIterations, report.TotalIterations), cancellationToken);
        }

        if (await feeds.FindAsync(report.Session, cancellationToken) is { } feed)
        {
            feed.Change(RecipeJson.Read(report.RecipeJson).Changes.Length, report.TotalIterations);
        }
    }

    /// <summary>Keeps what a run left: its result, its last checkpoint, its recipe with the changes made meanwhile.</summary>
    public async Task KeepAsync(RunEnded ended)
    {
        await SaveTraceAsync(ended.Session, null, CancellationToken.None);
        await using (StudioDb database = await databases.CreateDbContextAsync(CancellationToken.None))
        {
            if (await database.Sessions.FindAsync(ended.Session) is { } session)
            {
                session.RecipeJson = ended.RecipeJson ?? session.RecipeJson;
                session.Iteration = Math.Max(session.Iteration, ended.Iterations);
                if (ended.Result is not null)
                {
                    await EnsureImageAsync(database, ended.Result, CancellationToken.None);
                    session.ResultImageId = ended.Result;
                }

                if (ended.DistanceMap is not null)
                {
                    await EnsureImageAsync(database, ended.DistanceMap, CancellationToken.None);
                    session.DistanceMapId = ended.DistanceMap;
                }

                await database.SaveChangesAsync();
            }
        }

        if (ended.Result is not null)
        {
            _ = thumbnails.PrepareAsync(ended.Result);
        }

        if (ended.CheckpointPath is not null)
        {
            await checkpoints.AddAsync(ended.Session, ended.CheckpointPath, CancellationToken.None);
        }

        if (ended.End == RunEnd.Completed && ended.RecipeJson is not null && await feeds.FindAsync(ended.Session, CancellationToken.None) is { } done)
        {
            speed.Learn(RecipeJson.Read(ended.RecipeJson).Encoder.Name, done.Trace);
        }
    }

    /// <summary>Counts a crash, and says how many there were.</summary>
    public async Task<int> CountCrashAsync(Guid session)
    {
        await SaveTraceAsync(session, null, CancellationToken.None);
        await using StudioDb database = await databases.CreateDbContextAsync(CancellationToken.None);
        await database.Sessions.Where(s => s.Id == session).ExecuteUpdateAsync(set => set.SetProperty(s => s.Crashes, s => s.Crashes + 1));
        return await database.Sessions.Where(s => s.Id == session).Select(s => s.Crashes).FirstOrDefaultAsync();
    }

    /// <summary>The row first, then its event.</summary>
    public async Task EnterAsync(Guid id, SessionState state, string? error)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        bool hasEnded = state is SessionState.Completed or SessionState.Failed or SessionState.Cancelled;
        await using (StudioDb database = await databases.CreateDbContextAsync(CancellationToken.None))
        {
            await database.Sessions.Where(s => s.Id == id).ExecuteUpdateAsync(set => set
                .SetProperty(s => s.State, state)
                .SetProperty(s => s.Error, error)
                .SetProperty(s => s.EndedUtc, s => hasEnded ? now : s.EndedUtc));
        }

        unsaved.TryRemove(id, out _);
        if (await feeds.FindAsync(id, CancellationToken.None) is { } feed)
        {
            feed.Enter(state, error);
        }

        queue.Wake();
    }

    /// <summary>The studio was killed while these ran: they wait at the front, with their checkpoints.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await checkpoints.SweepAsync(cancellationToken);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Sessions.Where(s => s.State == SessionState.Running)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.State, SessionState.Queued), cancellationToken);
    }

    // What was reported after the checkpoint will be done, and reported, again.
    private async Task<List<IterationMessage>> RewindAsync(Guid session, int done, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Frames.Where(f => f.SessionId == session && f.Iteration > done).ExecuteDeleteAsync(cancellationToken);
        List<IterationMessage> former = await LiveFeeds.ReadTraceAsync(database, session, done, cancellationToken);
        await database.TraceChunks.Where(chunk => chunk.SessionId == session && chunk.LastIteration > done).ExecuteDeleteAsync(cancellationToken);
        HashSet<int> kept = [.. (await LiveFeeds.ReadTraceAsync(database, session, done, cancellationToken)).Select(i => i.Iteration)];
        List<IterationMessage> cut = [.. former.Where(i => !kept.Contains(i.Iteration))];
        if (cut.Count > 0)
        {
            database.TraceChunks.Add(Chunk(session, cut));
            await database.SaveChangesAsync(cancellationToken);
        }

        return former;
    }

    private async Task SaveTraceAsync(Guid session, int? total, CancellationToken cancellationToken)
    {
        if (!unsaved.TryGetValue(session, out List<IterationMessage>? waiting))
        {
            return;
        }

        List<IterationMessage> fresh;
        lock (waiting)
        {
            fresh = [.. waiting];
            waiting.Clear();
        }

        if (fresh.Count == 0)
        {
            return;
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        database.TraceChunks.Add(Chunk(session, fresh));
        await database.SaveChangesAsync(cancellationToken);
        IterationMessage last = fresh[^1];
        await database.Sessions.Where(s => s.Id == session).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.Iteration, last.Iteration)
                .SetProperty(s => s.Loss, last.Total)
                .SetProperty(s => s.Seconds, last.Seconds)
                .SetProperty(s => s.TotalIterations, s => total ?? s.TotalIterations),
            cancellationToken);
    }

    private async Task EnsureImageAsync(StudioDb database, string id, CancellationToken cancellationToken)
    {
        if (await database.Images.AnyAsync(image => image.Id == id, cancellationToken))
        {
            return;
        }

        ImageHeader header = ImageReader.Inspect(storage.Store.Read(id), ImageLimits.None);
        database.Images.Add(new StoredImage
        {
            Id = id,
            Width = header.Width,
            Height = header.Height,
            MediaType = Images.ImageLibrary.MediaType(header.Format),
            CreatedUtc = time.GetUtcNow().UtcDateTime,
        });
        await database.SaveChangesAsync(cancellationToken);
    }

    internal static TraceChunk Chunk(Guid session, List<IterationMessage> iterations) => new()
    {
        SessionId = session,
        FirstIteration = iterations[0].Iteration,
        LastIteration = iterations[^1].Iteration,
        Json = JsonSerializer.Serialize(iterations),
    };
}
