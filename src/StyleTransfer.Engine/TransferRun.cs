using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Engine;

/// <summary>How a run ended, and with what.</summary>
/// <param name="Picture">The result, or the picture so far where it was stopped.</param>
/// <param name="Recipe">The recipe with the changes that were made while it ran, which replays exactly.</param>
/// <param name="Iterations">Iterations done, over the whole run.</param>
/// <param name="Completed">False when it was cancelled.</param>
/// <param name="Checkpoint">Where to go on: after a cancellation, or to extend a finished run.</param>
public sealed record TransferResult(PixelImage Picture, Recipe Recipe, int Iterations, bool Completed, byte[] Checkpoint);

/// <summary>One optimisation, from a recipe to a picture.</summary>
public static class TransferRun
{
    /// <summary>Runs to the end, or until cancelled: a cancellation returns what there is, it does not throw.</summary>
    /// <param name="checkpoint">A former run's state to go on from, bitwise as if never stopped (CPU); null to begin.</param>
    public static TransferResult Run(
        Recipe recipe,
        TransferInputs inputs,
        Encoder encoder,
        IRunObserver observer,
        RunControl control,
        byte[]? checkpoint,
        CancellationToken cancellationToken) => throw new NotImplementedException();
}
