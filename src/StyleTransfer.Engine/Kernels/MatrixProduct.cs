using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StyleTransfer.Engine.Kernels;

/// <summary>Small matrix products whose sums stay in the processor's registers.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>What a call's rows are a multiple of.</summary>
    public const int Rows = 12;

    /// <summary>Of a call.</summary>
    public const int Columns = 16;

    private const int Narrow = 6;

    /// <summary>So many rows or a few more, as a call takes them.</summary>
    public static int Padded(int rows) => (rows + Rows - 1) / Rows * Rows;

    /// <summary>Unfilled, to be given back by NativeMemory.AlignedFree.</summary>
    public static float* Allocate(nuint count) => (float*)NativeMemory.AlignedAlloc(count * sizeof(float), 64);

    /// <summary>c = a b.</summary>
    /// <param name="a">[rows, inner], rows <paramref name="aStride"/> apart, which may be less: windows over a row of positions.</param>
    /// <param name="b">[inner, <see cref="Columns"/>].</param>
    /// <param name="c">Rows of <see cref="Columns"/>, <paramref name="stride"/> apart.</param>
    public static void Multiply(float* a, int aStride, int rows, int inner, float* b, float* c, int stride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            for (int row = 0; row < rows; row += Rows)
            {
                Twelve(a + ((nint)row * aStride), aStride, inner, b, c + (row * stride), stride);
            }

            return;
        }

        for (int row = 0; row < rows; row += Narrow)
        {
            Six(a + ((nint)row * aStride), aStride, inner, b, c + (row * stride), stride);
        }
    }

    // Twelve sums, two columns and a factor: fifteen of AVX2's sixteen registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(float* a, nint next, nint inner, float* b, float* c, int stride)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        float* lower = a + (3 * next);
        for (nint i = 0; i < inner; i++)
        {
            Vector256<float> b0 = Vector256.Load(b);
            Vector256<float> b1 = Vector256.Load(b + 8);
            b += Columns;
            Vector256<float> factor = Vector256.Create(a[i]);
            c00 = Vector256.FusedMultiplyAdd(factor, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(factor, b1, c01);
            factor = Vector256.Create(a[i + next]);
            c10 = Vector256.FusedMultiplyAdd(factor, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(factor, b1, c11);
            factor = Vector256.Create(a[i + (2 * next)]);
            c20 = Vector256.FusedMultiplyAdd(factor, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(factor, b1, c21);
            factor = Vector256.Create(lower[i]);
            c30 = Vector256.FusedMultiplyAdd(factor, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(factor, b1, c31);
            factor = Vector256.Create(lower[i + next]);
            c40 = Vector256.FusedMultiplyAdd(factor, b0, c40);
            c41 = Vector256.FusedMultiplyAdd(factor, b1, c41);
            factor = Vector256.Create(lower[i + (2 * next)]);
            c50 = Vector256.FusedMultiplyAdd(factor, b0, c50);
            c51 = Vector256.FusedMultiplyAdd(factor, b1, c51);
        }

        Store(c00, c01, c);
        Store(c10, c11, c + stride);
        Store(c20, c21, c + (2 * stride));
        Store(c30, c31, c + (3 * stride));
        Store(c40, c41, c + (4 * stride));
        Store(c50, c51, c + (5 * stride));
    }

    private static void Store(Vector256<float> left, Vector256<float> right, float* to)
    {
        left.Store(to);
        right.Store(to + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve(float* a, nint next, nint inner, float* b, float* c, int stride)
    {
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        Vector512<float> c6 = default, c7 = default, c8 = default, c9 = default, c10 = default, c11 = default;
        float* second = a + (3 * next);
        float* third = a + (6 * next);
        float* fourth = a + (9 * next);
        for (nint i = 0; i < inner; i++)
        {
            Vector512<float> column = Vector512.Load(b);
            b += Columns;
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[i]), column, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[i + next]), column, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[i + (2 * next)]), column, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(second[i]), column, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(second[i + next]), column, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(second[i + (2 * next)]), column, c5);
            c6 = Vector512.FusedMultiplyAdd(Vector512.Create(third[i]), column, c6);
            c7 = Vector512.FusedMultiplyAdd(Vector512.Create(third[i + next]), column, c7);
            c8 = Vector512.FusedMultiplyAdd(Vector512.Create(third[i + (2 * next)]), column, c8);
            c9 = Vector512.FusedMultiplyAdd(Vector512.Create(fourth[i]), column, c9);
            c10 = Vector512.FusedMultiplyAdd(Vector512.Create(fourth[i + next]), column, c10);
            c11 = Vector512.FusedMultiplyAdd(Vector512.Create(fourth[i + (2 * next)]), column, c11);
        }

        c0.Store(c);
        c1.Store(c + stride);
        c2.Store(c + (2 * stride));
        c3.Store(c + (3 * stride));
        c4.Store(c + (4 * stride));
        c5.Store(c + (5 * stride));
        c6.Store(c + (6 * stride));
        c7.Store(c + (7 * stride));
        c8.Store(c + (8 * stride));
        c9.Store(c + (9 * stride));
        c10.Store(c + (10 * stride));
        c11.Store(c + (11 * stride));
    }
}
