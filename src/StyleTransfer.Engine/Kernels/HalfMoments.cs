using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StyleTransfer.Engine.Kernels;

/// <summary>Σ f and Σ f fᵀ over the positions of a map in bfloat16, by the processor's instructions for it: products are exact, sums as in float32.</summary>
internal static unsafe class HalfMoments
{
    /// <summary>Columns of Σ f fᵀ that a product gives.</summary>
    public const int ColumnsOfGroup = HalfProduct.MostColumns;

    // Of a vector of pairs of positions.
    private const int Lanes = 16;
    private const int PairsAtOnce = MapPositions.AtOnce / 2;

    private const uint TwoOnes = 0x3F80_3F80;

    public static bool Suit(int channels) => HalfProduct.IsAvailable && channels % Lanes == 0;

    /// <summary>Adds the sums over a share of the map's rows.</summary>
    /// <param name="from">The first column of Σ f fᵀ.</param>
    /// <param name="to">Behind the last one.</param>
    /// <param name="sum">[C + 1, C]: Σ f fᵀ, of which the upper triangle is filled, and in the last row Σ f.</param>
    public static void Add(MapPositions positions, int share, int shares, int from, int to, double* sum)
    {
        int channels = positions.Channels;
        uint* pairs = Allocate(PairsAtOnce * channels); // [group][pair][column of the group]: two positions' numbers in each
        uint* turned = Allocate(PairsAtOnce * (channels + 1)); // [1 + channel][pair], first of all ones
        float* product = MatrixProduct.Allocate((nuint)((channels + 1) * ColumnsOfGroup));
        positions.Blocks(share, shares, null, (_, _, count, f) =>
        {
            int vectors = (count + (2 * Lanes) - 1) / (2 * Lanes);
            int inner = vectors * Lanes;
            new Span<uint>(turned, inner).Fill(TwoOnes);
            for (int channel = 0; channel < to; channel += Lanes)
            {
                int group = channel / ColumnsOfGroup * ColumnsOfGroup;
                int columns = Math.Min(ColumnsOfGroup, channels - group);
                uint* place = pairs + (group * PairsAtOnce) + (channel - group);
                for (int vector = 0; vector < vectors; vector++)
                {
                    Pair((ushort*)f + channel, channels, count, vector * Lanes, place + (vector * Lanes * columns), columns);
                    Turn(place + (vector * Lanes * columns), columns, turned + ((1 + channel) * inner) + (vector * Lanes), inner);
                }
            }

            for (int group = from; group < to; group += ColumnsOfGroup)
            {
                int columns = Math.Min(ColumnsOfGroup, channels - group);
                // Rows of the upper triangle only.
                HalfProduct.Multiply(1 + group + columns, columns, 2 * inner, (ushort*)turned, (ushort*)(pairs + (group * PairsAtOnce)), product, columns);
                Add(product, columns, sum + (channels * channels) + group);
                for (int row = 0; row < group + columns; row++)
                {
                    Add(product + ((1 + row) * columns), columns, sum + (row * channels) + group);
                }
            }
        });
        HalfProduct.Release();
        NativeMemory.AlignedFree(pairs);
        NativeMemory.AlignedFree(turned);
        NativeMemory.AlignedFree(product);
    }

    private static uint* Allocate(int count) => (uint*)NativeMemory.AlignedAlloc((nuint)count * sizeof(uint), 64);

    // Sixteen channels of positions 2 i and 2 i + 1 side by side, for sixteen i; zero where there are no more positions.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pair(ushort* f, int channels, int count, int first, uint* to, int stride)
    {
        for (int pair = first; pair < first + Lanes; pair++, to += stride)
        {
            Vector512<uint> low = At(f, channels, count, 2 * pair);
            Vector512<uint> high = At(f, channels, count, (2 * pair) + 1);
            (low | (high << 16)).Store(to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> At(ushort* f, int channels, int count, int position) => position < count
        ? Avx512F.ConvertToVector512UInt32(Vector256.Load(f + (position * channels)))
        : Vector512<uint>.Zero;

    // A square of sixteen each way, turned: quarters of vectors first, then whole ones.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(uint* from, int stride, uint* to, int toStride)
    {
        Four(from, stride, out Vector512<uint> a0, out Vector512<uint> a1, out Vector512<uint> a2, out Vector512<uint> a3);
        Four(from + (4 * stride), stride, out Vector512<uint> b0, out Vector512<uint> b1, out Vector512<uint> b2, out Vector512<uint> b3);
        Four(from + (8 * stride), stride, out Vector512<uint> c0, out Vector512<uint> c1, out Vector512<uint> c2, out Vector512<uint> c3);
        Four(from + (12 * stride), stride, out Vector512<uint> d0, out Vector512<uint> d1, out Vector512<uint> d2, out Vector512<uint> d3);
        Whole(a0, b0, c0, d0, to, 4 * toStride);
        Whole(a1, b1, c1, d1, to + toStride, 4 * toStride);
        Whole(a2, b2, c2, d2, to + (2 * toStride), 4 * toStride);
        Whole(a3, b3, c3, d3, to + (3 * toStride), 4 * toStride);
    }

    // Of four rows: in quarter q of vector k, column 4 q + k.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(uint* from, int stride, out Vector512<uint> k0, out Vector512<uint> k1, out Vector512<uint> k2, out Vector512<uint> k3)
    {
        Vector512<uint> r0 = Vector512.Load(from);
        Vector512<uint> r1 = Vector512.Load(from + stride);
        Vector512<uint> r2 = Vector512.Load(from + (2 * stride));
        Vector512<uint> r3 = Vector512.Load(from + (3 * stride));
        Vector512<ulong> low0 = Avx512F.UnpackLow(r0, r1).AsUInt64();
        Vector512<ulong> high0 = Avx512F.UnpackHigh(r0, r1).AsUInt64();
        Vector512<ulong> low1 = Avx512F.UnpackLow(r2, r3).AsUInt64();
        Vector512<ulong> high1 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
        k0 = Avx512F.UnpackLow(low0, low1).AsUInt32();
        k1 = Avx512F.UnpackHigh(low0, low1).AsUInt32();
        k2 = Avx512F.UnpackLow(high0, high1).AsUInt32();
        k3 = Avx512F.UnpackHigh(high0, high1).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Whole(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d, uint* to, int next)
    {
        const byte FirstTwo = 0x44;
        const byte LastTwo = 0xEE;
        const byte Even = 0x88;
        const byte Odd = 0xDD;
        Vector512<uint> firstAb = Avx512F.Shuffle4x128(a, b, FirstTwo);
        Vector512<uint> firstCd = Avx512F.Shuffle4x128(c, d, FirstTwo);
        Vector512<uint> lastAb = Avx512F.Shuffle4x128(a, b, LastTwo);
        Vector512<uint> lastCd = Avx512F.Shuffle4x128(c, d, LastTwo);
        Avx512F.Shuffle4x128(firstAb, firstCd, Even).Store(to);
        Avx512F.Shuffle4x128(firstAb, firstCd, Odd).Store(to + next);
        Avx512F.Shuffle4x128(lastAb, lastCd, Even).Store(to + (2 * next));
        Avx512F.Shuffle4x128(lastAb, lastCd, Odd).Store(to + (3 * next));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* values, int count, double* to)
    {
        for (int i = 0; i < count; i += 8)
        {
            (Vector512<double> left, Vector512<double> right) = (Avx512F.ConvertToVector512Double(Vector256.Load(values + i)), Vector512.Load(to + i));
            (left + right).Store(to + i);
        }
    }
}
