using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

/// <summary>Vectors kept as rows, in float32 or, where they are large, in bfloat16; products are always in float32. Owns its memory.</summary>
internal sealed class VectorRows : IDisposable
{
    private readonly Tensor rows;

    /// <param name="isHalf">bfloat16.</param>
    /// <param name="like">A vector: its length and device, and its type where not half.</param>
    public VectorRows(int count, bool isHalf, Tensor like)
    {
        IsHalf = isHalf;
        rows = zeros(count, like.numel(), dtype: isHalf ? ScalarType.BFloat16 : like.dtype, device: like.device).DetachFromDisposeScope();
    }

    public bool IsHalf { get; }

    public long RowBytes => rows.shape[1] * rows.element_size();

    public void Set(int row, Tensor vector)
    {
        using Tensor place = rows[row];
        place.copy_(vector);
    }

    /// <summary>In float32 (or the vectors' own wider type); in the caller's scope.</summary>
    public Tensor Get(int row) => IsHalf ? rows[row].to(ScalarType.Float32) : rows[row];

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
        using DisposeScope scope = NewDisposeScope();
        Tensor products;
        if (IsHalf)
        {
            // One at a time: a product in bfloat16 would round its sum, and all rows in float32 are what is to be avoided.
            products = stack(Enumerable.Range(0, count).Select(row =>
            {
                using DisposeScope step = NewDisposeScope();
                return Get(row).dot(v).MoveToOuterDisposeScope();
            }));
        }
        else
        {
            products = First(count).mv(v);
        }

        return products.to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    /// <summary>Σ coefficientᵢ rowᵢ, in the caller's scope.</summary>
    public Tensor Combine(double[] coefficients)
    {
        using DisposeScope scope = NewDisposeScope();
        if (!IsHalf)
        {
            Tensor along = tensor(coefficients, ScalarType.Float64).to(rows.dtype).to(rows.device);
            return First(coefficients.Length).t().mv(along).MoveToOuterDisposeScope();
        }

        Tensor sum = zeros(rows.shape[1], dtype: ScalarType.Float32, device: rows.device);
        for (int row = 0; row < coefficients.Length; row++)
        {
            using DisposeScope step = NewDisposeScope();
            sum.PlusInPlace(Get(row), times: coefficients[row]);
        }

        return sum.MoveToOuterDisposeScope();
    }

    public void Dispose() => rows.Dispose();
}
