using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;

namespace StyleTransfer.Engine;

/// <summary>Whoever watches a run. Called on the run's own thread, which waits: return quickly.</summary>
public interface IRunObserver
{
    /// <summary>After each iteration. The snapshot may be asked for the picture or a checkpoint, during this call only.</summary>
    void OnIteration(IterationReport report, IRunSnapshot snapshot);
}

/// <summary>The run as it stands after an iteration. What is not asked for costs nothing.</summary>
public interface IRunSnapshot
{
    /// <summary>With the changes that have taken effect so far.</summary>
    Recipe Recipe { get; }

    /// <summary>The picture so far (the averaged iterate where the recipe averages), copied from the device.</summary>
    /// <param name="maxEdge">Shrunk on the device to at most this longer edge; null for every pixel.</param>
    PixelImage Picture(int? maxEdge = null);

    /// <summary>Everything that is needed to go on as if never stopped: a safetensors file that also holds the recipe.</summary>
    byte[] Checkpoint();
}
