using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.SignalR;
using StyleTransfer.Core.Messages;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Where the worker reports. Only who knows the secret gets in.</summary>
internal sealed class WorkerHub(WorkerProcess worker, RunDesk desk) : Hub<IWorkerCommands>, IWorkerReports
{
    public override Task OnConnectedAsync()
    {
        string? given = Context.GetHttpContext()?.Request.Headers[WorkerEnvironment.SecretHeader];
        bool isOurs = given is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(worker.Secret));
        if (!isOurs)
        {
            Context.Abort();
        }

        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        desk.WorkerLeft(Context.ConnectionId);
        return Task.CompletedTask;
    }

    public Task Ready(WorkerReady ready)
    {
        desk.WorkerReady(Context.ConnectionId, ready);
        return Task.CompletedTask;
    }

    public Task Progress(ProgressBatch batch) => desk.ProgressAsync(batch, Context.ConnectionAborted);

    public Task Preview(PreviewReport preview) => desk.PreviewAsync(preview, Context.ConnectionAborted);

    public Task Frame(FrameReport frame) => desk.FrameAsync(frame, Context.ConnectionAborted);

    public Task CheckpointSaved(CheckpointReport checkpoint) => desk.CheckpointAsync(checkpoint, Context.ConnectionAborted);

    public Task Ended(RunEnded ended) => desk.EndedAsync(ended);
}
