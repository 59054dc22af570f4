using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Sharing;

public enum TimelapseFormat { WebP, Gif, Mp4 }

/// <summary>One run, or several side by side, as a moving picture.</summary>
/// <param name="Seconds">How long it takes, without the pause at its end.</param>
/// <param name="Edge">Longer edge of each run's picture.</param>
public sealed record NewTimelapse(IReadOnlyList<Guid> Sessions, TimelapseFormat Format = TimelapseFormat.WebP, double Seconds = 6, int Edge = 512);

/// <summary>A time-lapse that is being made, or was.</summary>
/// <param name="Percent">Of the work.</param>
/// <param name="Error">Why there is none.</param>
public sealed record Timelapse(Guid Id, TimelapseFormat Format, int Percent, bool IsDone, string? Error);

/// <summary>Makes time-lapses in the background, one at a time; the files stay until the studio's next start.</summary>
public sealed partial class Timelapses : IDisposable
{
    public const int MostSessions = 9;
    private const int MostKept = 50;
    private const int FramesASecond = 15;
    private const int MostFrames = 180;
    private const int FinalPauseMilliseconds = 2000;

    // All frames are held until the file is written; three bytes and a float each: this is about a gigabyte.
    private const long MostPixels = 75_000_000;

    private readonly StudioStorage storage;
    private readonly IDbContextFactory<StudioDb> databases;
    private readonly ILogger<Timelapses> log;
    private readonly string folder;
    private readonly ConcurrentDictionary<Guid, Timelapse> made = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim makers = new(1);

    public Timelapses(StudioStorage storage, IDbContextFactory<StudioDb> databases, IHostApplicationLifetime lifetime, ILogger<Timelapses> log)
    {
        (this.storage, this.databases, this.log) = (storage, databases, log);
        folder = Path.Combine(storage.Root, "timelapses");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        lifetime.ApplicationStopping.Register(stopping.Cancel);
    }

    /// <summary>Whether video can be made here.</summary>
    public static bool HasVideo => VideoWriter.IsInstalled;

    /// <summary>Begins; <see cref="Find"/> says how far it is.</summary>
    /// <exception cref="ShareException">No such session, a run without frames, or a wish that makes no sense.</exception>
    public async Task<Timelapse> StartAsync(NewTimelapse wanted, CancellationToken cancellationToken)
    {
        Check(wanted);
        IReadOnlyList<IReadOnlyList<Frame>> runs = await FramesAsync(wanted, cancellationToken);
        foreach (Timelapse old in made.Values.Where(t => t.IsDone).OrderBy(t => t.Id).Take(Math.Max(0, made.Count - MostKept + 1)))
        {
            made.TryRemove(old.Id, out _);
            File.Delete(PathOf(old));
        }

        Timelapse timelapse = new(Guid.CreateVersion7(), wanted.Format, 0, false, null);
        made[timelapse.Id] = timelapse;
        _ = Task.Run(() => MakeAsync(timelapse, wanted, runs), CancellationToken.None);
        return timelapse;
    }

    public Timelapse? Find(Guid id) => made.GetValueOrDefault(id);

    /// <summary>The file, once it is done.</summary>
    public string? FileOf(Guid id) => Find(id) is { IsDone: true, Error: null } timelapse ? PathOf(timelapse) : null;

    public void Dispose()
    {
        stopping.Dispose();
        makers.Dispose();
    }

    private string PathOf(Timelapse timelapse) => Path.Combine(folder, $"{timelapse.Id:N}.{timelapse.Format.ToString().ToLowerInvariant()}");

    private async Task MakeAsync(Timelapse timelapse, NewTimelapse wanted, IReadOnlyList<IReadOnlyList<Frame>> runs)
    {
        try
        {
            await makers.WaitAsync(stopping.Token);
            try
            {
                await WriteAsync(timelapse, wanted, new TimelapseFrames(storage, runs, wanted.Edge));
                made[timelapse.Id] = timelapse with { Percent = 100, IsDone = true };
            }
            finally
            {
                makers.Release();
            }
        }
        catch (Exception e) when (e is StyleTransferException or IOException or OperationCanceledException)
        {
            made[timelapse.Id] = timelapse with { IsDone = true, Error = e is OperationCanceledException ? "The studio stopped meanwhile; start it again." : e.Message };
        }
        catch (Exception e)
        {
            Failed(log, e);
            made[timelapse.Id] = timelapse with { IsDone = true, Error = "The time-lapse could not be made; the studio's log says why. Try fewer runs, or a smaller size." };
        }
    }

    private async Task WriteAsync(Timelapse timelapse, NewTimelapse wanted, TimelapseFrames source)
    {
        PixelImage first = source.At(0);
        int most = (int)Math.Clamp(MostPixels / (first.Width * (long)first.Height), 2, Math.Min(MostFrames, Math.Max(2, (int)(wanted.Seconds * FramesASecond))));
        IReadOnlyList<int> iterations = source.Iterations(most);
        int delay = Math.Max(20, (int)Math.Round(wanted.Seconds * 1000 / iterations.Count));
        List<PixelImage> frames = [];
        foreach (int iteration in iterations)
        {
            stopping.Token.ThrowIfCancellationRequested();
            frames.Add(source.At(iteration));
            Report(50 * frames.Count / iterations.Count);
        }

        if (wanted.Format == TimelapseFormat.Mp4)
        {
            await VideoWriter.WriteAsync(frames, delay, FinalPauseMilliseconds, PathOf(timelapse), percent => Report(50 + (percent / 2)), stopping.Token);
            return;
        }

        byte[] file = AnimationWriter.Write(
            frames,
            [.. frames.Select((_, index) => index == frames.Count - 1 ? FinalPauseMilliseconds : delay)],
            wanted.Format == TimelapseFormat.Gif ? ImageFormat.Gif : ImageFormat.WebP,
            new Percentage(percent => Report(50 + (percent / 2))));
        await File.WriteAllBytesAsync(PathOf(timelapse), file, stopping.Token);

        void Report(int percent) => made[timelapse.Id] = timelapse with { Percent = Math.Min(99, percent) };
    }

    private async Task<IReadOnlyList<IReadOnlyList<Frame>>> FramesAsync(NewTimelapse wanted, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        List<IReadOnlyList<Frame>> runs = [];
        foreach (Guid id in wanted.Sessions)
        {
            if (await database.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id && s.DeletedUtc == null, cancellationToken) is not { } session)
            {
                throw new ShareException("One of the sessions is not there any more; choose others in Sessions.");
            }

            List<Frame> frames = await database.Frames.AsNoTracking().Where(frame => frame.SessionId == id).OrderBy(frame => frame.Iteration).ToListAsync(cancellationToken);
            if (frames.Count == 0)
            {
                throw new ShareException($"“{session.Title}” has no frames yet, so there is nothing to show moving. Let it run for some iterations, or leave it out.");
            }

            if (session.ResultImageId is { } result)
            {
                frames.Add(new Frame { SessionId = id, Iteration = Math.Max(frames[^1].Iteration + 1, session.Iteration), ImageId = result });
            }

            runs.Add(frames);
        }

        return runs;
    }

    private static void Check(NewTimelapse wanted)
    {
        if (wanted.Sessions is null || wanted.Sessions.Count is 0 or > MostSessions)
        {
            throw new ShareException($"A time-lapse shows 1 to {MostSessions} sessions side by side, not {wanted.Sessions?.Count ?? 0}.");
        }

        if (wanted.Seconds is not (>= 1 and <= 60) || wanted.Edge is < 64 or > 1024)
        {
            throw new ShareException($"A time-lapse of {wanted.Seconds} seconds at {wanted.Edge} pixels cannot be made; allowed are 1 to 60 seconds and 64 to 1024 pixels.");
        }

        if (wanted.Format == TimelapseFormat.Mp4 && !HasVideo)
        {
            throw new ShareException("Video needs ffmpeg, which is not installed on the studio's machine. Choose WebP or GIF, or install ffmpeg there.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A time-lapse could not be made")]
    private static partial void Failed(ILogger log, Exception exception);

    // libvips reports from its own threads and at once; System.Progress would queue.
    private sealed class Percentage(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
