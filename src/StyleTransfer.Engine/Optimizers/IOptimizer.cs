using System.Collections.Immutable;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>
/// Proposes the next picture from the last one and its gradient. All that it remembers can be saved, resampled and restored.
/// </summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>May change while the run goes on.</summary>
    double LearningRate { get; set; }

    /// <summary>By which factor the objective may grow in one step before the step counts as divergence.</summary>
    double ToleratedGrowth { get; }

    /// <summary>The next picture to evaluate, [1, 3, H, W]; in the caller's scope.</summary>
    /// <param name="x">The last accepted picture.</param>
    /// <param name="gradient">∂L ⁄ ∂x there.</param>
    Tensor Propose(Tensor x, Tensor gradient);

    /// <summary>Learns from a step that was taken: the pictures before and after it, and their gradients.</summary>
    void Learn(Tensor before, Tensor gradientBefore, Tensor after, Tensor gradientAfter);

    /// <summary>The proposal was no good: forget what led to it and step shorter from now on.</summary>
    void StepBack();

    /// <summary>
    /// The objective's weights are about to change. Much of what was learnt still holds, and where it does not, a step too far is taken back;
    /// but gradients before and after cannot be compared.
    /// </summary>
    /// <param name="gradient">The last one under the old weights.</param>
    void Reweigh(Tensor gradient);

    /// <summary>What was learnt no longer holds: the objective is another one.</summary>
    void Forget();

    /// <summary>Carries what was learnt to another size.</summary>
    void Resample(int fromWidth, int fromHeight, int width, int height);

    /// <summary>What it remembers, or as much of it as fits: what is newest is kept.</summary>
    OptimizerState Save(long mostBytes = long.MaxValue);

    void Restore(OptimizerState state);
}

/// <summary>Tensors on the optimiser's device, borrowed until its next call, and numbers.</summary>
internal sealed record OptimizerState(ImmutableDictionary<string, Tensor> Tensors, ImmutableDictionary<string, double[]> Numbers)
{
    public static OptimizerState Empty { get; } = new(ImmutableDictionary<string, Tensor>.Empty, ImmutableDictionary<string, double[]>.Empty);
}
