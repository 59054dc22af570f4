using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>How far a picture's features at one layer are from the style's.</summary>
internal interface IStyleDistance : IDisposable
{
    /// <summary>An empty statistic of the kind that this distance compares.</summary>
    IStyleStatistic NewStatistic();
}

/// <summary>
/// A distance that is a function of moments alone: its gradient with respect to them is in closed form, so back-propagation needs
/// no graph of the objective, and tiles can share one gradient.
/// </summary>
internal interface IMomentDistance : IStyleDistance
{
    DistanceValue Evaluate(Moments moments);

    IStyleStatistic IStyleDistance.NewStatistic() => new MomentStatistic();
}

/// <summary>A distance and its gradient.</summary>
/// <param name="MeanGradient">∂L ⁄ ∂μ, [C]; null where the mean has no part in it.</param>
/// <param name="SecondGradient">∂L ⁄ ∂Second, [C, C], symmetric, every entry taken as independent.</param>
internal sealed record DistanceValue(double Value, Tensor? MeanGradient, Tensor SecondGradient);

/// <summary>
/// What the style terms of one layer and region need to know of a picture, gathered part by part; then the gradient at its features
/// that comes of it. The terms that share it are of one form.
/// </summary>
internal interface IStyleStatistic : IDisposable
{
    /// <param name="mask">[1, 1, h, w], weights of the part's positions; null for 1 everywhere.</param>
    void Add(FeaturePart part, Tensor? mask);

    /// <summary>Compares with a style, once every part was added.</summary>
    /// <returns>The distance, unweighted; its gradient counts in <see cref="At"/> with the weight.</returns>
    double Compare(IStyleDistance distance, double weight);

    /// <returns>∂L ⁄ ∂F of everything compared, of the part's shape and type; in the caller's scope.</returns>
    Tensor At(FeaturePart part, Tensor? mask);
}
