using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>
/// Vectors kept as rows: float32 in eight bits, with a scale for each <see cref="ByteRows.Block"/> numbers (what they are read for needs no
/// more, and a quarter as much is read), float64 as it is. Sums are in float32 or wider. Owns its memory.
/// </summary>
internal sealed class VectorRows : IDisposable
{
    // Where our own kernels do not go: rows of so many numbers are widened at once.
    private const long WidenedAtOnce = 1 << 24;

    private readonly Tensor rows; // [rows, blocks, Block], or in float64 [rows, length]; unfilled where nothing was set
    private readonly Tensor? scales; // [rows, blocks], of a block's largest number over 127

    /// <param name="length">Of a vector.</param>
    /// <param name="type">Of the vectors, float32 or float64.</param>
    public VectorRows(int count, long length, ScalarType type, Device device)
    {
        (Length, Type) = (length, type);
        if (type == ScalarType.Float32)
        {
            rows = empty([count, Blocks(length), ByteRows.Block], ScalarType.Int8, device).DetachFromDisposeScope();
            scales = empty([count, Blocks(length)], ScalarType.Float32, device).DetachFromDisposeScope();
        }
        else
        {
            rows = empty([count, length], type, device).DetachFromDisposeScope();
        }
    }

    /// <summary>Of a vector.</summary>
    public long Length { get; }

    /// <summary>Of the vectors.</summary>
    public ScalarType Type { get; }

    public Device Device => rows.device;

    /// <summary>That a row takes.</summary>
    public long RowBytes => scales is null ? Length * sizeof(double) : Blocks(Length) * (ByteRows.Block + sizeof(float));

    public void Set(int row, Tensor vector)
    {
        using DisposeScope scope = NewDisposeScope();
        if (scales is null)
        {
            rows[row].copy_(vector);
            return;
        }

        Tensor blocks = nn.functional.pad(vector, [0, (Blocks(Length) * ByteRows.Block) - Length]).view(Blocks(Length), ByteRows.Block);
        Tensor scale = blocks.abs().amax([1], keepdim: true).Over(ByteRows.Most);
        rows[row].copy_(blocks.div(scale.AtLeast(ByteRows.Smallest)).round());
        scales[row].copy_(scale.squeeze(1));
    }

    /// <summary>A step s = after − before into a row, and what it did to the gradient, y, into the next.</summary>
    /// <returns>s · s, s · y and y · y.</returns>
    public (double SS, double SY, double YY) SetPair(int row, Tensor before, Tensor after, Tensor gradientBefore, Tensor gradientAfter)
    {
        if (scales is not null && ByteRows.Suit(before) && ByteRows.Suit(after) && ByteRows.Suit(gradientBefore) && ByteRows.Suit(gradientAfter))
        {
            return ByteRows.SetPair(rows, scales, row, before, after, gradientBefore, gradientAfter);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor s = (after - before).flatten();
        Tensor y = (gradientAfter - gradientBefore).flatten();
        Set(row, s);
        Set(row + 1, y);
        return (s.dot(s).ToDouble(), s.dot(y).ToDouble(), y.dot(y).ToDouble());
    }

    /// <summary>In the vectors' own type; in the caller's scope.</summary>
    public Tensor Get(int row)
    {
        using DisposeScope scope = NewDisposeScope();
        return Widened(row, 1)[0].MoveToOuterDisposeScope();
    }

    /// <summary>The first rows as they are stored; in the caller's scope.</summary>
    public (Tensor Rows, Tensor? Scales) First(int count) => (rows.narrow(0, 0, count), scales?.narrow(0, 0, count));

    /// <summary>A copy of some rows as they are stored; in the caller's scope.</summary>
    public (Tensor Rows, Tensor? Scales) Pick(int[] which)
    {
        using Tensor index = tensor([.. which.Select(row => (long)row)], device: rows.device);
        return (rows.index_select(0, index), scales?.index_select(0, index));
    }

    /// <summary>Takes stored rows into the first ones.</summary>
    public void SetFirst(Tensor stored, Tensor? storedScales)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor places, Tensor? factors) = First((int)stored.shape[0]);
        places.copy_(stored);
        factors?.copy_(storedScales!);
    }

    /// <summary>rowᵢ · v for the first rows.</summary>
    public double[] Products(Tensor v, int count)
    {
        if (scales is not null && ByteRows.Suit(v))
        {
            return ByteRows.Products(rows, scales, count, v);
        }

        using DisposeScope scope = NewDisposeScope();
        return count == 0 ? [] : cat([.. Parts(count).Select(part => Widened(part.First, part.Count).mv(v))]).to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    /// <summary>times · v + Σ coefficientᵢ rowᵢ, in the caller's scope.</summary>
    public Tensor Combine(double[] coefficients, Tensor v, double times)
    {
        if (scales is not null && ByteRows.Suit(v))
        {
            return ByteRows.Combine(rows, scales, coefficients, v, times);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor along = tensor(coefficients, ScalarType.Float64).to(Type).to(rows.device);
        Tensor sum = v.Times(times);
        foreach ((int first, int count) in Parts(coefficients.Length))
        {
            sum.PlusInPlace(Widened(first, count).t().mv(along.narrow(0, first, count)));
        }

        return sum.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        rows.Dispose();
        scales?.Dispose();
    }

    private static long Blocks(long length) => (length + ByteRows.Block - 1) / ByteRows.Block;

    // All rows in float32 at once are what is to be avoided.
    private IEnumerable<(int First, int Count)> Parts(int count)
    {
        int atOnce = (int)Math.Max(1, WidenedAtOnce / Length);
        for (int first = 0; first < count; first += atOnce)
        {
            yield return (first, Math.Min(atOnce, count - first));
        }
    }

    private Tensor Widened(int first, int count)
    {
        Tensor some = rows.narrow(0, first, count);
        return scales is null ? some : some.to(Type).mul_(scales.narrow(0, first, count).unsqueeze(2)).flatten(1).narrow(1, 0, Length);
    }
}
