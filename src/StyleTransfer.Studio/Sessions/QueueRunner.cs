using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Keeps one worker process alive and gives it the next session whenever it is idle.</summary>
internal sealed partial class QueueRunner(
    IDbContextFactory<StudioDb> databases,
    RunDesk desk,
    WorkerProcess worker,
    QueueSignal queue,
    IServer server,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<QueueRunner> log) : BackgroundService
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    // A worker that lived this long was healthy: its end says nothing about the next one.
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RecoverAsync(stoppingToken);
            TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);
            await Task.WhenAll(KeepWorkerAsync(stoppingToken), GiveWorkAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The studio stops; the worker has saved its checkpoint.
        }
    }

    // The studio was killed while these ran: they wait at the front, with their checkpoints.
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Sessions.Where(s => s.State == SessionState.Running)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.State, SessionState.Queued), cancellationToken);
    }

    private async Task GiveWorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (desk.IsIdle && await desk.StartNextAsync(cancellationToken))
            {
            }

            await queue.WaitAsync(cancellationToken);
        }
    }

    private async Task KeepWorkerAsync(CancellationToken cancellationToken)
    {
        TimeSpan backoff = TimeSpan.Zero;
        while (true)
        {
            long begun = time.GetTimestamp();
            int exitCode = await RunWorkerAsync(cancellationToken);
            await desk.WorkerDiedAsync(isShutdown: cancellationToken.IsCancellationRequested);
            cancellationToken.ThrowIfCancellationRequested();
            backoff = time.GetElapsedTime(begun) > Healthy ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromTicks(Math.Clamp(backoff.Ticks * 2, TimeSpan.TicksPerSecond / 5, LongestBackoff.Ticks));
            Ended(log, exitCode, backoff.TotalSeconds);
            await Task.Delay(backoff, time, cancellationToken);
        }
    }

    private async Task<int> RunWorkerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await worker.RunAsync(LoopbackAddress(), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            NotStarted(log, e.Message);
            return -1;
        }
    }

    private string LoopbackAddress()
    {
        string address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First(a => a.StartsWith("http:", StringComparison.Ordinal));
        return new UriBuilder(address.Replace("//*", "//localhost").Replace("//+", "//localhost").Replace("//0.0.0.0", "//localhost").Replace("//[::]", "//localhost")).Uri.GetLeftPart(UriPartial.Authority);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The worker ended with {ExitCode}; the next one starts in {Seconds} s")]
    private static partial void Ended(ILogger log, int exitCode, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The worker could not start: {Reason}")]
    private static partial void NotStarted(ILogger log, string reason);
}
