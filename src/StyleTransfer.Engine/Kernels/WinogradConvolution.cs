using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// A 3×3 convolution in float32 with a quarter of the multiplications (<see cref="Winograd"/>), and what follows it, in one pass over
/// the picture: two and a half times as fast as libtorch's on a processor with AVX2. Owns its weights.
/// </summary>
/// <remarks>
/// A block of tiles at a time goes all the way, so that what lies between stays in a core's own cache: transform, one matrix product for
/// each of the 36 places, transform back. Each output is computed alike whatever the threads: the same picture to the bit.
/// Rounding: some 1e-6 of the largest output, against 2e-7 for the plain sum.
/// </remarks>
internal sealed unsafe class WinogradConvolution : IFusedConvolution
{
    // Tiles in a block: the transformed inputs of 128 channels take half of a megabyte, as large as a core's cache mostly is.
    private const int Tiles = 24;

    // Outputs for which products are kept between the transforms.
    private const int Group = 64;

    // From a place's matrix to the next: as far beyond the matrix as keeps a tile's 36 places from falling into the same few lines of a core's
    // first cache.
    private const int Gap = 16;
    private const nint NextProduct = (Tiles * Group) + Gap;

    private readonly int inputs;
    private readonly int outputs;
    private readonly nint nextInput;
    private readonly float* weights; // [place][output / 16][input][16]
    private readonly float* bias;

    /// <param name="filters">[outputs, inputs, 3, 3].</param>
    /// <param name="offsets">One for each output, or none.</param>
    public WinogradConvolution(ReadOnlySpan<float> filters, ReadOnlySpan<float> offsets, int inputs, int outputs)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        nextInput = (Tiles * inputs) + Gap;
        weights = MatrixProduct.Allocate((nuint)Winograd.Places * (nuint)(inputs * outputs));
        bias = MatrixProduct.Allocate((nuint)outputs);
        new Span<float>(bias, outputs).Clear();
        offsets.CopyTo(new Span<float>(bias, outputs));
        Span<double> places = stackalloc double[Winograd.Places];
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                Winograd.Filter(filters.Slice(((output * inputs) + input) * 9, 9), places);
                for (int place = 0; place < Winograd.Places; place++)
                {
                    Panel(place, output)[(input * MatrixProduct.Columns) + (output % MatrixProduct.Columns)] = (float)places[place];
                }
            }
        }
    }

    /// <summary>Whether it can, and gains: the transformed weights are four times the weights, which is much memory for many channels.</summary>
    public static bool Suits(int inputs, int outputs) =>
        Vector256.IsHardwareAccelerated && inputs % Vector256<float>.Count == 0 && outputs % MatrixProduct.Columns == 0 && inputs * outputs <= 256 * 256;

    public Tensor Forward(Tensor x, Padding padding, bool rectifies)
    {
        Tensor y = FeatureMemory.New(outputs, x.shape[2], x.shape[3], ScalarType.Float32, CPU);
        using TileJob job = new(x, y, Winograd.Outputs, padding) { Floor = rectifies ? 0 : float.NegativeInfinity };
        Run(job);
        return y;
    }

    public (Tensor Pooled, Tensor Which) ForwardPooled(Tensor x, Padding padding)
    {
        Tensor pooled = FeatureMemory.New(outputs, x.shape[2] / 2, x.shape[3] / 2, ScalarType.Float32, CPU);
        Tensor which = FeatureMemory.New(outputs, x.shape[2] / 2, x.shape[3] / 2, ScalarType.Byte, CPU);
        using TileJob job = new(x, pooled, Winograd.Outputs, padding) { Which = (byte*)FeatureMemory.Pointer(which) };
        Run(job);
        GC.KeepAlive(which);
        return (pooled, which);
    }

    public Tensor Back(Tensor x, Tensor? mask, Tensor? sum)
    {
        Tensor y = sum ?? FeatureMemory.New(outputs, x.shape[2], x.shape[3], ScalarType.Float32, CPU);
        using TileJob job = new(x, y, Winograd.Outputs, Padding.Zero) { Adds = sum is not null, Mask = mask is null ? null : FeatureMemory.Pointer(mask) };
        Run(job);
        GC.KeepAlive(mask);
        return y;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(weights);
        NativeMemory.AlignedFree(bias);
    }

    private float* Panel(int place, int output) =>
        weights + ((((nint)place * (outputs / MatrixProduct.Columns)) + (output / MatrixProduct.Columns)) * inputs * MatrixProduct.Columns);

    private void Run(TileJob job)
    {
        int blocks = (job.Count + Tiles - 1) / Tiles;
        int next = -1;
        Threads.Share(Math.Min(blocks, get_num_threads()), _ =>
        {
            using TileBuffers buffers = new(job, (nuint)(Winograd.Places * nextInput * sizeof(float)), (nuint)(Winograd.Places * NextProduct * sizeof(float)));
            int block;
            while ((block = Interlocked.Increment(ref next)) < blocks)
            {
                Compute(job, block * Tiles, Math.Min(Tiles, job.Count - (block * Tiles)), buffers);
            }
        });
    }

    private void Compute(TileJob job, int first, int count, TileBuffers buffers)
    {
        float* transformed = (float*)buffers.Transformed;
        float* products = buffers.Products;
        for (int tile = 0; tile < count; tile++)
        {
            Transform(job, first + tile, buffers.Copy, transformed + (tile * inputs));
        }

        int rows = MatrixProduct.Padded(count);
        for (int from = 0; from < outputs; from += Group)
        {
            int group = Math.Min(Group, outputs - from);
            for (int place = 0; place < Winograd.Places; place++)
            {
                for (int output = 0; output < group; output += MatrixProduct.Columns)
                {
                    MatrixProduct.Multiply(
                        transformed + (place * nextInput), inputs, rows, inputs, Panel(place, from + output), products + (place * NextProduct) + output, Group);
                }
            }

            for (int tile = 0; tile < count; tile++)
            {
                TransformBack(job, first + tile, products + (tile * Group), from, group);
            }
        }
    }

    // Bᵀ d B of a tile's 6×6 inputs, eight channels at a time, each place to its own matrix.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(TileJob job, int tile, byte* copy, float* to)
    {
        Vector256<float>* rows = stackalloc Vector256<float>[Winograd.Places];
        byte* window = job.Window(tile, copy, out nint line);
        nint position = (nint)inputs * sizeof(float);
        for (int channel = 0; channel < inputs; channel += Vector256<float>.Count)
        {
            for (int i = 0; i < Winograd.Inputs; i++)
            {
                byte* row = window + (i * line) + (channel * sizeof(float));
                Winograd.Input(
                    At(row), At(row + position), At(row + (2 * position)), At(row + (3 * position)), At(row + (4 * position)), At(row + (5 * position)),
                    out rows[i], out rows[6 + i], out rows[12 + i], out rows[18 + i], out rows[24 + i], out rows[30 + i]);
            }

            for (int j = 0; j < Winograd.Inputs; j++)
            {
                Vector256<float>* column = rows + (j * Winograd.Inputs);
                Winograd.Input(
                    column[0], column[1], column[2], column[3], column[4], column[5],
                    out Vector256<float> v0, out Vector256<float> v1, out Vector256<float> v2, out Vector256<float> v3, out Vector256<float> v4, out Vector256<float> v5);
                float* place = to + channel + (j * nextInput);
                v0.Store(place);
                v1.Store(place + (6 * nextInput));
                v2.Store(place + (12 * nextInput));
                v3.Store(place + (18 * nextInput));
                v4.Store(place + (24 * nextInput));
                v5.Store(place + (30 * nextInput));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> At(byte* position) => Vector256.Load((float*)position);

    // Aᵀ m A, and what follows the convolution.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformBack(TileJob job, int tile, float* products, int from, int group)
    {
        Vector256<float>* rows = stackalloc Vector256<float>[Winograd.Outputs * Winograd.Inputs];
        (int top, int left, int height, int width) = job.Place(tile);
        nint line = (nint)job.Width * outputs;
        nint corner = (top * line) + ((nint)left * outputs) + from;
        // In this order a not-a-number passes, as it must: the run looks for it.
        Vector256<float> floor = Vector256.Create(job.Floor);
        for (int output = 0; output < group; output += Vector256<float>.Count)
        {
            for (int i = 0; i < Winograd.Inputs; i++)
            {
                float* place = products + output + (i * Winograd.Inputs * NextProduct);
                Winograd.Output(
                    Vector256.Load(place), Vector256.Load(place + NextProduct), Vector256.Load(place + (2 * NextProduct)),
                    Vector256.Load(place + (3 * NextProduct)), Vector256.Load(place + (4 * NextProduct)), Vector256.Load(place + (5 * NextProduct)),
                    out rows[i], out rows[6 + i], out rows[12 + i], out rows[18 + i]);
            }

            Vector256<float> offset = Vector256.Load(bias + from + output);
            if (job.Which != null)
            {
                Pool(job, rows, offset, top / 2, left / 2, height / 2, width / 2, from + output);
                continue;
            }

            for (int j = 0; j < width; j++)
            {
                Vector256<float>* column = rows + (Winograd.Inputs * j);
                Winograd.Output(
                    column[0], column[1], column[2], column[3], column[4], column[5],
                    out Vector256<float> y0, out Vector256<float> y1, out Vector256<float> y2, out Vector256<float> y3);
                nint at = corner + output + ((nint)j * outputs);
                End(job, at, Vector256.MaxNative(floor, y0 + offset));
                if (height > 1)
                {
                    End(job, at + line, Vector256.MaxNative(floor, y1 + offset));
                }

                if (height > 2)
                {
                    End(job, at + (2 * line), Vector256.MaxNative(floor, y2 + offset));
                }

                if (height > 3)
                {
                    End(job, at + (3 * line), Vector256.MaxNative(floor, y3 + offset));
                }
            }
        }
    }

    // A tile's windows, up to four.
    private void Pool(TileJob job, Vector256<float>* rows, Vector256<float> offset, int top, int left, int height, int width, int output)
    {
        for (int j = 0; j < width; j++)
        {
            Output(rows + (2 * j * Winograd.Inputs), out Vector256<float> a0, out Vector256<float> a1, out Vector256<float> a2, out Vector256<float> a3);
            Output(rows + (((2 * j) + 1) * Winograd.Inputs), out Vector256<float> b0, out Vector256<float> b1, out Vector256<float> b2, out Vector256<float> b3);
            nint at = ((((nint)top * (job.Width / 2)) + left + j) * outputs) + output;
            if (height > 0)
            {
                Pool(job, at, a0 + offset, b0 + offset, a1 + offset, b1 + offset);
            }

            if (height > 1)
            {
                Pool(job, at + ((nint)(job.Width / 2) * outputs), a2 + offset, b2 + offset, a3 + offset, b3 + offset);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Output(Vector256<float>* column, out Vector256<float> y0, out Vector256<float> y1, out Vector256<float> y2, out Vector256<float> y3) =>
        Winograd.Output(column[0], column[1], column[2], column[3], column[4], column[5], out y0, out y1, out y2, out y3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pool(TileJob job, nint at, Vector256<float> first, Vector256<float> second, Vector256<float> third, Vector256<float> fourth)
    {
        // What is not a number passes each of these, as it must: the run looks for it.
        Vector256<float> most = Vector256.Max(Vector256.Max(first, second), Vector256.Max(third, fourth));
        Vector256<uint> which = Vector256.ConditionalSelect(
            Vector256.Equals(first, most).AsUInt32(),
            Vector256<uint>.Zero,
            Vector256.ConditionalSelect(
                Vector256.Equals(second, most).AsUInt32(),
                Vector256<uint>.One,
                Vector256.ConditionalSelect(Vector256.Equals(third, most).AsUInt32(), Vector256.Create(2u), Vector256.Create(3u))));
        Vector256<float> isNone = Vector256.LessThanOrEqual(most, Vector256<float>.Zero);
        which = Vector256.ConditionalSelect(isNone.AsUInt32(), Vector256.Create((uint)MaxPooling.Nowhere), which);
        Vector128<ushort> halves = Vector128.Narrow(which.GetLower(), which.GetUpper());
        *(ulong*)(job.Which + at) = Vector128.Narrow(halves, halves).AsUInt64().ToScalar();
        Vector256.AndNot(most, isNone).Store((float*)job.To + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End(TileJob job, nint at, Vector256<float> value)
    {
        float* to = (float*)job.To + at;
        if (job.Adds)
        {
            value += Vector256.Load(to);
        }

        if (job.Mask != null)
        {
            value &= Vector256.GreaterThan(Vector256.Load((float*)job.Mask + at), Vector256<float>.Zero);
        }

        value.Store(to);
    }
}
