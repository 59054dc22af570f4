using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>
/// L-BFGS without a line search: Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.
/// </summary>
/// <remarks>
/// A line search would cost evaluations; instead the first step is scaled to a sane change of the pixels, every step is bounded,
/// and the run takes a proposal back that makes things much worse.
/// </remarks>
internal sealed class Lbfgs(OptimizerSettings settings) : IOptimizer
{
    /// <summary>Root mean square change of a pixel's channel by the first step, before anything is known of the curvature.</summary>
    private const double FirstStep = 0.02;

    /// <summary>And by any step: further than this the quadratic model says nothing.</summary>
    private const double LongestStep = 0.1;

    private double shrink = 1;
    private PairHistory? history;

    public double LearningRate { get; set; } = settings.LearningRate;

    public double ToleratedGrowth => 2;

    public Tensor Propose(Tensor x, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        PairHistory pairs = History(x);
        Tensor direction = pairs.Count == 0 ? gradient : pairs.Direction(gradient);
        double length = Math.Max(direction.norm().ToDouble() / Math.Sqrt(x.numel()), 1e-30);
        double factor = pairs.Count == 0 ? -FirstStep / length : Math.Min(LearningRate, LongestStep / length);
        Tensor next = x.Plus(direction, times: factor * shrink);
        return (settings.Clamp ? next.ClampInPlace() : next).MoveToOuterDisposeScope();
    }

    public void Learn(Tensor before, Tensor gradientBefore, Tensor after, Tensor gradientAfter)
    {
        shrink = Math.Min(1, shrink * 2);
        History(before).Add(before, gradientBefore, after, gradientAfter);
    }

    public void StepBack()
    {
        shrink /= 4;
        Forget();
    }

    public void Reweigh(Tensor gradient) => history?.Settle(gradient);

    public void Forget()
    {
        history?.Dispose();
        history = null;
    }

    public void Resample(int fromWidth, int fromHeight, int width, int height)
    {
        using PairHistory? from = history;
        history = from?.Resampled(Pairs(3L * width * height), fromWidth, fromHeight, width, height);
    }

    public OptimizerState Save(long mostBytes = long.MaxValue)
    {
        OptimizerState pairs = history?.Save(mostBytes) ?? OptimizerState.Empty;
        return pairs with { Numbers = pairs.Numbers.Add("step", [shrink, LearningRate, history?.Length ?? 0]) };
    }

    public void Restore(OptimizerState state)
    {
        Forget();
        // A checkpoint of before 2026-11-28 keeps its pairs in another way: it goes on from its picture and learns anew.
        double[] step = state.Numbers.GetValueOrDefault("step") ?? [1, state.Numbers["counts"][^1]];
        (shrink, LearningRate) = (step[0], step[1]);
        history = step is [_, _, double length] && state.Tensors.ContainsKey("rows") ? PairHistory.Restored(state, Pairs((long)length), (long)length) : null;
    }

    public void Dispose() => Forget();

    private PairHistory History(Tensor x) => history ??= new PairHistory(Pairs(x.numel()), x.numel(), x.dtype, x.device);

    // As many as the picture's size allows.
    private int Pairs(long numbers) => RunMemory.Pairs(settings, numbers / 3);
}
