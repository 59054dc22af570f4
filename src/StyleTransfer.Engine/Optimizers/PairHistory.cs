using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>
/// What L-BFGS knows of the curvature: its newest steps s and what each did to the gradient, y, as an approximation H of the inverse
/// Hessian.
/// </summary>
/// <remarks>
/// The two-loop recursion runs on coefficients over the kept pairs (Chen, Wang and Zhou, "Large-scale L-BFGS using MapReduce", 2014), so
/// that an iteration reads them twice: for their products with the gradient, and for the direction. The products with the newest y are
/// those with the gradient after the step less those with the gradient before.
/// </remarks>
internal sealed class PairHistory : IDisposable
{
    private const double LeastCurvature = 1e-8;

    // H₀ = γ I. The textbook's γ is s·y ⁄ y·y of the newest pair, which changes much from one to the next. The geometric mean over the
    // newest five, half as large again, reaches crowson2021's objective with a fifth fewer evaluations; after as many, ours is 1 to 2 % lower
    // and johnson2015's 4 to 10 (2026-11-28, four pairs of pictures).
    private const int CurvaturesInMean = 5;
    private const double BeyondTheMean = 1.5;

    private readonly int ring; // slots: one more than pairs are kept, so that the next pair has a place before its worth is known
    private readonly VectorRows rows; // s in row 2 · slot, y in the row after it
    private readonly double[,] sy; // s_i · y_j by slot, where j is not older than i
    private readonly double[,] yy;
    private int oldest; // slot
    private double[]? products; // of all rows with the present gradient, once they were asked for
    private double[]? productsBefore; // and with the one before it, while the newest pair's products with the others are still to be had

    /// <param name="capacity">Pairs.</param>
    /// <param name="length">Numbers of a picture.</param>
    /// <param name="type">Of the pictures.</param>
    public PairHistory(int capacity, long length, ScalarType type, Device device)
    {
        ring = capacity + 1;
        rows = new VectorRows(2 * ring, length, type, device);
        sy = new double[ring, ring];
        yy = new double[ring, ring];
    }

    /// <summary>Numbers of a picture.</summary>
    public long Length => rows.Length;

    /// <summary>Pairs kept.</summary>
    public int Count { get; private set; }

    // Rows from the first to the last that a pair is in; once the ring has come round, all of them were written.
    private int Used => 2 * (oldest == 0 ? Count : ring);

    /// <summary>A step that was taken. Kept where the curvature along it is positive: another would make the inverse Hessian indefinite.</summary>
    public void Add(Tensor before, Tensor gradientBefore, Tensor after, Tensor gradientAfter)
    {
        double[] atBefore = ProductsWith(gradientBefore);
        products = null;
        int slot = Slot(Count);
        (double ss, double along, double square) = rows.SetPair(2 * slot, before, after, gradientBefore, gradientAfter);
        if (!(along > LeastCurvature * Math.Sqrt(ss) * Math.Sqrt(square)))
        {
            return;
        }

        (sy[slot, slot], yy[slot, slot]) = (along, square);
        productsBefore = atBefore;
        if (Count == ring - 1)
        {
            oldest = (oldest + 1) % ring;
        }
        else
        {
            Count++;
        }
    }

    /// <summary>−H g, of the gradient's shape, in the caller's scope.</summary>
    public Tensor Direction(Tensor gradient)
    {
        double[] along = ProductsWith(gradient);
        double[] alpha = new double[ring];
        for (int age = Count - 1; age >= 0; age--)
        {
            int i = Slot(age);
            double sq = along[2 * i];
            for (int newer = age + 1; newer < Count; newer++)
            {
                sq -= alpha[Slot(newer)] * sy[i, Slot(newer)];
            }

            alpha[i] = sq / sy[i, i];
        }

        double gamma = InitialCurvature();
        double[] coefficients = new double[Used];
        for (int age = 0; age < Count; age++)
        {
            int i = Slot(age);
            double yr = along[2 * i + 1];
            for (int other = 0; other < Count; other++)
            {
                yr -= alpha[Slot(other)] * yy[i, Slot(other)];
            }

            yr *= gamma;
            for (int older = 0; older < age; older++)
            {
                yr -= coefficients[2 * Slot(older)] * sy[Slot(older), i];
            }

            coefficients[2 * i] = (yr / sy[i, i]) - alpha[i];
            coefficients[2 * i + 1] = gamma * alpha[i];
        }

        using DisposeScope scope = NewDisposeScope();
        return rows.Combine(coefficients, gradient.flatten(), -gamma).view(gradient.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The next gradient will not be one of the same objective.</summary>
    public void Settle(Tensor gradient)
    {
        _ = ProductsWith(gradient);
        products = null;
    }

    /// <summary>The same pairs at another size.</summary>
    public PairHistory Resampled(int capacity, int fromWidth, int fromHeight, int width, int height)
    {
        using DisposeScope scope = NewDisposeScope();
        // Gradients of a sum over positions that is divided by their number shrink as the pixels grow more.
        double perPixel = (double)fromWidth * fromHeight / ((double)width * height);
        PairHistory to = new(capacity, 3L * width * height, rows.Type, rows.Device);
        Tensor Resized(int row) => PixelTensors.Resize(rows.Get(row).view(1, 3, fromHeight, fromWidth), width, height).flatten();
        for (int age = Math.Max(0, Count - capacity); age < Count; age++)
        {
            using DisposeScope step = NewDisposeScope();
            int slot = to.Count++;
            Tensor y = Resized(2 * Slot(age) + 1).Times(perPixel);
            to.rows.Set(2 * slot, Resized(2 * Slot(age)));
            to.rows.Set(2 * slot + 1, y);
            double[] with = to.rows.Products(y, 2 * to.Count);
            for (int i = 0; i <= slot; i++)
            {
                to.sy[i, slot] = with[2 * i];
                to.yy[i, slot] = to.yy[slot, i] = with[2 * i + 1];
            }
        }

        return to;
    }

    /// <summary>As much of it as fits, the newest first; nothing where not even one pair does. The tensors are borrowed.</summary>
    public OptimizerState? Save(long mostBytes)
    {
        int kept = (int)Math.Clamp(mostBytes / (2 * rows.RowBytes), 0, Count);
        if (kept == 0)
        {
            return null;
        }

        // As they lie, where all are kept: sums in another order would be rounded otherwise, and a run that goes on not be the same to the bit.
        int[] slots = kept == Count ? [.. Enumerable.Range(0, Used / 2)] : [.. Enumerable.Range(Count - kept, kept).Select(Slot)];
        double[] Table(double[,] of) => [.. slots.SelectMany(i => slots.Select(j => of[i, j]))];
        double[] before = productsBefore is { } some ? [.. slots.SelectMany(slot => new[] { some.ElementAtOrDefault(2 * slot), some.ElementAtOrDefault(2 * slot + 1) })] : [];
        (Tensor stored, Tensor? scales) = kept == Count ? rows.First(2 * slots.Length) : rows.Pick([.. slots.SelectMany(slot => new[] { 2 * slot, (2 * slot) + 1 })]);
        ImmutableDictionary<string, Tensor> tensors = ImmutableDictionary<string, Tensor>.Empty.Add("rows", stored);
        return new OptimizerState(
            scales is null ? tensors : tensors.Add("scales", scales),
            ImmutableDictionary<string, double[]>.Empty
                .Add("ring", [kept, kept == Count ? oldest : 0])
                .Add("sy", Table(sy))
                .Add("yy", Table(yy))
                .Add("before", before));
    }

    /// <param name="length">Numbers of a picture.</param>
    public static PairHistory Restored(OptimizerState state, int capacity, long length)
    {
        (Tensor saved, Tensor? scales) = (state.Tensors["rows"], state.Tensors.GetValueOrDefault("scales"));
        PairHistory history = new(capacity, length, scales is null ? ScalarType.Float64 : ScalarType.Float32, saved.device);
        history.rows.SetFirst(saved, scales);
        (history.Count, history.oldest) = ((int)state.Numbers["ring"][0], (int)state.Numbers["ring"][1]);
        int slots = (int)saved.shape[0] / 2;
        for (int i = 0; i < slots; i++)
        {
            for (int j = 0; j < slots; j++)
            {
                history.sy[i, j] = state.Numbers["sy"][(i * slots) + j];
                history.yy[i, j] = state.Numbers["yy"][(i * slots) + j];
            }
        }

        history.productsBefore = state.Numbers["before"] is { Length: > 0 } before ? before : null;
        return history;
    }

    public void Dispose() => rows.Dispose();

    private double InitialCurvature()
    {
        int taken = Math.Min(Count, CurvaturesInMean);
        return BeyondTheMean * Math.Exp(Enumerable.Range(Count - taken, taken).Select(Slot).Average(i => Math.Log(sy[i, i] / yy[i, i])));
    }

    private double[] ProductsWith(Tensor gradient)
    {
        if (products is null)
        {
            using Tensor flat = gradient.flatten();
            products = rows.Products(flat, Used);
            if (productsBefore is not null)
            {
                Complete(productsBefore, products);
                productsBefore = null;
            }
        }

        return products;
    }

    // The newest pair's products with the older ones: y is the difference of the two gradients.
    private void Complete(double[] before, double[] after)
    {
        int newest = Slot(Count - 1);
        for (int age = 0; age < Count - 1; age++)
        {
            int i = Slot(age);
            sy[i, newest] = after[2 * i] - before[2 * i];
            yy[i, newest] = yy[newest, i] = after[2 * i + 1] - before[2 * i + 1];
        }
    }

    private int Slot(int age) => (oldest + age) % ring;
}
