using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>The moments of the features, and the distances' gradients through them.</summary>
internal sealed class MomentStatistic : IStyleStatistic
{
    private readonly MomentSum sum = new();
    private Moments? moments;
    private FeatureGradient? gradient;

    public void Add(FeaturePart part, Tensor? mask) => sum.Add(part.Features, mask);

    public double Compare(IStyleDistance distance, double weight)
    {
        using DisposeScope scope = NewDisposeScope();
        moments ??= sum.Moments().DetachFromScope();
        gradient ??= new FeatureGradient(sum.Area);
        DistanceValue value = ((IMomentDistance)distance).Evaluate(moments);
        gradient.Add(value, weight);
        return value.Value;
    }

    public Tensor At(FeaturePart part, Tensor? mask) =>
        gradient?.At(part, mask) ?? throw new InvalidOperationException("nothing was compared yet");

    public void Dispose()
    {
        sum.Dispose();
        moments?.Dispose();
        gradient?.Dispose();
    }
}
