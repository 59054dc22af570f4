using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// How far a picture's feature statistics at one layer are from the style's. A function of moments alone: its gradient with
/// respect to them is in closed form, so back-propagation needs no graph of the objective, and tiles can share one gradient.
/// </summary>
internal interface IStyleDistance : IDisposable
{
    DistanceValue Evaluate(Moments moments);
}

/// <summary>A distance and its gradient.</summary>
/// <param name="MeanGradient">∂L ⁄ ∂μ, [C]; null where the mean has no part in it.</param>
/// <param name="SecondGradient">∂L ⁄ ∂Second, [C, C], symmetric, every entry taken as independent.</param>
internal sealed record DistanceValue(double Value, Tensor? MeanGradient, Tensor SecondGradient);
