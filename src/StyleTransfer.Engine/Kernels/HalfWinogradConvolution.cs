using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// A 3×3 convolution in bfloat16 with four ninths of the multiplications, and what follows it, in one pass over the picture: minimal
/// filtering F(2×2, 3×3), of Winograd 1980 and Lavin and Gray, CVPR 2016. Owns its weights.
/// </summary>
/// <remarks>
/// As <see cref="WinogradConvolution"/>, with tiles of 2×2: the larger ones would lose more to the rounding of what is transformed than
/// bfloat16 has. These lose about as much as bfloat16's own rounding of inputs and filters.
/// </remarks>
internal sealed unsafe class HalfWinogradConvolution : IFusedConvolution
{
    private const int Edge = 2;
    private const int Inputs = Edge + 2;
    private const int Places = Inputs * Inputs;

    // Tiles in a block, whose transformed inputs stay in a core's own cache; more where there are few channels, for whose products a call is
    // long in itself.
    private const int Tiles = 64;
    private const int TilesOfFewChannels = 96;
    private const int FewChannels = 32;

    // Outputs for which products are kept between the transforms.
    private const int Group = HalfProduct.MostColumns;

    // Of a vector.
    private const int Channels = 16;

    // Between a place's matrix and the next, bytes: at a power of two all sixteen places of a tile would fall into the same few lines of a
    // core's first cache.
    private const int Gap = 64;

    private readonly int inputs;
    private readonly int outputs;
    private readonly int tiles;
    private readonly nint nextInput; // from a place's matrix of transformed inputs to the next place's
    private readonly ushort* weights; // [output / Group][place][input / 2][output % Group][2]
    private readonly float* bias;

    /// <param name="filters">[outputs, inputs, 3, 3].</param>
    /// <param name="offsets">One for each output, or none.</param>
    public HalfWinogradConvolution(ReadOnlySpan<float> filters, ReadOnlySpan<float> offsets, int inputs, int outputs)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        tiles = inputs <= FewChannels ? TilesOfFewChannels : Tiles;
        nextInput = (tiles * inputs) + (Gap / sizeof(ushort));
        weights = (ushort*)NativeMemory.AlignedAlloc((nuint)Places * (nuint)(inputs * outputs) * sizeof(ushort), 64);
        bias = MatrixProduct.Allocate((nuint)outputs);
        new Span<float>(bias, outputs).Clear();
        offsets.CopyTo(new Span<float>(bias, outputs));
        Span<float> places = stackalloc float[Places];
        for (int output = 0; output < outputs; output++)
        {
            (int from, int within) = (output / Group * Group, output % Group);
            int columns = Math.Min(Group, outputs - from);
            for (int input = 0; input < inputs; input++)
            {
                Filter(filters.Slice(((output * inputs) + input) * 9, 9), places);
                for (int place = 0; place < Places; place++)
                {
                    Matrix(place, from)[HalfProduct.At(input, within, columns)] = Bfloat16.Rounded(places[place]);
                }
            }
        }
    }

    public static bool Suits(int inputs, int outputs) => HalfProduct.IsAvailable && inputs % Channels == 0 && outputs % Channels == 0;

    public Tensor Forward(Tensor x, Padding padding, bool rectifies)
    {
        Tensor y = FeatureMemory.New(outputs, x.shape[2], x.shape[3], ScalarType.BFloat16, CPU);
        using TileJob job = new(x, y, Edge, padding) { Floor = rectifies ? 0 : float.NegativeInfinity };
        Run(job);
        return y;
    }

    public (Tensor Pooled, Tensor Which) ForwardPooled(Tensor x, Padding padding)
    {
        Tensor pooled = FeatureMemory.New(outputs, x.shape[2] / 2, x.shape[3] / 2, ScalarType.BFloat16, CPU);
        Tensor which = FeatureMemory.New(outputs, x.shape[2] / 2, x.shape[3] / 2, ScalarType.Byte, CPU);
        using TileJob job = new(x, pooled, Edge, padding) { Which = (byte*)FeatureMemory.Pointer(which) };
        Run(job);
        GC.KeepAlive(which);
        return (pooled, which);
    }

    public Tensor Back(Tensor x, Tensor? mask, Tensor? sum)
    {
        Tensor y = sum ?? FeatureMemory.New(outputs, x.shape[2], x.shape[3], ScalarType.BFloat16, CPU);
        using TileJob job = new(x, y, Edge, Padding.Zero) { Adds = sum is not null, Mask = mask is null ? null : FeatureMemory.Pointer(mask) };
        Run(job);
        GC.KeepAlive(mask);
        return y;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(weights);
        NativeMemory.AlignedFree(bias);
    }

    // G w Gᵀ.
    private static void Filter(ReadOnlySpan<float> w, Span<float> places)
    {
        Span<float> rows = stackalloc float[Inputs * 3];
        for (int j = 0; j < 3; j++)
        {
            (rows[j], rows[3 + j], rows[6 + j], rows[9 + j]) = (w[j], (w[j] + w[3 + j] + w[6 + j]) / 2, (w[j] - w[3 + j] + w[6 + j]) / 2, w[6 + j]);
        }

        for (int i = 0; i < Inputs; i++)
        {
            ReadOnlySpan<float> row = rows.Slice(3 * i, 3);
            Span<float> to = places[(Inputs * i)..];
            (to[0], to[1], to[2], to[3]) = (row[0], (row[0] + row[1] + row[2]) / 2, (row[0] - row[1] + row[2]) / 2, row[2]);
        }
    }

    // Of the outputs of a group.
    private ushort* Matrix(int place, int from) =>
        weights + ((nint)Places * from * inputs) + ((nint)place * Math.Min(Group, outputs - from) * inputs);

    private nint NextProduct(int group) => (tiles * group) + (Gap / sizeof(float));

    private void Run(TileJob job)
    {
        int threads = get_num_threads();
        int blocks = (job.Count + tiles - 1) / tiles;
        int groups = (outputs + Group - 1) / Group;
        // A small map's threads share out its outputs, too.
        int parts = blocks < threads ? Math.Min(groups, threads) : 1;
        int next = -1;
        Threads.Share(Math.Min(blocks * parts, threads), _ =>
        {
            using TileBuffers buffers = new(job, (nuint)(Places * nextInput * sizeof(ushort)), (nuint)(Places * NextProduct(Group) * sizeof(float)));
            int item;
            while ((item = Interlocked.Increment(ref next)) < blocks * parts)
            {
                (int block, int part) = (item / parts, item % parts);
                Compute(job, block * tiles, Math.Min(tiles, job.Count - (block * tiles)), groups * part / parts, groups * (part + 1) / parts, buffers);
            }

            HalfProduct.Release();
        });
    }

    private void Compute(TileJob job, int first, int count, int firstGroup, int endGroup, TileBuffers buffers)
    {
        ushort* transformed = (ushort*)buffers.Transformed;
        float* products = buffers.Products;
        for (int tile = 0; tile < count; tile++)
        {
            ushort* window = (ushort*)job.Window(first + tile, buffers.Copy, out nint line);
            Transform(window, line / sizeof(ushort), transformed + (tile * inputs));
        }

        for (int from = firstGroup * Group; from < Math.Min(outputs, endGroup * Group); from += Group)
        {
            int group = Math.Min(Group, outputs - from);
            for (int place = 0; place < Places; place++)
            {
                HalfProduct.Multiply(count, group, inputs, transformed + (place * nextInput), Matrix(place, from), products + (place * NextProduct(group)), group);
            }

            for (int tile = 0; tile < count; tile++)
            {
                if (job.Which != null)
                {
                    Pool(job, first + tile, products + (tile * group), from, group);
                }
                else
                {
                    TransformBack(job, first + tile, products + (tile * group), from, group);
                }
            }
        }
    }

    // Bᵀ d B of a tile's 4×4 inputs, a vector of channels at a time, each place to its own matrix.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(ushort* window, nint line, ushort* to)
    {
        nint step = nextInput;
        for (int channel = 0; channel < inputs; channel += Channels)
        {
            ushort* row = window + channel;
            Row(row, inputs, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
            Row(row + line, inputs, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
            Row(row + (2 * line), inputs, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
            Row(row + (3 * line), inputs, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
            ushort* place = to + channel;
            Column(a0, b0, c0, d0, place, 4 * step);
            Column(a1, b1, c1, d1, place + step, 4 * step);
            Column(a2, b2, c2, d2, place + (2 * step), 4 * step);
            Column(a3, b3, c3, d3, place + (3 * step), 4 * step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(ushort* from, nint position, out Vector512<float> v0, out Vector512<float> v1, out Vector512<float> v2, out Vector512<float> v3)
    {
        Vector512<float> d0 = Bfloat16.Widened(from);
        Vector512<float> d1 = Bfloat16.Widened(from + position);
        Vector512<float> d2 = Bfloat16.Widened(from + (2 * position));
        Vector512<float> d3 = Bfloat16.Widened(from + (3 * position));
        (v0, v1, v2, v3) = (d0 - d2, d1 + d2, d2 - d1, d1 - d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, ushort* to, nint step)
    {
        Bfloat16.RoundedSums(d0 - d2).Store(to);
        Bfloat16.RoundedSums(d1 + d2).Store(to + step);
        Bfloat16.RoundedSums(d2 - d1).Store(to + (2 * step));
        Bfloat16.RoundedSums(d1 - d3).Store(to + (3 * step));
    }

    // Aᵀ m A, and what follows the convolution.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformBack(TileJob job, int tile, float* products, int from, int group)
    {
        (int top, int left, int height, int width) = job.Place(tile);
        nint step = NextProduct(group);
        nint line = (nint)job.Width * outputs;
        nint corner = (top * line) + ((nint)left * outputs) + from;
        for (int output = 0; output < group; output += Channels)
        {
            Outputs(
                products + output, step, bias + from + output,
                out Vector512<float> first, out Vector512<float> second, out Vector512<float> third, out Vector512<float> fourth);
            nint at = corner + output;
            End(job, at, first);
            if (width > 1)
            {
                End(job, at + outputs, second);
            }

            if (height > 1)
            {
                End(job, at + line, third);
                if (width > 1)
                {
                    End(job, at + line + outputs, fourth);
                }
            }
        }
    }

    // Aᵀ m A, of which the maximum is kept: a tile is a window.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pool(TileJob job, int tile, float* products, int from, int group)
    {
        (int top, int left, int height, int width) = job.Place(tile);
        if (height < Edge || width < Edge)
        {
            return;
        }

        nint step = NextProduct(group);
        nint at = ((((nint)(top / 2) * (job.Width / 2)) + (left / 2)) * outputs) + from;
        for (int output = 0; output < group; output += Channels)
        {
            Outputs(
                products + output, step, bias + from + output,
                out Vector512<float> first, out Vector512<float> second, out Vector512<float> third, out Vector512<float> fourth);
            // What is not a number passes each of these, as it must: the run looks for it.
            Vector512<float> most = Vector512.Max(Vector512.Max(first, second), Vector512.Max(third, fourth));
            Vector512<uint> which = Vector512.ConditionalSelect(
                Vector512.Equals(first, most).AsUInt32(),
                Vector512<uint>.Zero,
                Vector512.ConditionalSelect(
                    Vector512.Equals(second, most).AsUInt32(),
                    Vector512<uint>.One,
                    Vector512.ConditionalSelect(Vector512.Equals(third, most).AsUInt32(), Vector512.Create(2u), Vector512.Create(3u))));
            Vector512<float> isNone = Vector512.LessThanOrEqual(most, Vector512<float>.Zero);
            Avx512F.ConvertToVector128Byte(Vector512.ConditionalSelect(isNone.AsUInt32(), Vector512.Create((uint)MaxPooling.Nowhere), which)).Store(job.Which + at + output);
            Bfloat16.RoundedSums(Vector512.AndNot(most, isNone)).Store((ushort*)job.To + at + output);
        }
    }

    // Aᵀ m A of sixteen channels, row by row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outputs(
        float* place, nint step, float* bias, out Vector512<float> first, out Vector512<float> second, out Vector512<float> third, out Vector512<float> fourth)
    {
        Half(place, 4 * step, out Vector512<float> a0, out Vector512<float> a1);
        Half(place + step, 4 * step, out Vector512<float> b0, out Vector512<float> b1);
        Half(place + (2 * step), 4 * step, out Vector512<float> c0, out Vector512<float> c1);
        Half(place + (3 * step), 4 * step, out Vector512<float> d0, out Vector512<float> d1);
        Vector512<float> offset = Vector512.Load(bias);
        (first, second, third, fourth) = (offset + a0 + b0 + c0, offset + b0 - c0 - d0, offset + a1 + b1 + c1, offset + b1 - c1 - d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(float* place, nint step, out Vector512<float> y0, out Vector512<float> y1)
    {
        Vector512<float> m1 = Vector512.Load(place + step);
        Vector512<float> m2 = Vector512.Load(place + (2 * step));
        y0 = Vector512.Load(place) + m1 + m2;
        y1 = m1 - m2 - Vector512.Load(place + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End(TileJob job, nint at, Vector512<float> value)
    {
        // In this order a not-a-number passes, as it must: the run looks for it.
        value = Vector512.MaxNative(Vector512.Create(job.Floor), value);
        ushort* to = (ushort*)job.To + at;
        if (job.Adds)
        {
            value += Bfloat16.Widened(to);
        }

        if (job.Mask != null)
        {
            value &= Vector512.GreaterThan(Bfloat16.Widened((ushort*)job.Mask + at), Vector512<float>.Zero);
        }

        Bfloat16.RoundedSums(value).Store(to);
    }
}
