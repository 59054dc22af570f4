using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// The transforms of minimal filtering F(4×4, 3×3): four outputs in a row from six inputs, by the polynomials' values at 0, ±a, ±b and ∞
/// with a = √½ and b = √2.
/// </summary>
/// <remarks>
/// Winograd, "Arithmetic Complexity of Computations", 1980; for networks: Lavin and Gray, CVPR 2016, whose Bᵀ, G and Aᵀ these are, but
/// for the points. Theirs are 0, ±1 and ±2, whose powers lie far apart: these round four times less (64 channels in float32: 8e-7 of the
/// largest output against 3.5e-6), as a² b² = 1.
/// </remarks>
internal static class Winograd
{
    /// <summary>Of a tile of outputs.</summary>
    public const int Outputs = 4;

    /// <summary>Of the inputs that it needs.</summary>
    public const int Inputs = 6;

    /// <summary>Products for a tile, a channel and a filter: 36 where the sum itself takes 144.</summary>
    public const int Places = Inputs * Inputs;

    private const float A = 0.70710678118654752f;
    private const float B = 1.41421356237309505f;

    private static readonly double[,] G = Filters();

    /// <summary>G w Gᵀ of a 3×3 filter.</summary>
    public static void Filter(ReadOnlySpan<float> filter, Span<double> places)
    {
        Span<double> rows = stackalloc double[Inputs * 3];
        for (int i = 0; i < Inputs; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                rows[(3 * i) + j] = (G[i, 0] * filter[j]) + (G[i, 1] * filter[3 + j]) + (G[i, 2] * filter[6 + j]);
            }
        }

        for (int i = 0; i < Inputs; i++)
        {
            for (int j = 0; j < Inputs; j++)
            {
                places[(Inputs * i) + j] = (G[j, 0] * rows[3 * i]) + (G[j, 1] * rows[(3 * i) + 1]) + (G[j, 2] * rows[(3 * i) + 2]);
            }
        }
    }

    /// <summary>Bᵀ d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(
        Vector256<float> d0, Vector256<float> d1, Vector256<float> d2, Vector256<float> d3, Vector256<float> d4, Vector256<float> d5,
        out Vector256<float> v0, out Vector256<float> v1, out Vector256<float> v2, out Vector256<float> v3, out Vector256<float> v4, out Vector256<float> v5)
    {
        Vector256<float> minusBoth = Vector256.Create(-2.5f); // −(a² + b²)
        v0 = Vector256.FusedMultiplyAdd(minusBoth, d2, d0 + d4);
        v5 = Vector256.FusedMultiplyAdd(minusBoth, d3, d1 + d5);
        Vector256<float> square = Vector256.Create(-2f);
        Vector256<float> even = Vector256.FusedMultiplyAdd(square, d2, d4);
        Vector256<float> odd = Vector256.Create(A) * Vector256.FusedMultiplyAdd(square, d1, d3);
        v1 = even + odd;
        v2 = even - odd;
        square = Vector256.Create(-0.5f);
        even = Vector256.FusedMultiplyAdd(square, d2, d4);
        odd = Vector256.Create(B) * Vector256.FusedMultiplyAdd(square, d1, d3);
        v3 = even + odd;
        v4 = even - odd;
    }

    /// <summary>Aᵀ m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(
        Vector256<float> m0, Vector256<float> m1, Vector256<float> m2, Vector256<float> m3, Vector256<float> m4, Vector256<float> m5,
        out Vector256<float> y0, out Vector256<float> y1, out Vector256<float> y2, out Vector256<float> y3)
    {
        Vector256<float> sum1 = m1 + m2;
        Vector256<float> difference1 = m1 - m2;
        Vector256<float> sum2 = m3 + m4;
        Vector256<float> difference2 = m3 - m4;
        y0 = m0 + sum1 + sum2;
        y1 = Vector256.FusedMultiplyAdd(Vector256.Create(B), difference2, Vector256.Create(A) * difference1);
        y2 = Vector256.FusedMultiplyAdd(Vector256.Create(2f), sum2, Vector256.Create(0.5f) * sum1);
        y3 = Vector256.FusedMultiplyAdd(Vector256.Create(2 * B), difference2, Vector256.FusedMultiplyAdd(Vector256.Create(A / 2), difference1, m5));
    }

    // (1, p, p²) over the product of p's distances to the other points; at infinity the highest power alone.
    private static double[,] Filters()
    {
        double[] points = [0, Math.Sqrt(0.5), -Math.Sqrt(0.5), Math.Sqrt(2), -Math.Sqrt(2)];
        double[,] filters = new double[Inputs, 3];
        foreach ((int i, double point) in points.Index())
        {
            double over = points.Where(other => other != point).Aggregate(1.0, (product, other) => product * (point - other));
            (filters[i, 0], filters[i, 1], filters[i, 2]) = (1 / over, point / over, point * point / over);
        }

        filters[Inputs - 1, 2] = 1;
        return filters;
    }
}
