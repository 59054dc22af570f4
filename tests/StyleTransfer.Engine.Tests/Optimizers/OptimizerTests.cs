using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests.Optimizers;

public sealed class OptimizerTests
{
    [Fact]
    public void Lbfgs_Rosenbrock_FindsTheMinimum()
    {
        using DisposeScope scope = NewDisposeScope();
        using Lbfgs optimizer = new(new OptimizerSettings { History = 10, Clamp = false });
        Tensor x = tensor(new double[] { 0.2, 0.4, 0.5 }, [1, 3, 1, 1]);

        (Tensor end, _) = Minimize(optimizer, x, Rosenbrock, 300);

        Assert.True(end.allclose(ones_like(end), 1e-4, 1e-4));
    }

    [Fact]
    public void Lbfgs_IllConditionedQuadratic_ConvergesInAFewTimesItsDimension()
    {
        using DisposeScope scope = NewDisposeScope();
        using Lbfgs optimizer = new(new OptimizerSettings { History = 20, Clamp = false });
        Tensor scales = logspace(0, 3, 12, dtype: ScalarType.Float64).view(1, 3, 2, 2);
        Tensor x = full([1, 3, 2, 2], 0.5, ScalarType.Float64);

        // Above zero, as objectives are whose terms pull in different directions: near zero every step too far would be a doubling.
        (_, double value) = Minimize(optimizer, x, at => (1 + 0.5 * (scales * at.square()).sum().ToDouble(), scales * at), 80);

        Assert.InRange(value - 1, 0, 1e-8);
    }

    [Fact]
    public void Lbfgs_BoundedProblem_EndsAtTheBound()
    {
        using DisposeScope scope = NewDisposeScope();
        using Lbfgs optimizer = new(new OptimizerSettings { History = 10, Clamp = true });
        Tensor goal = tensor(new double[] { -0.5, 0.3, 1.5 }, [1, 3, 1, 1]);
        Tensor x = full([1, 3, 1, 1], 0.5, ScalarType.Float64);

        (Tensor end, _) = Minimize(optimizer, x, at => ((at - goal).square().sum().ToDouble(), 2 * (at - goal)), 100);

        Assert.True(end.allclose(goal.clamp(0, 1), 1e-4, 1e-4));
    }

    [Theory]
    [InlineData(OptimizerKind.Lbfgs)]
    [InlineData(OptimizerKind.Adam)]
    public void Restore_SavedState_ProposesBitwiseTheSame(OptimizerKind kind)
    {
        using DisposeScope scope = NewDisposeScope();
        OptimizerSettings settings = new() { Kind = kind, History = 3, LearningRate = 0.1 };
        using IOptimizer first = Create(settings);
        using IOptimizer second = Create(settings);
        (Tensor x, _) = Minimize(first, tensor(new double[] { 0.2, 0.4, 0.5 }, [1, 3, 1, 1]), Rosenbrock, 7);
        second.Restore(first.Save());
        Tensor gradient = Rosenbrock(x).Gradient;

        Assert.Equal(first.Propose(x, gradient).data<double>().ToArray(), second.Propose(x, gradient).data<double>().ToArray());
    }

    [Theory]
    [InlineData(OptimizerKind.Lbfgs)]
    [InlineData(OptimizerKind.Adam)]
    public void Resample_ToTheSameSize_ProposesTheSame(OptimizerKind kind)
    {
        using DisposeScope scope = NewDisposeScope();
        OptimizerSettings settings = new() { Kind = kind, History = 3, LearningRate = 0.1 };
        using IOptimizer first = Create(settings);
        using IOptimizer second = Create(settings);
        (Tensor x, _) = Minimize(first, tensor(new double[] { 0.2, 0.4, 0.5 }, [1, 3, 1, 1]), Rosenbrock, 7);
        second.Restore(first.Save());
        second.Resample(1, 1, 1, 1);
        Tensor gradient = Rosenbrock(x).Gradient;

        Assert.True(first.Propose(x, gradient).allclose(second.Propose(x, gradient), 1e-9, 1e-12));
    }

    // A resampled history has all its products computed from the pairs themselves.
    [Fact]
    public void Reweigh_BeforeAGradientOfOtherWeights_LeavesThePairsAsTheyAre()
    {
        using DisposeScope scope = NewDisposeScope();
        OptimizerSettings settings = new() { History = 3 };
        using Lbfgs reweighed = new(settings);
        using Lbfgs computed = new(settings);
        (Tensor x, _) = Minimize(reweighed, tensor(new double[] { 0.2, 0.4, 0.5 }, [1, 3, 1, 1]), Rosenbrock, 7);
        computed.Restore(reweighed.Save());
        computed.Resample(1, 1, 1, 1);
        Tensor other = 3 * Rosenbrock(x).Gradient + 1;

        reweighed.Reweigh(Rosenbrock(x).Gradient);

        Assert.True(reweighed.Propose(x, other).allclose(computed.Propose(x, other), 1e-9, 1e-12));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Save_RoomForFewerPairs_KeepsTheNewestAsAShorterHistoryWould(int room)
    {
        using DisposeScope scope = NewDisposeScope();
        using Lbfgs whole = new(new OptimizerSettings { History = 5 });
        using Lbfgs shorter = new(new OptimizerSettings { History = room });
        using Lbfgs restored = new(new OptimizerSettings { History = 5 });
        (Tensor x, _) = Minimize(new Pair(whole, shorter), tensor(new double[] { 0.2, 0.4, 0.5 }, [1, 3, 1, 1]), Rosenbrock, 9);
        const int PairBytes = 2 * 3 * sizeof(double);
        restored.Restore(whole.Save((room * PairBytes) + 1));
        Tensor gradient = Rosenbrock(x).Gradient;

        Assert.True(shorter.Propose(x, gradient).allclose(restored.Propose(x, gradient), 1e-10, 1e-13));
        Assert.False(whole.Propose(x, gradient).allclose(restored.Propose(x, gradient), 1e-10, 1e-13));
    }

    [Theory]
    [InlineData(OptimizerKind.Lbfgs, 10)]
    [InlineData(OptimizerKind.Adam, 10)]
    [InlineData(OptimizerKind.Lbfgs, -1000)]
    [InlineData(OptimizerKind.Adam, -1000)]
    public void Save_RoomForNothing_BeginsAnew(OptimizerKind kind, long room)
    {
        using DisposeScope scope = NewDisposeScope();
        OptimizerSettings settings = new() { Kind = kind, History = 3, LearningRate = 0.1 };
        using IOptimizer used = Create(settings);
        using IOptimizer restored = Create(settings);
        using IOptimizer young = Create(settings);
        (Tensor x, _) = Minimize(used, tensor(new double[] { 0.2, 0.4, 0.5 }, [1, 3, 1, 1]), Rosenbrock, 7);
        restored.Restore(used.Save(room));
        Tensor gradient = Rosenbrock(x).Gradient;

        Assert.Equal(young.Propose(x, gradient).data<double>().ToArray(), restored.Propose(x, gradient).data<double>().ToArray());
    }

    internal static (Tensor End, double Value) Minimize(IOptimizer optimizer, Tensor x, Func<Tensor, (double Value, Tensor Gradient)> problem, int steps)
    {
        (double value, Tensor gradient) = problem(x);
        for (int step = 0; step < steps; step++)
        {
            Tensor next = optimizer.Propose(x, gradient);
            (double nextValue, Tensor nextGradient) = problem(next);
            if (nextValue > value * optimizer.ToleratedGrowth)
            {
                optimizer.StepBack();
                continue;
            }

            optimizer.Learn(x, gradient, next, nextGradient);
            (x, value, gradient) = (next, nextValue, nextGradient);
        }

        return (x, value);
    }

    internal static IOptimizer Create(OptimizerSettings settings) =>
        settings.Kind == OptimizerKind.Adam ? new Adam(settings) : new Lbfgs(settings);

    // Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)², of three variables.
    private static (double Value, Tensor Gradient) Rosenbrock(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor leaf = x.detach().requires_grad_();
        Tensor flat = leaf.flatten();
        Tensor head = flat.narrow(0, 0, 2);
        Tensor tail = flat.narrow(0, 1, 2);
        Tensor value = (100 * (tail - head.square()).square() + (1 - head).square()).sum();
        Tensor gradient = autograd.grad([value], [leaf])[0];
        return (value.ToDouble(), gradient.MoveToOuterDisposeScope());
    }

    // Two that learn the same; the first proposes.
    private sealed class Pair(Lbfgs first, Lbfgs second) : IOptimizer
    {
        public double LearningRate { get; set; }

        public double ToleratedGrowth => first.ToleratedGrowth;

        public Tensor Propose(Tensor x, Tensor gradient) => first.Propose(x, gradient);

        public void Learn(Tensor before, Tensor gradientBefore, Tensor after, Tensor gradientAfter)
        {
            first.Learn(before, gradientBefore, after, gradientAfter);
            second.Learn(before, gradientBefore, after, gradientAfter);
        }

        public void StepBack()
        {
            first.StepBack();
            second.StepBack();
        }

        public void Reweigh(Tensor gradient) => throw new NotSupportedException();

        public void Forget() => throw new NotSupportedException();

        public void Resample(int fromWidth, int fromHeight, int width, int height) => throw new NotSupportedException();

        public OptimizerState Save(long mostBytes) => throw new NotSupportedException();

        public void Restore(OptimizerState state) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
