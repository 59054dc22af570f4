using System.Diagnostics;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine;

namespace StyleTransfer.Cli.Worker;

/// <summary>
/// Keeps a run's frames: about as many as one can scrub through, the early ones, where most happens, closer together, and of a fast
/// run no more than a small share of its time pays for. The run's thread asks whether one is due and takes it; the rest is for the
/// sender's.
/// </summary>
internal sealed class Timeline(FileStore store)
{
    private const int Edge = 512;
    private const int FramesARun = 200;

    // The beginning is always kept: there a picture comes into being, and the first costs are those of code that never ran before.
    private const int AlwaysKept = 12;

    // Copying and encoding take this part of the time: a small picture's run, of 20 ms an iteration, would spend a sixth on them. But a
    // frame in each quarter of a second is always paid for.
    private const int TimeShare = 30;
    private static readonly TimeSpan longestPause = TimeSpan.FromMilliseconds(250);

    private readonly List<FrameReport> kept = [];
    private readonly Stopwatch sinceFrame = Stopwatch.StartNew();
    private double next = 1;
    private int taken;
    private long copying;
    private long encoding;

    public bool IsDue(int iteration) => iteration >= next && (taken < AlwaysKept || sinceFrame.Elapsed > Pause);

    /// <summary>A copy of the picture, to be kept elsewhere.</summary>
    public PixelImage Take(IRunSnapshot snapshot, int iteration, int totalIterations)
    {
        long begun = Stopwatch.GetTimestamp();
        PixelImage frame = snapshot.Picture(Edge);
        copying = Stopwatch.GetElapsedTime(begun).Ticks;
        next = iteration + Math.Max(1, (double)totalIterations / FramesARun * (0.4 + (1.2 * iteration / totalIterations)));
        taken++;
        sinceFrame.Restart();
        return frame;
    }

    public void Keep(PixelImage frame, int iteration)
    {
        // JPEG: WebP takes fifteen times as long here, beside a run that wants every core, and saves a tenth of brush strokes.
        long begun = Stopwatch.GetTimestamp();
        byte[] jpeg = ImageWriter.Write(frame, new ImageWriteOptions { Format = ImageFormat.Jpeg, Quality = 85 });
        Volatile.Write(ref encoding, Stopwatch.GetElapsedTime(begun).Ticks);
        kept.Add(new FrameReport(iteration, store.Add(jpeg), frame.Width, frame.Height));
    }

    /// <summary>What was kept since it was last asked.</summary>
    public FrameReport[] Collect()
    {
        FrameReport[] fresh = [.. kept];
        kept.Clear();
        return fresh;
    }

    private TimeSpan Pause
    {
        get
        {
            TimeSpan earned = TimeSpan.FromTicks(TimeShare * (copying + Volatile.Read(ref encoding)));
            return earned < longestPause ? earned : longestPause;
        }
    }
}
