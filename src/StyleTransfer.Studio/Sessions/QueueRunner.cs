using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Keeps a worker process alive at each desk and gives it the next session whenever it is idle.</summary>
internal sealed partial class QueueRunner(
    RunRecords records,
    RunDesks desks,
    QueueSignal queue,
    IServer server,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<QueueRunner> log) : BackgroundService
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private const int SecondsBeforeAnotherTry = 5;

    // A worker that lived this long was healthy: its end says nothing about the next one.
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await records.RecoverAsync(stoppingToken);
            TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);
            await Task.WhenAll(KeepWorkersAsync(stoppingToken), GiveWorkAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The studio stops; the worker has saved its checkpoint.
        }
    }

    private async Task GiveWorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                foreach (RunDesk desk in desks.All)
                {
                    while (desk.IsIdle && await desk.StartNextAsync(cancellationToken))
                    {
                    }
                }
            }
            catch (Exception e) when (e is DbException or DbUpdateException or IOException)
            {
                // A full disk, a database that another program holds: the queue waits for better times, it does not end.
                Stuck(log, e.Message, SecondsBeforeAnotherTry);
                await Task.Delay(TimeSpan.FromSeconds(SecondsBeforeAnotherTry), time, cancellationToken);
                continue;
            }

            await queue.WaitAsync(cancellationToken);
        }
    }

    // Desks may be added as long as it runs: the first worker tells how many devices there are.
    private async Task KeepWorkersAsync(CancellationToken cancellationToken)
    {
        ConcurrentBag<Task> keeping = [];
        TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Keep(RunDesk desk) => keeping.Add(Task.Run(
            async () =>
            {
                try
                {
                    await KeepWorkerAsync(desk, cancellationToken);
                }
                catch (Exception e)
                {
                    failed.TrySetException(e);
                }
            },
            CancellationToken.None));

        desks.Added += Keep;
        desks.OpenConfigured();
        foreach (RunDesk desk in desks.All)
        {
            Keep(desk);
        }

        try
        {
            await failed.Task;
        }
        finally
        {
            desks.Added -= Keep;
            await Task.WhenAll(keeping);
        }
    }

    private async Task KeepWorkerAsync(RunDesk desk, CancellationToken cancellationToken)
    {
        TimeSpan backoff = TimeSpan.Zero;
        while (true)
        {
            long begun = time.GetTimestamp();
            int exitCode = await RunWorkerAsync(desk.Worker, cancellationToken);
            await desk.WorkerDiedAsync(isShutdown: cancellationToken.IsCancellationRequested);
            cancellationToken.ThrowIfCancellationRequested();
            backoff = time.GetElapsedTime(begun) > Healthy ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromTicks(Math.Clamp(backoff.Ticks * 2, TimeSpan.TicksPerSecond / 5, LongestBackoff.Ticks));
            Ended(log, exitCode, backoff.TotalSeconds);
            await Task.Delay(backoff, time, cancellationToken);
        }
    }

    private async Task<int> RunWorkerAsync(WorkerProcess worker, CancellationToken cancellationToken)
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

    [LoggerMessage(Level = LogLevel.Error, Message = "The next session could not be taken from the queue: {Reason} Trying again in {Seconds} s")]
    private static partial void Stuck(ILogger log, string reason, int seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The worker could not start: {Reason}")]
    private static partial void NotStarted(ILogger log, string reason);
}
