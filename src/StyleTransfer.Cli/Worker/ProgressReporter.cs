using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine;

namespace StyleTransfer.Cli.Worker;

/// <summary>
/// Tells the studio about a run without slowing it: the run's thread only copies what is due; encoding and sending are done
/// elsewhere, and of previews only the newest waits.
/// </summary>
internal sealed class ProgressReporter : IRunObserver, IDisposable
{
    private const int PreviewEdge = 1024;

    // A preview is looked at for a second, and a slow line has to keep up with them.
    private const int PreviewQuality = 72;

    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PreviewInterval = TimeSpan.FromMilliseconds(250);

    // Each message is a transaction of the studio's.
    private static readonly TimeSpan FramesInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(10);

    // A large picture's takes seconds to copy and to write: that is at most a twentieth of the time, and one at a time is in memory.
    private const int CheckpointShare = 20;

    private readonly HubConnection connection;
    private readonly RunCommand command;
    private readonly Timeline timeline;
    private readonly Channel<Func<Task>> outbox = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task sending;
    private readonly List<IterationMessage> batch = [];
    private readonly Stopwatch sinceBatch = Stopwatch.StartNew();
    private readonly Stopwatch sinceFrames = Stopwatch.StartNew();
    private readonly Stopwatch sincePreview = Stopwatch.StartNew();
    private readonly Stopwatch sinceCheckpoint = Stopwatch.StartNew();
    private int scale = -1;
    private int changes;
    private int totalIterations;
    private int previewsWaiting;
    private int checkpointsWaiting;
    private long checkpointCost;
    private long previewCost;

    public ProgressReporter(HubConnection connection, RunCommand command)
    {
        this.connection = connection;
        this.command = command;
        timeline = new Timeline(new FileStore(command.StoreRoot));
        Recipe recipe = RecipeJson.Read(command.RecipeJson);
        changes = recipe.Changes.Length;
        totalIterations = ScalePlan.TotalIterations(recipe);
        sending = Task.Run(SendAllAsync);
    }

    public void OnIteration(IterationReport report, IRunSnapshot snapshot)
    {
        TellChanges(snapshot.Recipe);
        batch.Add(Message(report));
        bool isNewScale = report.Scale != scale;
        scale = report.Scale;
        if (!command.IsDraft && timeline.IsDue(report.Iteration))
        {
            PixelImage frame = timeline.Take(snapshot, report.Iteration, totalIterations);
            int iteration = report.Iteration;
            Post(() => KeepFrameAsync(frame, iteration));
        }

        if ((isNewScale || sincePreview.Elapsed > PreviewInterval + TimeSpan.FromTicks(4 * previewCost)) && Volatile.Read(ref previewsWaiting) == 0)
        {
            long begun = Stopwatch.GetTimestamp();
            PixelImage picture = snapshot.Picture(PreviewEdge);
            Interlocked.Increment(ref previewsWaiting);
            Post(() => SendPreviewAsync(picture, report.Iteration));
            previewCost = Stopwatch.GetElapsedTime(begun).Ticks;
            sincePreview.Restart();
        }

        if (sinceBatch.Elapsed > BatchInterval)
        {
            SendIterations();
        }

        if (sinceFrames.Elapsed > FramesInterval)
        {
            SendFrames();
        }

        // At the start of a scale the optimiser remembers nothing yet: a checkpoint is small there, and a fork finds one near.
        bool isDue = isNewScale || sinceCheckpoint.Elapsed > CheckpointInterval + TimeSpan.FromTicks(CheckpointShare * Volatile.Read(ref checkpointCost));
        if (isDue && Volatile.Read(ref checkpointsWaiting) == 0 && !command.IsDraft)
        {
            long begun = Stopwatch.GetTimestamp();
            byte[] checkpoint = snapshot.Checkpoint();
            TimeSpan copying = Stopwatch.GetElapsedTime(begun);
            Interlocked.Increment(ref checkpointsWaiting);
            int iteration = report.Iteration;
            Flush();
            Post(() => SaveAndTellAsync(checkpoint, iteration, copying));
            sinceCheckpoint.Restart();
        }
    }

    /// <summary>Shows the picture at the end of a draft, of which nothing else remains.</summary>
    public void Show(PixelImage picture, int iteration)
    {
        Interlocked.Increment(ref previewsWaiting);
        Post(() => SendPreviewAsync(picture, iteration));
    }

    /// <summary>Sends what has gathered.</summary>
    public void Flush()
    {
        SendIterations();
        SendFrames();
    }

    /// <summary>Writes a checkpoint whole or not at all, and returns its path.</summary>
    public string Save(byte[] checkpoint, int iteration)
    {
        Directory.CreateDirectory(command.CheckpointFolder);
        string path = Path.Combine(command.CheckpointFolder, CheckpointName.Of(command.Session, iteration));
        AtomicFile.Write(path, checkpoint);
        return path;
    }

    /// <summary>The session's last message, after everything else.</summary>
    public void End(RunEnded ended)
    {
        Flush();
        Send(nameof(IWorkerReports.Ended), ended);
    }

    public void Dispose()
    {
        // What the run posted still goes out, in its order; the last message ends the session.
        outbox.Writer.TryComplete();
        sending.GetAwaiter().GetResult();
    }

    private void SendIterations()
    {
        if (batch.Count > 0)
        {
            ProgressBatch full = new(command.Session, [.. batch], Math.Max(totalIterations, batch[^1].Iteration));
            batch.Clear();
            Post(() => connection.SendAsync(nameof(IWorkerReports.Progress), full));
        }

        sinceBatch.Restart();
    }

    private void SendFrames()
    {
        Post(SendKeptFramesAsync);
        sinceFrames.Restart();
    }

    private void TellChanges(Recipe recipe)
    {
        if (recipe.Changes.Length == changes)
        {
            return;
        }

        changes = recipe.Changes.Length;
        totalIterations = ScalePlan.TotalIterations(recipe);
        Send(nameof(IWorkerReports.RecipeChanged), new RecipeReport(command.Session, RecipeJson.Write(recipe), totalIterations));
    }

    private void Send(string method, object message) => Post(() => connection.SendAsync(method, message));

    private void Post(Func<Task> work) => outbox.Writer.TryWrite(work);

    private async Task SendAllAsync()
    {
        await foreach (Func<Task> work in outbox.Reader.ReadAllAsync())
        {
            try
            {
                await work();
            }
            catch (Exception e) when (e is InvalidOperationException or IOException)
            {
                // The studio is gone; the worker is about to notice and to leave with a checkpoint.
                await Console.Error.WriteLineAsync(e.Message);
            }
        }
    }

    private async Task SendPreviewAsync(PixelImage picture, int iteration)
    {
        byte[] jpeg = ImageWriter.Write(picture, new ImageWriteOptions { Format = ImageFormat.Jpeg, Quality = PreviewQuality });
        Interlocked.Decrement(ref previewsWaiting);
        await connection.SendAsync(nameof(IWorkerReports.Preview), new PreviewReport(command.Session, iteration, picture.Width, picture.Height, jpeg));
    }

    private Task KeepFrameAsync(PixelImage picture, int iteration)
    {
        timeline.Keep(picture, iteration);
        return Task.CompletedTask;
    }

    private async Task SendKeptFramesAsync()
    {
        if (timeline.Collect() is { Length: > 0 } frames)
        {
            await connection.SendAsync(nameof(IWorkerReports.Frames), new FramesReport(command.Session, frames));
        }
    }

    private async Task SaveAndTellAsync(byte[] checkpoint, int iteration, TimeSpan copying)
    {
        long begun = Stopwatch.GetTimestamp();
        string path;
        try
        {
            path = Save(checkpoint, iteration);
        }
        finally
        {
            Volatile.Write(ref checkpointCost, (copying + Stopwatch.GetElapsedTime(begun)).Ticks);
            Interlocked.Decrement(ref checkpointsWaiting);
        }

        await connection.SendAsync(nameof(IWorkerReports.CheckpointSaved), new CheckpointReport(command.Session, iteration, path));
    }

    private static IterationMessage Message(IterationReport report) => new(
        report.Iteration, report.Scale, report.Width, report.Height, report.Seconds, report.Total, report.Content, report.Style, report.Tv,
        [.. report.Terms.Select(term => term.Name)], [.. report.Terms.Select(term => term.Value)], report.Note);
}
