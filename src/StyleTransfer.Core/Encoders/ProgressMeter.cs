namespace StyleTransfer.Core.Encoders;

/// <summary>Thins progress out to a few reports a second and estimates the time left from the last seconds.</summary>
internal sealed class ProgressMeter(IProgress<InstallProgress> progress, TimeProvider time, InstallStage stage, long startBytes)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(8);
    private readonly Queue<(long Stamp, long Bytes)> recent = new([(time.GetTimestamp(), startBytes)]);
    private long lastReport;

    public void Report(long bytes, long? total)
    {
        long now = time.GetTimestamp();
        bool isLast = bytes == total;
        if (!isLast && lastReport != 0 && time.GetElapsedTime(lastReport, now) < Interval)
        {
            return;
        }

        lastReport = now;
        recent.Enqueue((now, bytes));
        while (recent.Count > 2 && time.GetElapsedTime(recent.Peek().Stamp, now) > Window)
        {
            recent.Dequeue();
        }

        (long stamp, long from) = recent.Peek();
        double seconds = time.GetElapsedTime(stamp, now).TotalSeconds;
        double speed = seconds > 0 ? (bytes - from) / seconds : 0;
        TimeSpan? remaining = total is { } all && speed > 0 ? TimeSpan.FromSeconds(Math.Min((all - bytes) / speed, 1e6)) : null;
        progress.Report(new InstallProgress(stage, bytes, total, remaining));
    }
}
