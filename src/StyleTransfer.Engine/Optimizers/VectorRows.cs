using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>
/// Vectors kept as rows, in bfloat16 where they are float32 (what they are read for is as exact as that, and half as much is read); sums
/// are in float32 or wider. Owns its memory.
/// </summary>
internal sealed class VectorRows : IDisposable
{
    // Where our own kernels do not go: rows of so many numbers are widened at once.
    private const long WidenedAtOnce = 1 << 24;

    private readonly Tensor rows; // unfilled where nothing was set

    /// <param name="length">Of a vector.</param>
    /// <param name="type">Of the vectors.</param>
    public VectorRows(int count, long length, ScalarType type, Device device)
    {
        Type = type;
        rows = empty(count, length, dtype: type == ScalarType.Float32 ? ScalarType.BFloat16 : type, device: device).DetachFromDisposeScope();
    }

    /// <summary>Of the vectors.</summary>
    public ScalarType Type { get; }

    public Device Device => rows.device;

    public long RowBytes => rows.shape[1] * rows.element_size();

    public void Set(int row, Tensor vector)
    {
        using Tensor place = rows[row];
        place.copy_(vector);
    }

    /// <summary>A step s = after − before into a row, and what it did to the gradient, y, into the next.</summary>
    /// <returns>s · s, s · y and y · y.</returns>
    public (double SS, double SY, double YY) SetPair(int row, Tensor before, Tensor after, Tensor gradientBefore, Tensor gradientAfter)
    {
        if (HalfRows.Suit(before) && HalfRows.Suit(after) && HalfRows.Suit(gradientBefore) && HalfRows.Suit(gradientAfter))
        {
            return HalfRows.SetPair(rows, row, before, after, gradientBefore, gradientAfter);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor s = (after - before).flatten();
        Tensor y = (gradientAfter - gradientBefore).flatten();
        Set(row, s);
        Set(row + 1, y);
        return (s.dot(s).ToDouble(), s.dot(y).ToDouble(), y.dot(y).ToDouble());
    }

    /// <summary>In the vectors' own type; in the caller's scope.</summary>
    public Tensor Get(int row) => rows[row].to(Type);

    /// <summary>The first rows as they are stored, in the caller's scope.</summary>
    public Tensor First(int count) => rows.narrow(0, 0, count);

    /// <summary>A copy of some rows as they are stored, in the caller's scope.</summary>
    public Tensor Pick(long[] which)
    {
        using Tensor index = tensor(which, device: rows.device);
        return rows.index_select(0, index);
    }

    /// <summary>rowᵢ · v for the first rows.</summary>
    public double[] Products(Tensor v, int count)
    {
        if (HalfRows.Suit(v))
        {
            return HalfRows.Products(rows, count, v);
        }

        using DisposeScope scope = NewDisposeScope();
        return count == 0 ? [] : cat([.. Widened(count).Select(some => some.Rows.mv(v))]).to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    /// <summary>times · v + Σ coefficientᵢ rowᵢ, in the caller's scope.</summary>
    public Tensor Combine(double[] coefficients, Tensor v, double times)
    {
        if (HalfRows.Suit(v))
        {
            return HalfRows.Combine(rows, coefficients, v, times);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor along = tensor(coefficients, ScalarType.Float64).to(Type).to(rows.device);
        Tensor sum = v.Times(times);
        foreach ((Tensor some, int first) in Widened(coefficients.Length))
        {
            sum.PlusInPlace(some.t().mv(along.narrow(0, first, some.shape[0])));
        }

        return sum.MoveToOuterDisposeScope();
    }

    public void Dispose() => rows.Dispose();

    // A product in bfloat16 would round its sum, and all rows in float32 at once are what is to be avoided.
    private IEnumerable<(Tensor Rows, int First)> Widened(int count)
    {
        int atOnce = (int)Math.Max(1, WidenedAtOnce / rows.shape[1]);
        for (int first = 0; first < count; first += atOnce)
        {
            yield return (rows.narrow(0, first, Math.Min(atOnce, count - first)).to(Type), first);
        }
    }
}
