using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>A distance's value and its gradient with respect to the moments; null where it does not look at the mean.</summary>
/// <param name="Value">A scalar on the device.</param>
/// <param name="Mean">[C].</param>
/// <param name="Second">[C, C], symmetric.</param>
public sealed record MomentGradient(Tensor Value, Tensor? Mean, Tensor Second);

/// <summary>
/// A style distance that is a function of the features' moments. Its gradient with respect to them is closed, so a picture may
/// be walked through in tiles: first for the moments, then for the pixels.
/// </summary>
public abstract class MomentDistance : IDisposable
{
    /// <summary>Zero where the moments are the style's.</summary>
    public abstract MomentGradient Evaluate(FeatureMoments moments);

    public abstract void Dispose();
}
