using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>
/// Between the queue and the worker: what runs now, and what becomes of its reports. The database knows first; feeds are told after.
/// </summary>
internal sealed partial class RunDesk(
    IDbContextFactory<StudioDb> databases,
    IHubContext<WorkerHub, IWorkerCommands> hub,
    LiveFeeds feeds,
    StudioStorage storage,
    EncoderCatalog encoders,
    QueueSignal queue,
    RunSpeed speed,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    ILogger<RunDesk> log)
{
    private readonly Lock gate = new();
    private readonly List<IterationMessage> unsaved = [];
    private string? connection;
    private Guid? current;
    private SessionState intent;

    /// <summary>A worker waits for work.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
            {
                return connection is not null && current is null;
            }
        }
    }

    public Guid? Current
    {
        get
        {
            lock (gate)
            {
                return current;
            }
        }
    }

    public string? Device { get; private set; }

    public void WorkerReady(string connectionId, WorkerReady ready)
    {
        lock (gate)
        {
            connection = connectionId;
        }

        Device = ready.Device;
        if (ready is { Encoder: { } encoder, SecondsPerMegapixel: { } measured })
        {
            speed.Learn(encoder, measured);
        }

        queue.Wake();
    }

    public void WorkerLeft(string connectionId)
    {
        lock (gate)
        {
            if (connection == connectionId)
            {
                connection = null;
            }
        }
    }

    /// <summary>Takes the next session of the queue, if there is one, and gives it to the worker.</summary>
    public async Task<bool> StartNextAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Queue.AnyAsync(state => state.IsPaused, cancellationToken)
            || await database.Sessions.Where(s => s.State == SessionState.Queued && s.DeletedUtc == null)
                .OrderBy(s => s.QueuePosition).FirstOrDefaultAsync(cancellationToken) is not { } next)
        {
            return false;
        }

        // The claim clears what an earlier run was asked: an old wish to stop must not meet the new run.
        lock (gate)
        {
            current = next.Id;
            intent = SessionState.Completed;
            unsaved.Clear();
        }

        DateTime now = time.GetUtcNow().UtcDateTime;
        int claimed = await database.Sessions.Where(s => s.Id == next.Id && s.State == SessionState.Queued).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.State, SessionState.Running).SetProperty(s => s.StartedUtc, s => s.StartedUtc ?? now).SetProperty(s => s.Error, (string?)null),
            cancellationToken);
        if (claimed == 0)
        {
            Release();
            return true;
        }

        try
        {
            await GiveAsync(database, next, cancellationToken);
        }
        catch (StyleTransferException e)
        {
            await EndAsync(next.Id, SessionState.Failed, e.Message);
        }

        return true;
    }

    /// <summary>Asks the running session to stop; it becomes <paramref name="wanted"/> once it has.</summary>
    /// <returns>False where another session, or none, is running.</returns>
    public async Task<bool> StopAsync(Guid session, SessionState wanted)
    {
        string? to;
        lock (gate)
        {
            if (current != session)
            {
                return false;
            }

            intent = wanted;
            to = connection;
        }

        if (to is not null)
        {
            await hub.Clients.Client(to).Stop(session);
        }

        return true;
    }

    public async Task<bool> AdjustAsync(Guid session, RecipeChange change)
    {
        string? to;
        lock (gate)
        {
            to = current == session ? connection : null;
        }

        if (to is null)
        {
            return false;
        }

        await hub.Clients.Client(to).Adjust(session, JsonSerializer.Serialize(change, RecipeJson.Options));
        return true;
    }

    public async Task ProgressAsync(ProgressBatch batch, CancellationToken cancellationToken)
    {
        if (Current != batch.Session || await feeds.FindAsync(batch.Session, cancellationToken) is not { } feed)
        {
            return;
        }

        feed.Append(batch.Iterations, batch.TotalIterations);
        bool isDue;
        lock (gate)
        {
            unsaved.AddRange(batch.Iterations);
            isDue = unsaved.Count >= 25;
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

    public async Task FrameAsync(FrameReport frame, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await EnsureImageAsync(database, frame.Image, cancellationToken);
        await database.Frames.Where(f => f.SessionId == frame.Session && f.Iteration >= frame.Iteration).ExecuteDeleteAsync(cancellationToken);
        database.Frames.Add(new Frame { SessionId = frame.Session, Iteration = frame.Iteration, ImageId = frame.Image });
        await database.SaveChangesAsync(cancellationToken);
        await database.Sessions.Where(s => s.Id == frame.Session)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.FrameImageId, frame.Image), cancellationToken);
    }

    public async Task CheckpointAsync(CheckpointReport checkpoint, CancellationToken cancellationToken)
    {
        await SaveTraceAsync(checkpoint.Session, null, cancellationToken);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        string? former = await database.Sessions.Where(s => s.Id == checkpoint.Session).Select(s => s.CheckpointPath).FirstOrDefaultAsync(cancellationToken);
        await database.Sessions.Where(s => s.Id == checkpoint.Session)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.CheckpointPath, checkpoint.Path), cancellationToken);
        if (former is not null && former != checkpoint.Path)
        {
            File.Delete(former);
        }
    }

    public async Task EndedAsync(RunEnded ended)
    {
        if (Current != ended.Session)
        {
            return;
        }

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

                if (ended.CheckpointPath is not null && ended.CheckpointPath != session.CheckpointPath)
                {
                    string? former = session.CheckpointPath;
                    session.CheckpointPath = ended.CheckpointPath;
                    if (former is not null)
                    {
                        File.Delete(former);
                    }
                }

                await database.SaveChangesAsync();
            }
        }

        if (ended.End == RunEnd.Completed
            && await feeds.FindAsync(ended.Session, CancellationToken.None) is { } done
            && ended.RecipeJson is not null)
        {
            speed.Learn(RecipeJson.Read(ended.RecipeJson).Encoder.Name, done.Trace);
        }

        SessionState state = ended.End switch
        {
            RunEnd.Completed => SessionState.Completed,
            RunEnd.Failed => SessionState.Failed,
            // Stopped without anybody asking: the worker was told to leave, and the session goes on with the next one.
            _ => intent is SessionState.Completed ? SessionState.Queued : intent,
        };
        await EndAsync(ended.Session, state, ended.Error);
    }

    /// <summary>The worker is gone without a word: its session goes on from its checkpoint, or is set aside after too many crashes.</summary>
    public async Task WorkerDiedAsync(bool isShutdown)
    {
        Guid? session = Current;
        lock (gate)
        {
            connection = null;
        }

        if (session is not { } id)
        {
            return;
        }

        if (isShutdown)
        {
            await EndAsync(id, SessionState.Queued, null);
            return;
        }

        await using StudioDb database = await databases.CreateDbContextAsync(CancellationToken.None);
        await database.Sessions.Where(s => s.Id == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.Crashes, s => s.Crashes + 1));
        int crashes = await database.Sessions.Where(s => s.Id == id).Select(s => s.Crashes).FirstOrDefaultAsync();
        Crashed(log, id, crashes);
        if (intent is SessionState.Cancelled or SessionState.Paused)
        {
            await EndAsync(id, intent, null);
        }
        else if (crashes >= options.Value.MaxCrashes)
        {
            await EndAsync(id, SessionState.Failed, $"The worker ended unexpectedly {crashes} times while running this session, so it was set aside. Try a smaller size, or another encoder; retry starts it again.");
        }
        else
        {
            await EndAsync(id, SessionState.Queued, null);
        }
    }

    private async Task GiveAsync(StudioDb database, Session session, CancellationToken cancellationToken)
    {
        Recipe recipe = RecipeJson.Read(session.RecipeJson);
        EncoderInfo encoder = encoders.Resolve(recipe.Encoder.Name, recipe.Encoder.Sha256);
        string? checkpoint = session.CheckpointPath is { } path && File.Exists(path) ? path : null;
        int done = checkpoint is null ? 0 : CheckpointName.IterationOf(checkpoint);
        // What was reported after the checkpoint will be done, and reported, again.
        await database.Frames.Where(f => f.SessionId == session.Id && f.Iteration > done).ExecuteDeleteAsync(cancellationToken);
        List<IterationMessage> former = await LiveFeeds.ReadTraceAsync(database, session.Id, done, cancellationToken);
        await database.TraceChunks.Where(chunk => chunk.SessionId == session.Id && chunk.LastIteration > done).ExecuteDeleteAsync(cancellationToken);
        HashSet<int> kept = [.. (await LiveFeeds.ReadTraceAsync(database, session.Id, done, cancellationToken)).Select(i => i.Iteration)];
        List<IterationMessage> cut = [.. former.Where(i => !kept.Contains(i.Iteration))];
        if (cut.Count > 0)
        {
            database.TraceChunks.Add(Chunk(session.Id, cut));
            await database.SaveChangesAsync(cancellationToken);
        }

        SessionFeed feed = await feeds.FindAsync(session.Id, cancellationToken) ?? throw new RunException("The session was deleted before it could start.");
        feed.Begin(SessionState.Running, former, ScalePlan.TotalIterations(recipe));
        string? to;
        lock (gate)
        {
            to = connection;
        }

        if (to is null)
        {
            await EndAsync(session.Id, SessionState.Queued, null);
            return;
        }

        await hub.Clients.Client(to).Run(new RunCommand(session.Id, session.RecipeJson, storage.StoreRoot, encoder.IsEmbedded ? null : encoder.Path, checkpoint, storage.Checkpoints));
    }

    // Terminal row first, then its event.
    private async Task EndAsync(Guid id, SessionState state, string? error)
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

        Release();
        if (await feeds.FindAsync(id, CancellationToken.None) is { } feed)
        {
            feed.Enter(state, error);
        }

        queue.Wake();
    }

    private void Release()
    {
        lock (gate)
        {
            current = null;
        }
    }

    private async Task SaveTraceAsync(Guid session, int? total, CancellationToken cancellationToken)
    {
        List<IterationMessage> fresh;
        lock (gate)
        {
            if (current != session || unsaved.Count == 0)
            {
                return;
            }

            fresh = [.. unsaved];
            unsaved.Clear();
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

        ImageHeader header = ImageReader.Inspect(storage.Store.Read(id), new ImageLimits { MaxBytes = long.MaxValue, MaxPixels = long.MaxValue });
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

    private static TraceChunk Chunk(Guid session, List<IterationMessage> iterations) => new()
    {
        SessionId = session,
        FirstIteration = iterations[0].Iteration,
        LastIteration = iterations[^1].Iteration,
        Json = JsonSerializer.Serialize(iterations),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The worker ended unexpectedly during session {Session}, for the {Crashes}. time")]
    private static partial void Crashed(ILogger log, Guid session, int crashes);
}
