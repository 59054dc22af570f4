using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// k · Σ (G ⁄ M − A ⁄ M′)²: the squared distance of Gram matrices, each over its own number of positions.
/// </summary>
/// <remarks>
/// Gatys et al. 2016, equations 3 and 4, with k = 1 ⁄ (4 N²): where picture and style have the same number of positions M this is
/// the paper's Σ (G − A)² ⁄ (4 N² M²); where they have not, the paper does not say, and only the normalised form compares like with
/// like. With k = 1 ⁄ N⁴ it is jcjohnson/neural-style's.
/// </remarks>
internal sealed class GramDistance : IMomentDistance
{
    private readonly Tensor target; // A ⁄ M′, [C, C]
    private readonly double factor;

    private GramDistance(Moments style, double factor)
    {
        target = style.Second.clone().DetachFromDisposeScope();
        this.factor = factor;
    }

    /// <summary>Equation 4 of the paper.</summary>
    public static GramDistance Paper(Moments style) => new(style, 1.0 / (4.0 * style.Channels * style.Channels));

    /// <summary>As jcjohnson/neural-style: the paper's times 4 ⁄ N².</summary>
    public static GramDistance Mean(Moments style) => new(style, 1.0 / Math.Pow(style.Channels, 4));

    public DistanceValue Evaluate(Moments moments)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor difference = moments.Second - target;
        double value = factor * difference.Squared().sum().ToDouble();
        return new DistanceValue(value, null, difference.Times(2 * factor).MoveToOuterDisposeScope());
    }

    public void Dispose() => target.Dispose();
}
