using System.Collections.Immutable;
using StyleTransfer.Core.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>The objective's values at one picture, weighted.</summary>
/// <param name="Terms">Content and style terms by layer, style and region.</param>
internal sealed record Losses(double Content, double Style, double Tv, double Matting, ImmutableArray<TermValue> Terms)
{
    public static readonly Losses Unknown = new(0, 0, 0, 0, []);

    public double Total => Content + Style + Tv + Matting;
}

/// <summary>The objective at one picture.</summary>
/// <param name="Gradient">∂L ⁄ ∂image, [1, 3, H, W], float32.</param>
internal sealed record Evaluation(Losses Losses, Tensor Gradient)
{
    /// <summary>Neither the value nor any part of the gradient is infinite or not a number.</summary>
    public bool IsFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        return double.IsFinite(Losses.Total) && double.IsFinite(Gradient.sum().ToDouble());
    }
}
