using StyleTransfer.Core.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>k · Σ (F − P)²: the squared distance of features from the content's (Gatys et al. 2016, equation 1 with k = ½).</summary>
internal sealed class ContentTerm : IDisposable
{
    private readonly Tensor target; // P, [1, C, H, W]
    private readonly double factor;

    /// <param name="layer">Such as <c>relu4_2</c>.</param>
    /// <param name="target">P, [1, C, H, W]; kept in its own type, and taken over.</param>
    public ContentTerm(string layer, double weight, Tensor target, ContentForm form)
    {
        Layer = layer;
        Weight = weight;
        this.target = target.DetachFromDisposeScope();
        factor = form switch
        {
            ContentForm.Paper => 0.5,
            ContentForm.Mean => 1.0 / target.numel(),
            _ => 1.0 / Math.Max(SquaredSum(target), 1e-12),
        };
    }

    public string Layer { get; }

    /// <summary>Of this layer among the content layers.</summary>
    public double Weight { get; }

    /// <summary>The part's share of the value, unweighted, and of ∂L ⁄ ∂F times <paramref name="weight"/>.</summary>
    public (double Value, Tensor Seed) Evaluate(FeaturePart part, double weight)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor difference = part.Features.detach() - part.Of(target);
        double value = factor * SquaredSum(difference);
        return (value, difference.Times(2 * factor * weight).MoveToOuterDisposeScope());
    }

    public void Dispose() => target.Dispose();

    private static double SquaredSum(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = x.dtype == ScalarType.Float64 ? x : x.to(ScalarType.Float32);
        return wide.Squared().sum().ToDouble();
    }
}
