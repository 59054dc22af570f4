using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>
/// Limited-memory BFGS without a line search: one evaluation a step. Ours, because its state must be saved, carried and stepped back.
/// </summary>
/// <remarks>Nocedal and Wright, "Numerical Optimization", algorithm 7.4, with the initial scaling of equation 7.20.</remarks>
internal sealed class Lbfgs(int history, double learningRate) : IOptimizer
{
    // The first step knows no curvature: it moves the pixels by this much, root mean square.
    private const double FirstStep = 0.02;

    // A quasi-Newton step that would move the pixels further than this has left the region that its curvature describes.
    private const double LargestStep = 0.25;

    private readonly List<(Tensor S, Tensor Y, Tensor Rho)> pairs = [];
    private Tensor? previousGradient;

    public double LearningRate { get; set; } = learningRate;

    public Tensor Step(Tensor x, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor direction = Direction(gradient);
        Tensor length = direction.square().mean().sqrt();
        if (pairs.Count == 0)
        {
            direction = direction * (FirstStep / (length + 1e-20));
        }
        else
        {
            direction = direction * (LargestStep / length).clamp_max(1);
        }

        previousGradient?.Dispose();
        previousGradient = gradient.clone().DetachFromDisposeScope();
        return (x + (direction * LearningRate)).MoveToOuterDisposeScope();
    }

    public void Observe(Tensor step, Tensor gradient)
    {
        if (previousGradient is null)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor y = gradient - previousGradient;
        Tensor sy = (step * y).sum();
        bool isCurved = (sy > 1e-10 * step.norm() * y.norm()).item<bool>();
        if (!isCurved)
        {
            return;
        }

        if (pairs.Count == history)
        {
            Release(pairs[0]);
            pairs.RemoveAt(0);
        }

        pairs.Add((step.clone().DetachFromDisposeScope(), y.DetachFromDisposeScope(), (1 / sy).DetachFromDisposeScope()));
    }

    public void Dispose()
    {
        pairs.ForEach(Release);
        pairs.Clear();
        previousGradient?.Dispose();
        previousGradient = null;
    }

    private Tensor Direction(Tensor gradient)
    {
        Tensor q = gradient.neg();
        if (pairs.Count == 0)
        {
            return q;
        }

        Tensor[] alphas = new Tensor[pairs.Count];
        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            (Tensor s, Tensor y, Tensor rho) = pairs[i];
            alphas[i] = (s * q).sum() * rho;
            q = q - (alphas[i] * y);
        }

        (_, Tensor lastY, Tensor lastRho) = pairs[^1];
        q = q / (lastRho * lastY.square().sum());
        for (int i = 0; i < pairs.Count; i++)
        {
            (Tensor s, Tensor y, Tensor rho) = pairs[i];
            q = q + ((alphas[i] - ((y * q).sum() * rho)) * s);
        }

        return q;
    }

    private static void Release((Tensor S, Tensor Y, Tensor Rho) pair)
    {
        pair.S.Dispose();
        pair.Y.Dispose();
        pair.Rho.Dispose();
    }
}
