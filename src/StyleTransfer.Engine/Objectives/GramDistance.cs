using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// Σ (G/M − A/M′)² times a factor, with Gram matrices G = F Fᵀ over M positions: equation 4 of Gatys et al. 2016 with the
/// factor M²⁄(4N²M²) = 1⁄(4N²), jcjohnson/neural-style with 1⁄N⁴.
/// </summary>
/// <remarks>The paper's A is of an image of the same size; dividing each by its own M extends it to styles of any size.</remarks>
public sealed class GramDistance(Tensor target, double factor) : MomentDistance
{
    public override MomentGradient Evaluate(FeatureMoments moments)
    {
        Tensor difference = moments.Second - target;
        return new MomentGradient(difference.square().sum() * factor, Mean: null, difference * (2 * factor));
    }

    public override void Dispose() => target.Dispose();
}
