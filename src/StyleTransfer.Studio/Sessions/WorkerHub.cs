using Microsoft.AspNetCore.SignalR;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Runs;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Where workers report. Only who knows a secret of ours gets in, and the secret says which desk is its own.</summary>
internal sealed class WorkerHub(RunDesks desks, RunRecords records, RunSpeed speed, Drafts drafts) : Hub<IWorkerCommands>, IWorkerReports
{
    private static readonly object DeskKey = new();

    private RunDesk Desk => (RunDesk)Context.Items[DeskKey]!;

    public override Task OnConnectedAsync()
    {
        if (desks.OfSecret(Context.GetHttpContext()?.Request.Headers[WorkerEnvironment.SecretHeader]) is { } desk)
        {
            Context.Items[DeskKey] = desk;
        }
        else
        {
            Context.Abort();
        }

        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items.ContainsKey(DeskKey))
        {
            Desk.WorkerLeft(Context.ConnectionId);
        }

        return Task.CompletedTask;
    }

    public Task Ready(WorkerReady ready)
    {
        if (ready is { Encoder: { } encoder, SecondsPerMegapixel: { } measured })
        {
            speed.Learn(encoder, new IterationSpeed(ready.SecondsAnIteration, measured));
        }

        Desk.WorkerReady(Context.ConnectionId, ready);
        desks.OpenOthers(ready);
        return Task.CompletedTask;
    }

    public Task Progress(ProgressBatch batch) => Desk.ProgressAsync(batch, Context.ConnectionAborted);

    public Task Preview(PreviewReport preview) =>
        drafts.Preview(preview) ? Task.CompletedTask : records.PreviewAsync(preview, Context.ConnectionAborted);

    public Task Frames(FramesReport frames) => records.FramesAsync(frames, Context.ConnectionAborted);

    public Task CheckpointSaved(CheckpointReport checkpoint) => records.CheckpointAsync(checkpoint, Context.ConnectionAborted);

    public Task RecipeChanged(RecipeReport recipe) => records.RecipeAsync(recipe, Context.ConnectionAborted);

    public Task Ended(RunEnded ended) => Desk.EndedAsync(ended);
}
