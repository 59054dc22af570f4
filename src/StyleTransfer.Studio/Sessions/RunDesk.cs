using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using StyleTransfer.Core;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sessions;

/// <summary>One worker and what it runs now. It hands out work and listens; what is reported is written down elsewhere.</summary>
internal sealed partial class RunDesk(
    WorkerProcess worker, IHubContext<WorkerHub, IWorkerCommands> hub, RunRecords records, Drafts drafts, QueueSignal queue, int maxCrashes, ILogger log)
{
    private readonly Lock gate = new();
    private string? connection;
    private Guid? current;
    private Guid? interrupted;
    private SessionState intent;

    public WorkerProcess Worker => worker;

    /// <summary>The device that the worker computes on; null until it has said so.</summary>
    public string? Device { get; private set; }

    /// <summary>The worker waits for work.</summary>
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

    /// <summary>The session that runs here: drafts are over in seconds, and nobody need wait for one.</summary>
    public Guid? CurrentSession => Current is { } running && !drafts.IsRunning(running) ? running : null;

    public void WorkerReady(string connectionId, WorkerReady ready)
    {
        lock (gate)
        {
            connection = connectionId;
        }

        Device = ready.Device;
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

    /// <summary>Gives the worker a draft, or else the next session of the queue.</summary>
    /// <returns>False where there is nothing to do.</returns>
    public async Task<bool> StartNextAsync(CancellationToken cancellationToken)
    {
        if (drafts.TryTake(Begin, out RunCommand? draft))
        {
            await SendAsync(draft);
            return true;
        }

        if (await records.ClaimNextAsync(Begin, cancellationToken, TakeInterrupted()) is not { } next)
        {
            Release();
            return false;
        }

        try
        {
            await SendAsync(await records.PrepareAsync(next, cancellationToken));
        }
        catch (StyleTransferException e)
        {
            await EnterAsync(next.Id, SessionState.Failed, e.Message);
        }

        return true;
    }

    /// <summary>Asks the running session to stop; it becomes <paramref name="wanted"/> once it has.</summary>
    /// <returns>False where another session, or none, is running here.</returns>
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

    /// <summary>What runs stops where it is, lets the drafts pass and goes on, also while the queue is paused.</summary>
    /// <returns>False where no session is running here.</returns>
    public async Task<bool> LetDraftsPassAsync()
    {
        if (CurrentSession is not { } running)
        {
            return false;
        }

        // Before it is asked to stop: it may have stopped before the answer is here.
        lock (gate)
        {
            interrupted = running;
        }

        return await StopAsync(running, SessionState.Queued);
    }

    /// <returns>False where another session, or none, is running here.</returns>
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
        if (Current != batch.Session)
        {
            return;
        }

        if (!drafts.Progress(batch))
        {
            await records.ProgressAsync(batch, cancellationToken);
        }
    }

    public async Task EndedAsync(RunEnded ended)
    {
        if (Current != ended.Session)
        {
            return;
        }

        if (drafts.End(ended.Session, ended.End == RunEnd.Completed, ended.Error))
        {
            Release();
            queue.Wake();
            return;
        }

        await records.KeepAsync(ended);
        SessionState state = ended.End switch
        {
            RunEnd.Completed => SessionState.Completed,
            RunEnd.Failed => SessionState.Failed,
            // Stopped without anybody asking: the worker was told to leave, and the session goes on with the next one.
            _ => intent is SessionState.Completed ? SessionState.Queued : intent,
        };
        await EnterAsync(ended.Session, state, ended.Error);
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

        if (drafts.End(id, completed: false, RunFaults.DraftCrashed))
        {
            Release();
            return;
        }

        if (isShutdown)
        {
            await EnterAsync(id, SessionState.Queued, null);
            return;
        }

        int crashes = await records.CountCrashAsync(id);
        Crashed(log, id, crashes);
        if (intent is SessionState.Cancelled or SessionState.Paused)
        {
            await EnterAsync(id, intent, null);
        }
        else if (crashes >= maxCrashes)
        {
            await EnterAsync(id, SessionState.Failed, RunFaults.SetAside(crashes));
        }
        else
        {
            await EnterAsync(id, SessionState.Queued, null);
        }
    }

    // The claim clears what an earlier run was asked: an old wish to stop must not meet the new run.
    private void Begin(Guid session)
    {
        lock (gate)
        {
            current = session;
            intent = SessionState.Completed;
        }
    }

    private Guid? TakeInterrupted()
    {
        lock (gate)
        {
            Guid? taken = interrupted;
            interrupted = null;
            return taken;
        }
    }

    private void Release()
    {
        lock (gate)
        {
            current = null;
        }
    }

    private async Task EnterAsync(Guid session, SessionState state, string? error)
    {
        // The desk is free before the row says so: who reads the row may act on it at once.
        Release();
        await records.EnterAsync(session, state, error);
    }

    private async Task SendAsync(RunCommand command)
    {
        string? to;
        bool isUnwanted;
        lock (gate)
        {
            to = connection;
            isUnwanted = current == command.Session && intent is not SessionState.Completed;
        }

        if (to is not null)
        {
            await hub.Clients.Client(to).Run(command);
            if (isUnwanted)
            {
                await hub.Clients.Client(to).Stop(command.Session);
            }
        }
        else if (!drafts.End(command.Session, completed: false, RunFaults.DraftLeft))
        {
            await EnterAsync(command.Session, SessionState.Queued, null);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The worker ended unexpectedly during session {Session}, for the {Crashes}. time")]
    private static partial void Crashed(ILogger log, Guid session, int crashes);
}
