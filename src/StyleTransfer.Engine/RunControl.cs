using System.Collections.Concurrent;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Engine;

/// <summary>The handle by which another thread steers a run: the run looks at it once an iteration.</summary>
public sealed class RunControl : IDisposable
{
    private readonly ConcurrentQueue<RecipeChange> changes = new();
    private readonly ManualResetEventSlim mayRun = new(initialState: true);

    /// <summary>
    /// The longest edge of a tile in pixels, for pictures larger than that; null lets the free memory decide. The picture is the
    /// same but for rounding.
    /// </summary>
    public int? TileEdge { get; init; }

    /// <summary>Takes effect at the next iteration, whose number replaces the change's own.</summary>
    public void Adjust(RecipeChange change) => changes.Enqueue(change);

    /// <summary>The run stops after the iteration in progress and waits.</summary>
    public void Pause() => mayRun.Reset();

    public void Resume() => mayRun.Set();

    internal bool IsPaused => !mayRun.IsSet;

    internal void WaitWhilePaused(CancellationToken cancellationToken) => mayRun.Wait(cancellationToken);

    internal bool TryTakeChange(out RecipeChange? change) => changes.TryDequeue(out change);

    public void Dispose() => mayRun.Dispose();
}
