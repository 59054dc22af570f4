using System.Threading.Channels;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Live;

/// <summary>What a watcher is told. A hint: everything can be read again over HTTP.</summary>
/// <param name="Changes">How many changes the recipe has by now; when the number grows it is worth reading again.</param>
public sealed record FeedEvent(
    SessionState State,
    int Iteration,
    int TotalIterations,
    IReadOnlyList<IterationMessage> Iterations,
    PreviewVersion? Preview,
    string? Error,
    int Changes = 0);

/// <summary>The newest preview; its URL holds the iteration, so it never changes its meaning.</summary>
public sealed record PreviewVersion(int Iteration, int Width, int Height);

/// <summary>
/// One session as it is now: the whole loss trace and the newest preview. Whoever joins gets a snapshot, then what follows.
/// A watcher that is slow finds what it missed waiting in one piece; it never slows the run or the others.
/// </summary>
public sealed class SessionFeed
{
    // All watchers together are told about twenty times a second, however many they are: on a small machine every telling takes
    // time from the run. The few that there usually are do not notice.
    private static readonly TimeSpan PaceAWatcher = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPace = TimeSpan.FromSeconds(2.5);
    private const int Unpaced = 5;

    private readonly Lock gate = new();
    private readonly List<IterationMessage> trace = [];
    private readonly List<Watcher> watchers = [];
    private SessionState state;
    private int totalIterations;
    private int changes;
    private string? error;
    private PreviewFrame? preview;

    public PreviewFrame? NewestPreview
    {
        get
        {
            lock (gate)
            {
                return preview;
            }
        }
    }

    public IReadOnlyList<IterationMessage> Trace
    {
        get
        {
            lock (gate)
            {
                return [.. trace];
            }
        }
    }

    /// <summary>Ended, and watched by nobody.</summary>
    public bool IsOver
    {
        get
        {
            lock (gate)
            {
                return watchers.Count == 0 && (state is SessionState.Completed or SessionState.Failed or SessionState.Cancelled);
            }
        }
    }

    /// <summary>Forgets what came after the iteration: the run goes on from an earlier checkpoint.</summary>
    public void Begin(SessionState newState, IEnumerable<IterationMessage> former, int total, int recipeChanges = 0)
    {
        lock (gate)
        {
            trace.Clear();
            trace.AddRange(former);
            state = newState;
            totalIterations = total;
            changes = recipeChanges;
            error = null;
            watchers.ForEach(watcher => watcher.Restart());
        }
    }

    public void Append(IReadOnlyCollection<IterationMessage> iterations, int total)
    {
        lock (gate)
        {
            trace.AddRange(iterations);
            totalIterations = total;
            Wake();
        }
    }

    /// <summary>The recipe was changed while it ran.</summary>
    public void Change(int recipeChanges, int total)
    {
        lock (gate)
        {
            changes = recipeChanges;
            totalIterations = total;
            Wake();
        }
    }

    public void Show(PreviewVersion version, byte[] jpeg)
    {
        lock (gate)
        {
            preview = new PreviewFrame(version, jpeg);
            Wake();
        }
    }

    public void Enter(SessionState newState, string? reason = null)
    {
        lock (gate)
        {
            state = newState;
            error = reason;
            Wake();
        }
    }

    /// <summary>The state so far, then what follows, until cancelled. Ends with the session.</summary>
    /// <param name="fromIteration">The first iteration that the watcher does not have yet.</param>
    public IAsyncEnumerable<FeedEvent> WatchAsync(int fromIteration, CancellationToken cancellationToken) =>
        WatchAsync(fromIteration, beyondEnd: false, cancellationToken);

    /// <summary>The state so far, then what follows, until cancelled.</summary>
    /// <param name="fromIteration">The first iteration that the watcher does not have yet.</param>
    /// <param name="beyondEnd">Stays when the session ends: it may be extended or retried.</param>
    public async IAsyncEnumerable<FeedEvent> WatchAsync(
        int fromIteration,
        bool beyondEnd,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Watcher watcher = new(fromIteration);
        lock (gate)
        {
            watchers.Add(watcher);
        }

        try
        {
            while (true)
            {
                FeedEvent next;
                int crowd;
                lock (gate)
                {
                    next = watcher.Take(trace, state, totalIterations, preview?.Version, error, changes);
                    crowd = watchers.Count;
                }

                yield return next;
                if (!beyondEnd && next.State is SessionState.Completed or SessionState.Failed or SessionState.Cancelled)
                {
                    yield break;
                }

                if (crowd > Unpaced)
                {
                    await Task.Delay(TimeSpan.FromTicks(Math.Min(LongestPace.Ticks, crowd * PaceAWatcher.Ticks)), cancellationToken);
                }

                await watcher.Waker.Reader.ReadAsync(cancellationToken);
            }
        }
        finally
        {
            lock (gate)
            {
                watchers.Remove(watcher);
            }
        }
    }

    private void Wake() => watchers.ForEach(watcher => watcher.Waker.Writer.TryWrite(true));

    private sealed class Watcher(int fromIteration)
    {
        private int seen = fromIteration - 1;

        // A slot of one: however much happens while the watcher is busy, it wakes once and takes it all.
        public Channel<bool> Waker { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public void Restart()
        {
            seen = 0;
            Waker.Writer.TryWrite(true);
        }

        public FeedEvent Take(List<IterationMessage> trace, SessionState state, int total, PreviewVersion? preview, string? error, int changes)
        {
            // From the end: a watcher is rarely far behind, and there may be fifty of them.
            int first = trace.Count;
            while (first > 0 && trace[first - 1].Iteration > seen)
            {
                first--;
            }

            List<IterationMessage> fresh = trace[first..];
            seen = trace.Count > 0 ? trace[^1].Iteration : seen;
            return new FeedEvent(state, trace.Count > 0 ? trace[^1].Iteration : 0, total, fresh, preview, error, changes);
        }
    }
}
