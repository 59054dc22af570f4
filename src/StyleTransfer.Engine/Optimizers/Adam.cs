using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1.</summary>
internal sealed class Adam(OptimizerSettings settings) : IOptimizer
{
    private const double Epsilon = 1e-8;

    private double shrink = 1;
    private int step;
    private Tensor? first; // m, of the picture's shape
    private Tensor? second; // v

    public double LearningRate { get; set; } = settings.LearningRate;

    // Adam climbs now and then, most of all when a scale begins with the moments of the last one.
    public double ToleratedGrowth => 100;

    public Tensor Propose(Tensor x, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        first ??= zeros_like(x).DetachFromDisposeScope();
        second ??= zeros_like(x).DetachFromDisposeScope();
        step++;
        using Scalar beta1 = settings.Beta1.ToScalar();
        using Scalar beta2 = settings.Beta2.ToScalar();
        using Scalar fresh1 = (1 - settings.Beta1).ToScalar();
        using Scalar fresh2 = (1 - settings.Beta2).ToScalar();
        first.mul_(beta1).add_(gradient, alpha: fresh1);
        second.mul_(beta2).addcmul_(gradient, gradient, fresh2);
        double correction1 = 1 - Math.Pow(settings.Beta1, step);
        double correction2 = 1 - Math.Pow(settings.Beta2, step);
        using Scalar length = (-LearningRate * shrink / correction1).ToScalar();
        Tensor next = x.addcdiv(first, second.Over(correction2).sqrt_().PlusInPlace(Epsilon), length);
        return (settings.Clamp ? next.ClampInPlace() : next).MoveToOuterDisposeScope();
    }

    public void Learn(Tensor before, Tensor gradientBefore, Tensor after, Tensor gradientAfter)
    {
    }

    public void StepBack()
    {
        shrink /= 2;
        Forget();
    }

    // The moments are of gradients that no longer come.
    public void Reweigh(Tensor gradient) => Forget();

    public void Forget()
    {
        Dispose();
        step = 0;
    }

    // As crowsonkb's scale_adam: bicubic for the mean, bilinear and no less than zero for the variance.
    public void Resample(int fromWidth, int fromHeight, int width, int height)
    {
        if (first is null || second is null)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor mean = F.interpolate(first, [height, width], mode: InterpolationMode.Bicubic, align_corners: false).DetachFromDisposeScope();
        Tensor variance = F.interpolate(second, [height, width], mode: InterpolationMode.Bilinear, align_corners: false).relu().DetachFromDisposeScope();
        Dispose();
        (first, second) = (mean, variance);
    }

    // Both moments or none: one without the other means nothing. Without them it begins anew, step counted from zero.
    public OptimizerState Save(long mostBytes = long.MaxValue) => first is not null && first.numel() * 2 * first.element_size() > mostBytes
        ? new(ImmutableDictionary<string, Tensor>.Empty, ImmutableDictionary<string, double[]>.Empty.Add("step", [0, shrink, LearningRate]))
        : Whole();

    private OptimizerState Whole() => new(
        first is null || second is null
            ? ImmutableDictionary<string, Tensor>.Empty
            : ImmutableDictionary<string, Tensor>.Empty.Add("first", first).Add("second", second),
        ImmutableDictionary<string, double[]>.Empty.Add("step", [step, shrink, LearningRate]));

    public void Restore(OptimizerState state)
    {
        Dispose();
        double[] numbers = state.Numbers["step"];
        (step, shrink, LearningRate) = ((int)numbers[0], numbers[1], numbers[2]);
        first = state.Tensors.GetValueOrDefault("first")?.clone().DetachFromDisposeScope();
        second = state.Tensors.GetValueOrDefault("second")?.clone().DetachFromDisposeScope();
    }

    public void Dispose()
    {
        first?.Dispose();
        second?.Dispose();
        (first, second) = (null, null);
    }
}
