using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>
/// L-BFGS without a line search: Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.
/// </summary>
/// <remarks>
/// A line search would cost evaluations; instead the first step is scaled to a sane change of the pixels, every step is bounded,
/// pairs without positive curvature are not kept, and the run takes a proposal back that makes things much worse. The two-loop
/// recursion runs on coefficients over the kept pairs (Chen, Wang, Zhou 2014), so that one iteration reads the history three times
/// in matrix-vector products, where the textbook form reads and writes the picture some hundred times.
/// </remarks>
internal sealed class Lbfgs(OptimizerSettings settings) : IOptimizer
{
    /// <summary>Root mean square change of a pixel's channel by the first step, before anything is known of the curvature.</summary>
    private const double FirstStep = 0.02;

    /// <summary>And by any step: further than this the quadratic model says nothing.</summary>
    private const double LongestStep = 0.1;

    private const double LeastCurvature = 1e-8;

    private readonly int capacity = settings.History;
    private double shrink = 1;
    private int count; // pairs kept
    private int oldest; // slot of the oldest pair
    private Tensor? pairs; // [2 · capacity, 3 H W]: s in row 2 · slot, y in the row after it
    private double[,] sy = new double[settings.History, settings.History]; // s_i · y_j by slot, where j is not older than i
    private double[,] yy = new double[settings.History, settings.History];

    public double LearningRate { get; set; } = settings.LearningRate;

    public double ToleratedGrowth => 2;

    public Tensor Propose(Tensor x, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor g = gradient.flatten();
        double perPixel = Math.Sqrt(g.numel());
        Tensor direction;
        double longest;
        if (count == 0)
        {
            direction = -g;
            longest = FirstStep;
            direction.mul_(FirstStep * perPixel / Math.Max(g.norm().ToDouble(), 1e-30));
        }
        else
        {
            direction = Direction(g).mul_(LearningRate);
            longest = LongestStep;
        }

        double length = direction.norm().ToDouble() / perPixel;
        double factor = length > longest ? longest / length : 1;
        Tensor next = x.add(direction.view(x.shape), alpha: factor * shrink);
        return (settings.Clamp ? next.clamp_(0, 1) : next).MoveToOuterDisposeScope();
    }

    public void Learn(Tensor before, Tensor gradientBefore, Tensor after, Tensor gradientAfter)
    {
        using DisposeScope scope = NewDisposeScope();
        shrink = Math.Min(1, shrink * 2);
        Tensor s = (after - before).flatten();
        Tensor y = (gradientAfter - gradientBefore).flatten();
        double curvature = s.dot(y).ToDouble();
        if (!(curvature > LeastCurvature * s.norm().ToDouble() * y.norm().ToDouble()))
        {
            return; // Uphill or flat along the step: such a pair would make the inverse Hessian indefinite.
        }

        pairs ??= zeros(2 * capacity, s.numel(), dtype: s.dtype, device: s.device).DetachFromDisposeScope();
        int slot = (oldest + count) % capacity;
        if (count == capacity)
        {
            oldest = (oldest + 1) % capacity;
        }
        else
        {
            count++;
        }

        pairs[2 * slot].copy_(s);
        pairs[2 * slot + 1].copy_(y);
        double[] products = Products(y);
        for (int i = 0; i < count; i++)
        {
            sy[i, slot] = products[2 * i];
            yy[i, slot] = yy[slot, i] = products[2 * i + 1];
        }
    }

    public void StepBack()
    {
        shrink /= 4;
        Forget();
    }

    public void Forget()
    {
        count = 0;
        oldest = 0;
        pairs?.Dispose();
        pairs = null;
    }

    public void Resample(int fromWidth, int fromHeight, int width, int height)
    {
        if (pairs is null)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        // Gradients of a sum over positions that is divided by their number shrink as the pixels grow more.
        double perPixel = (double)fromWidth * fromHeight / ((double)width * height);
        Tensor resized = zeros(2 * capacity, 3L * width * height, dtype: pairs.dtype, device: pairs.device);
        for (int row = 0; row < 2 * count; row++)
        {
            Tensor picture = PixelTensors.Resize(pairs[row].view(1, 3, fromHeight, fromWidth), width, height).flatten();
            resized[row].copy_(row % 2 == 0 ? picture : picture * perPixel);
        }

        pairs.Dispose();
        pairs = resized.DetachFromDisposeScope();
        for (int slot = 0; slot < count; slot++)
        {
            double[] products = Products(pairs[2 * slot + 1]);
            for (int i = 0; i < count; i++)
            {
                sy[i, slot] = products[2 * i];
                yy[i, slot] = products[2 * i + 1];
            }
        }
    }

    public OptimizerState Save() => new(
        pairs is null
            ? ImmutableDictionary<string, Tensor>.Empty
            : ImmutableDictionary<string, Tensor>.Empty.Add("pairs", pairs.narrow(0, 0, 2 * count)),
        ImmutableDictionary<string, double[]>.Empty
            .Add("counts", [count, oldest, shrink, LearningRate])
            .Add("sy", [.. sy.Cast<double>()])
            .Add("yy", [.. yy.Cast<double>()]));

    public void Restore(OptimizerState state)
    {
        Forget();
        double[] counts = state.Numbers["counts"];
        (count, oldest, shrink, LearningRate) = ((int)counts[0], (int)counts[1], counts[2], counts[3]);
        Buffer.BlockCopy(state.Numbers["sy"], 0, sy, 0, sy.Length * sizeof(double));
        Buffer.BlockCopy(state.Numbers["yy"], 0, yy, 0, yy.Length * sizeof(double));
        if (state.Tensors.TryGetValue("pairs", out Tensor? saved))
        {
            pairs = zeros(2 * capacity, saved.shape[1], dtype: saved.dtype, device: saved.device).DetachFromDisposeScope();
            using Tensor rows = pairs.narrow(0, 0, 2 * count);
            rows.copy_(saved);
        }
    }

    public void Dispose() => pairs?.Dispose();

    // −H g by the two-loop recursion, on coefficients.
    private Tensor Direction(Tensor g)
    {
        double[] products = Products(g);
        double[] alpha = new double[capacity];
        for (int age = count - 1; age >= 0; age--)
        {
            int i = Slot(age);
            double sq = products[2 * i];
            for (int newer = age + 1; newer < count; newer++)
            {
                sq -= alpha[Slot(newer)] * sy[i, Slot(newer)];
            }

            alpha[i] = sq / sy[i, i];
        }

        int newest = Slot(count - 1);
        double gamma = sy[newest, newest] / yy[newest, newest];
        double[] coefficients = new double[2 * count];
        for (int age = 0; age < count; age++)
        {
            int i = Slot(age);
            double yr = products[2 * i + 1];
            for (int other = 0; other < count; other++)
            {
                yr -= alpha[Slot(other)] * yy[i, Slot(other)];
            }

            yr *= gamma;
            for (int older = 0; older < age; older++)
            {
                yr += coefficients[2 * Slot(older)] * sy[Slot(older), i];
            }

            coefficients[2 * i] = alpha[i] - yr / sy[i, i];
            coefficients[2 * i + 1] = -gamma * alpha[i];
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor along = tensor(coefficients, ScalarType.Float64).to(g.dtype).to(g.device);
        Tensor rows = pairs!.narrow(0, 0, 2 * count);
        return rows.t().mv(along).add_(g, alpha: gamma).neg_().MoveToOuterDisposeScope();
    }

    // Every s_i · v and y_i · v, by slot.
    private double[] Products(Tensor v)
    {
        using DisposeScope scope = NewDisposeScope();
        return pairs!.narrow(0, 0, 2 * count).mv(v).to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    private int Slot(int age) => (oldest + age) % capacity;
}
