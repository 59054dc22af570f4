using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// Products with long rows in bfloat16, which are read once and widened on the way: what they cost is how fast memory is. Sums are in
/// float32 over a few thousand numbers, and in float64 beyond.
/// </summary>
internal static unsafe class HalfRows
{
    // Parts that are summed up apart, whatever the threads: the same numbers to the bit on every machine.
    private const int Shares = 16;

    // Of the vector in float32, which stays in the first cache while every row's part passes by.
    private const int Block = 4096;

    private const int Step = 16;

    /// <summary>Whether the vector, and rows beside it, are ones that these take.</summary>
    public static bool Suit(Tensor vector) =>
        vector.device_type == DeviceType.CPU && vector.dtype == ScalarType.Float32 && vector.is_contiguous() && Vector256.IsHardwareAccelerated;

    /// <summary>Rounds a step s = after − before into a row, and what it did to the gradient, y, into the next.</summary>
    /// <param name="rows">[R, n], bfloat16.</param>
    /// <returns>s · s, s · y and y · y, before they were rounded.</returns>
    public static (double SS, double SY, double YY) SetPair(Tensor rows, int row, Tensor before, Tensor after, Tensor gradientBefore, Tensor gradientAfter)
    {
        float* x0 = (float*)FeatureMemory.Start(before);
        float* x1 = (float*)FeatureMemory.Start(after);
        float* g0 = (float*)FeatureMemory.Start(gradientBefore);
        float* g1 = (float*)FeatureMemory.Start(gradientAfter);
        ushort* s = Row(rows, row);
        ushort* y = Row(rows, row + 1);
        double[] sums = new double[Shares * 3];
        Share(before.numel(), (share, start, count) =>
        {
            (double ss, double sy, double yy) = SetPair(x0 + start, x1 + start, g0 + start, g1 + start, s + start, y + start, count);
            sums[share * 3] += ss;
            sums[(share * 3) + 1] += sy;
            sums[(share * 3) + 2] += yy;
        });
        GC.KeepAlive((rows, before, after, gradientBefore, gradientAfter));
        double[] all = Added(sums, 3);
        return (all[0], all[1], all[2]);
    }

    /// <summary>rowᵢ · v for the first rows.</summary>
    public static double[] Products(Tensor rows, int count, Tensor v)
    {
        long length = v.numel();
        float* vector = (float*)FeatureMemory.Start(v);
        ushort* first = Row(rows, 0);
        double[] sums = new double[Shares * count];
        Share(length, (share, start, positions) =>
        {
            for (int row = 0; row < count; row++)
            {
                sums[(share * count) + row] += Dot(first + (row * length) + start, vector + start, positions);
            }
        });
        GC.KeepAlive(rows);
        GC.KeepAlive(v);
        return Added(sums, count);
    }

    /// <summary>times · v + Σ coefficientᵢ rowᵢ, in the caller's scope.</summary>
    public static Tensor Combine(Tensor rows, double[] coefficients, Tensor v, double times)
    {
        long length = v.numel();
        Tensor result = empty_like(v);
        float* vector = (float*)FeatureMemory.Start(v);
        float* to = (float*)FeatureMemory.Start(result);
        ushort* first = Row(rows, 0);
        int[] used = [.. Enumerable.Range(0, coefficients.Length).Where(row => coefficients[row] != 0)];
        Share(length, (_, start, positions) =>
        {
            Scale(vector + start, (float)times, to + start, positions);
            foreach (int row in used)
            {
                Add(first + (row * length) + start, (float)coefficients[row], to + start, positions);
            }
        });
        GC.KeepAlive(rows);
        GC.KeepAlive(v);
        return result;
    }

    private static ushort* Row(Tensor rows, int row) => (ushort*)FeatureMemory.Start(rows) + (row * rows.shape[1]);

    private static double[] Added(double[] sums, int count) =>
        [.. Enumerable.Range(0, count).Select(place => Enumerable.Range(0, Shares).Sum(share => sums[(share * count) + place]))];

    private delegate void BlockAction(int share, nint start, int count);

    private static void Share(long length, BlockAction action)
    {
        long blocks = (length + Block - 1) / Block;
        Threads.Share(Shares, share =>
        {
            for (long block = blocks * share / Shares; block < blocks * (share + 1) / Shares; block++)
            {
                action(share, (nint)(block * Block), (int)Math.Min(Block, length - (block * Block)));
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double SS, double SY, double YY) SetPair(float* x0, float* x1, float* g0, float* g1, ushort* s, ushort* y, int count)
    {
        Vector256<float> ss = default, sy = default, yy = default;
        int i = 0;
        for (; i <= count - Step; i += Step)
        {
            Vector256<float> s0 = Vector256.Load(x1 + i) - Vector256.Load(x0 + i);
            Vector256<float> s1 = Vector256.Load(x1 + i + 8) - Vector256.Load(x0 + i + 8);
            Vector256<float> y0 = Vector256.Load(g1 + i) - Vector256.Load(g0 + i);
            Vector256<float> y1 = Vector256.Load(g1 + i + 8) - Vector256.Load(g0 + i + 8);
            ss += (s0 * s0) + (s1 * s1);
            sy += (s0 * y0) + (s1 * y1);
            yy += (y0 * y0) + (y1 * y1);
            Bfloat16.Rounded(s0, s1).Store(s + i);
            Bfloat16.Rounded(y0, y1).Store(y + i);
        }

        (double SS, double SY, double YY) sums = (Vector256.Sum(ss), Vector256.Sum(sy), Vector256.Sum(yy));
        for (; i < count; i++)
        {
            (float step, float slope) = (x1[i] - x0[i], g1[i] - g0[i]);
            sums = (sums.SS + (step * (double)step), sums.SY + (step * (double)slope), sums.YY + (slope * (double)slope));
            (s[i], y[i]) = (Bfloat16.Rounded(step), Bfloat16.Rounded(slope));
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(ushort* row, float* vector, int count)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i <= count - (2 * Step); i += 2 * Step)
        {
            (Vector256<float> r0, Vector256<float> r1) = Bfloat16.Load(row + i);
            (Vector256<float> r2, Vector256<float> r3) = Bfloat16.Load(row + i + Step);
            a = Vector256.FusedMultiplyAdd(r0, Vector256.Load(vector + i), a);
            b = Vector256.FusedMultiplyAdd(r1, Vector256.Load(vector + i + 8), b);
            c = Vector256.FusedMultiplyAdd(r2, Vector256.Load(vector + i + 16), c);
            d = Vector256.FusedMultiplyAdd(r3, Vector256.Load(vector + i + 24), d);
        }

        double sum = Vector256.Sum((a + b) + (c + d));
        for (; i < count; i++)
        {
            sum += Bfloat16.Widened(row[i]) * (double)vector[i];
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
    private static void Add(ushort* row, float times, float* to, int count)
    {
        Vector256<float> factor = Vector256.Create(times);
        int i = 0;
        for (; i <= count - Step; i += Step)
        {
            (Vector256<float> left, Vector256<float> right) = Bfloat16.Load(row + i);
            Vector256.FusedMultiplyAdd(left, factor, Vector256.Load(to + i)).Store(to + i);
            Vector256.FusedMultiplyAdd(right, factor, Vector256.Load(to + i + 8)).Store(to + i + 8);
        }

        for (; i < count; i++)
        {
            to[i] += Bfloat16.Widened(row[i]) * times;
        }
    }
}
