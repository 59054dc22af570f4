using System.Collections.Immutable;
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

    private int capacity = settings.History;
    private double shrink = 1;
    private int count; // pairs kept
    private int oldest; // slot of the oldest pair
    private VectorRows? pairs; // 2 · capacity rows of 3 H W: s in row 2 · slot, y in the row after it
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
            direction.TimesInPlace(FirstStep * perPixel / Math.Max(g.norm().ToDouble(), 1e-30));
        }
        else
        {
            direction = Direction(g).TimesInPlace(LearningRate);
            longest = LongestStep;
        }

        double length = direction.norm().ToDouble() / perPixel;
        double factor = length > longest ? longest / length : 1;
        Tensor next = x.Plus(direction.view(x.shape), times: factor * shrink);
        return (settings.Clamp ? next.ClampInPlace() : next).MoveToOuterDisposeScope();
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

        pairs ??= Rows(s);
        int slot = (oldest + count) % capacity;
        if (count == capacity)
        {
            oldest = (oldest + 1) % capacity;
        }
        else
        {
            count++;
        }

        pairs.Set(2 * slot, s);
        pairs.Set(2 * slot + 1, y);
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
        using VectorRows from = pairs;
        int[] slots = [.. Enumerable.Range(0, count).Select(Slot)];
        pairs = Rows(zeros(3L * width * height, dtype: from.Get(0).dtype, device: from.Get(0).device));
        (oldest, count) = (0, Math.Min(count, capacity));
        for (int slot = 0; slot < count; slot++)
        {
            using DisposeScope step = NewDisposeScope();
            int old = slots[slots.Length - count + slot];
            Tensor Resized(int row) => PixelTensors.Resize(from.Get(row).view(1, 3, fromHeight, fromWidth), width, height).flatten();
            pairs.Set(2 * slot, Resized(2 * old));
            pairs.Set(2 * slot + 1, Resized(2 * old + 1).Times(perPixel));
        }

        for (int slot = 0; slot < count; slot++)
        {
            double[] products = Products(pairs.Get(2 * slot + 1));
            for (int i = 0; i < count; i++)
            {
                sy[i, slot] = products[2 * i];
                yy[i, slot] = products[2 * i + 1];
            }
        }
    }

    public OptimizerState Save(long mostBytes = long.MaxValue)
    {
        int kept = pairs is null ? 0 : (int)Math.Clamp(mostBytes / (2 * pairs.RowBytes), 0, count);
        if (pairs is null || kept == 0)
        {
            return State(null, [0, 0, shrink, LearningRate], sy, yy);
        }

        if (kept == count)
        {
            return State(pairs.First(2 * count), [count, oldest, shrink, LearningRate], sy, yy);
        }

        int[] slots = [.. Enumerable.Range(count - kept, kept).Select(Slot)];
        double[,] keptSy = new double[settings.History, settings.History];
        double[,] keptYy = new double[settings.History, settings.History];
        for (int i = 0; i < kept; i++)
        {
            for (int j = 0; j < kept; j++)
            {
                (keptSy[i, j], keptYy[i, j]) = (sy[slots[i], slots[j]], yy[slots[i], slots[j]]);
            }
        }

        return State(pairs.Pick([.. slots.SelectMany(slot => new[] { 2L * slot, (2L * slot) + 1 })]), [kept, 0, shrink, LearningRate], keptSy, keptYy);
    }

    private static OptimizerState State(Tensor? rows, double[] counts, double[,] sy, double[,] yy) => new(
        rows is null ? ImmutableDictionary<string, Tensor>.Empty : ImmutableDictionary<string, Tensor>.Empty.Add("pairs", rows),
        ImmutableDictionary<string, double[]>.Empty
            .Add("counts", counts)
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
            using DisposeScope scope = NewDisposeScope();
            pairs = Rows(saved[0]);
            pairs.First(2 * count).copy_(saved);
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
        return pairs!.Combine(coefficients).PlusInPlace(g, times: gamma).neg_().MoveToOuterDisposeScope();
    }

    // Every s_i · v and y_i · v, by slot.
    private double[] Products(Tensor v) => pairs!.Products(v, 2 * count);

    // As many pairs as the picture's size allows.
    private VectorRows Rows(Tensor like)
    {
        (capacity, bool isHalf) = RunMemory.History(settings, like.numel() / 3);
        return new VectorRows(2 * capacity, isHalf, like);
    }

    private int Slot(int age) => (oldest + age) % capacity;
}
