using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// Products with long rows of eight-bit numbers, each block of which has a scale, and which are read once and widened on the way: what they
/// cost is how fast memory is. Sums are in float32 over a block, and in float64 beyond.
/// </summary>
internal static unsafe class ByteRows
{
    /// <summary>Numbers with one scale. As many in float32 stay in the first cache while every row's pass by.</summary>
    public const int Block = 4096;

    /// <summary>What a block's largest number becomes.</summary>
    public const int Most = 127;

    /// <summary>A scale; below it a block is next to nothing, and its scale's inverse might be infinite.</summary>
    public const float Smallest = 1e-37f;

    // Parts that are summed up apart, whatever the threads: the same numbers to the bit on every machine.
    private const int Shares = 16;

    private const int Lanes = 8;

    /// <summary>Whether a vector, and rows beside it, are ones that these take.</summary>
    public static bool Suit(Tensor vector) =>
        vector.device_type == DeviceType.CPU && vector.dtype == ScalarType.Float32 && vector.is_contiguous() && Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Rounds a step s = after − before into a row, and what it did to the gradient, y, into the next.</summary>
    /// <param name="rows">[R, n ⁄ <see cref="Block"/>, <see cref="Block"/>], int8, the last block filled up.</param>
    /// <param name="scales">[R, n ⁄ <see cref="Block"/>], float32: what a 1 of a block stands for.</param>
    /// <returns>s · s, s · y and y · y, before they were rounded.</returns>
    public static (double SS, double SY, double YY) SetPair(Tensor rows, Tensor scales, int row, Tensor before, Tensor after, Tensor gradientBefore, Tensor gradientAfter)
    {
        Stored stored = new(rows, scales);
        float* x0 = (float*)FeatureMemory.Start(before);
        float* x1 = (float*)FeatureMemory.Start(after);
        float* g0 = (float*)FeatureMemory.Start(gradientBefore);
        float* g1 = (float*)FeatureMemory.Start(gradientAfter);
        double[] sums = new double[Shares * 3];
        Share(before.numel(), (share, block, start, count) =>
        {
            (double ss, double sy, double yy, float mostS, float mostY) = Compare(x0 + start, x1 + start, g0 + start, g1 + start, count);
            sums[share * 3] += ss;
            sums[(share * 3) + 1] += sy;
            sums[(share * 3) + 2] += yy;
            stored.Scale(row, block) = Round(x0 + start, x1 + start, mostS, stored.At(row, block), count);
            stored.Scale(row + 1, block) = Round(g0 + start, g1 + start, mostY, stored.At(row + 1, block), count);
        });
        GC.KeepAlive((rows, scales, before, after, gradientBefore, gradientAfter));
        double[] all = Added(sums, 3);
        return (all[0], all[1], all[2]);
    }

    /// <summary>rowᵢ · v for the first rows.</summary>
    public static double[] Products(Tensor rows, Tensor scales, int count, Tensor v)
    {
        Stored stored = new(rows, scales);
        float* vector = (float*)FeatureMemory.Start(v);
        double[] sums = new double[Shares * count];
        Share(v.numel(), (share, block, start, numbers) =>
        {
            for (int row = 0; row < count; row++)
            {
                sums[(share * count) + row] += Dot(stored.At(row, block), vector + start, numbers) * (double)stored.Scale(row, block);
            }
        });
        GC.KeepAlive((rows, scales, v));
        return Added(sums, count);
    }

    /// <summary>times · v + Σ coefficientᵢ rowᵢ, in the caller's scope.</summary>
    public static Tensor Combine(Tensor rows, Tensor scales, double[] coefficients, Tensor v, double times)
    {
        Stored stored = new(rows, scales);
        Tensor result = empty_like(v);
        float* vector = (float*)FeatureMemory.Start(v);
        float* to = (float*)FeatureMemory.Start(result);
        int[] used = [.. Enumerable.Range(0, coefficients.Length).Where(row => coefficients[row] != 0)];
        Share(v.numel(), (_, block, start, numbers) =>
        {
            Scale(vector + start, (float)times, to + start, numbers);
            foreach (int row in used)
            {
                Add(stored.At(row, block), (float)(coefficients[row] * stored.Scale(row, block)), to + start, numbers);
            }
        });
        GC.KeepAlive((rows, scales, v));
        return result;
    }

    private static double[] Added(double[] sums, int count) =>
        [.. Enumerable.Range(0, count).Select(place => Enumerable.Range(0, Shares).Sum(share => sums[(share * count) + place]))];

    private delegate void BlockAction(int share, int block, nint start, int count);

    private static void Share(long length, BlockAction action)
    {
        long blocks = (length + Block - 1) / Block;
        Threads.Share(Shares, share =>
        {
            for (long block = blocks * share / Shares; block < blocks * (share + 1) / Shares; block++)
            {
                action(share, (int)block, (nint)(block * Block), (int)Math.Min(Block, length - (block * Block)));
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double SS, double SY, double YY, float MostS, float MostY) Compare(float* x0, float* x1, float* g0, float* g1, int count)
    {
        Vector256<float> ss = default, sy = default, yy = default, mostS = default, mostY = default;
        int i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            Vector256<float> s = Vector256.Load(x1 + i) - Vector256.Load(x0 + i);
            Vector256<float> y = Vector256.Load(g1 + i) - Vector256.Load(g0 + i);
            ss = Vector256.FusedMultiplyAdd(s, s, ss);
            sy = Vector256.FusedMultiplyAdd(s, y, sy);
            yy = Vector256.FusedMultiplyAdd(y, y, yy);
            mostS = Vector256.MaxNative(mostS, Vector256.Abs(s));
            mostY = Vector256.MaxNative(mostY, Vector256.Abs(y));
        }

        (double SS, double SY, double YY, float MostS, float MostY) all = (Vector256.Sum(ss), Vector256.Sum(sy), Vector256.Sum(yy), 0, 0);
        for (int lane = 0; lane < Lanes; lane++)
        {
            (all.MostS, all.MostY) = (Math.Max(all.MostS, mostS[lane]), Math.Max(all.MostY, mostY[lane]));
        }

        for (; i < count; i++)
        {
            (float s, float y) = (x1[i] - x0[i], g1[i] - g0[i]);
            all = (all.SS + (s * (double)s), all.SY + (s * (double)y), all.YY + (y * (double)y), Math.Max(all.MostS, Math.Abs(s)), Math.Max(all.MostY, Math.Abs(y)));
        }

        return all;
    }

    /// <returns>The scale.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Round(float* before, float* after, float most, sbyte* to, int count)
    {
        float scale = most / Most;
        float inverse = scale > Smallest ? 1 / scale : 0;
        Vector256<float> factor = Vector256.Create(inverse);
        int i = 0;
        for (; i <= count - (4 * Lanes); i += 4 * Lanes)
        {
            Vector256<int> Part(int at) => Avx.ConvertToVector256Int32((Vector256.Load(after + i + at) - Vector256.Load(before + i + at)) * factor);
            Vector256.Narrow(Vector256.Narrow(Part(0), Part(Lanes)), Vector256.Narrow(Part(2 * Lanes), Part(3 * Lanes))).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = (sbyte)MathF.Round((after[i] - before[i]) * inverse);
        }

        return scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(sbyte* row) => Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(row));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(sbyte* row, float* vector, int count)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i <= count - (4 * Lanes); i += 4 * Lanes)
        {
            a = Vector256.FusedMultiplyAdd(Load(row + i), Vector256.Load(vector + i), a);
            b = Vector256.FusedMultiplyAdd(Load(row + i + Lanes), Vector256.Load(vector + i + Lanes), b);
            c = Vector256.FusedMultiplyAdd(Load(row + i + (2 * Lanes)), Vector256.Load(vector + i + (2 * Lanes)), c);
            d = Vector256.FusedMultiplyAdd(Load(row + i + (3 * Lanes)), Vector256.Load(vector + i + (3 * Lanes)), d);
        }

        float sum = Vector256.Sum((a + b) + (c + d));
        for (; i < count; i++)
        {
            sum += row[i] * vector[i];
        }

        return sum;
    }

    private static void Scale(float* vector, float times, float* to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = vector[i] * times;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(sbyte* row, float times, float* to, int count)
    {
        Vector256<float> factor = Vector256.Create(times);
        int i = 0;
        for (; i <= count - (2 * Lanes); i += 2 * Lanes)
        {
            Vector256.FusedMultiplyAdd(Load(row + i), factor, Vector256.Load(to + i)).Store(to + i);
            Vector256.FusedMultiplyAdd(Load(row + i + Lanes), factor, Vector256.Load(to + i + Lanes)).Store(to + i + Lanes);
        }

        for (; i < count; i++)
        {
            to[i] += row[i] * times;
        }
    }

    // Where the rows' blocks and their scales lie.
    private readonly struct Stored(Tensor rows, Tensor scales)
    {
        private readonly nint blocks = (nint)rows.shape[1];
        private readonly sbyte* numbers = (sbyte*)FeatureMemory.Start(rows);
        private readonly float* factors = (float*)FeatureMemory.Start(scales);

        public sbyte* At(int row, int block) => numbers + (((row * blocks) + block) * Block);

        public ref float Scale(int row, int block) => ref factors[(row * blocks) + block];
    }
}
