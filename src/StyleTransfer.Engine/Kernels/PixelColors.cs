using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>Between pictures, plane after plane in float32, and maps of three channels, pixel after pixel, by a colour matrix; in one pass.</summary>
internal static unsafe class PixelColors
{
    private const int Planes = 3;

    // Pixels that are mixed, and rounded, at once.
    private const int Step = 16;

    // Of a share: enough to be worth a thread's while.
    private const int PixelsAtOnce = 1 << 13;

    /// <summary>W p + b for every pixel p.</summary>
    /// <param name="image">[1, 3, H, W], float32.</param>
    /// <param name="matrix">[3, 3], output by input channel.</param>
    /// <returns>[1, 3, H, W], of the type, channels last; in the caller's scope.</returns>
    public static Tensor Mixed(Tensor image, float[] matrix, float[] offset, ScalarType type)
    {
        using Tensor planes = image.contiguous();
        Tensor map = FeatureMemory.New(Planes, image.shape[2], image.shape[3], type, CPU);
        long pixels = image.shape[2] * image.shape[3];
        float* from = (float*)FeatureMemory.Start(planes);
        void* to = FeatureMemory.Pointer(map);
        bool isHalf = type == ScalarType.BFloat16;
        Share(pixels, (start, end) =>
        {
            float* mixed = stackalloc float[Planes * Step];
            for (nint i = start; i < end; i += Step)
            {
                int count = (int)Math.Min(Step, end - i);
                for (int channel = 0; channel < Planes; channel++)
                {
                    Mix(from + i, (nint)pixels, matrix.AsSpan(Planes * channel, Planes), offset[channel], mixed + (channel * Step), count);
                }

                if (isHalf)
                {
                    Interleave(mixed, (ushort*)to + (Planes * i), count);
                }
                else
                {
                    Interleave(mixed, (float*)to + (Planes * i), count);
                }
            }
        });
        GC.KeepAlive(planes);
        return map;
    }

    /// <summary>The way back: Wᵀ s for every pixel's slope s.</summary>
    /// <param name="slope">[1, 3, H, W], float32 or bfloat16, channels last.</param>
    /// <param name="matrix">[3, 3], output by input channel.</param>
    /// <returns>[1, 3, H, W], float32, in the caller's scope.</returns>
    public static Tensor Back(Tensor slope, float[] matrix)
    {
        long pixels = slope.shape[2] * slope.shape[3];
        Tensor planes = empty([1, Planes, slope.shape[2], slope.shape[3]], ScalarType.Float32, CPU);
        void* from = FeatureMemory.Pointer(slope);
        float* to = (float*)FeatureMemory.Start(planes);
        bool isHalf = slope.dtype == ScalarType.BFloat16;
        Share(pixels, (start, end) =>
        {
            for (nint i = start; i < end; i++)
            {
                float At(int channel) => isHalf ? Bfloat16.Widened(((ushort*)from)[(3 * i) + channel]) : ((float*)from)[(3 * i) + channel];
                (float x, float y, float z) = (At(0), At(1), At(2));
                to[i] = (matrix[0] * x) + (matrix[3] * y) + (matrix[6] * z);
                to[i + pixels] = (matrix[1] * x) + (matrix[4] * y) + (matrix[7] * z);
                to[i + (2 * pixels)] = (matrix[2] * x) + (matrix[5] * y) + (matrix[8] * z);
            }
        });
        GC.KeepAlive(slope);
        return planes;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mix(float* from, nint plane, ReadOnlySpan<float> row, float offset, float* to, int count)
    {
        (Vector256<float> r, Vector256<float> g, Vector256<float> b) = (Vector256.Create(row[0]), Vector256.Create(row[1]), Vector256.Create(row[2]));
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            float* pixel = from + i;
            (Vector256.Create(offset) + (r * Vector256.Load(pixel)) + (g * Vector256.Load(pixel + plane)) + (b * Vector256.Load(pixel + (2 * plane)))).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = offset + (row[0] * from[i]) + (row[1] * from[i + plane]) + (row[2] * from[i + (2 * plane)]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(float* mixed, ushort* to, int count)
    {
        ushort* halves = stackalloc ushort[Planes * Step];
        for (int i = 0; i < Planes * Step; i += Step)
        {
            Bfloat16.Rounded(Vector256.Load(mixed + i), Vector256.Load(mixed + i + (Step / 2))).Store(halves + i);
        }

        for (int i = 0; i < count; i++, to += Planes)
        {
            to[0] = halves[i];
            to[1] = halves[i + Step];
            to[2] = halves[i + (2 * Step)];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(float* mixed, float* to, int count)
    {
        for (int i = 0; i < count; i++, to += Planes)
        {
            to[0] = mixed[i];
            to[1] = mixed[i + Step];
            to[2] = mixed[i + (2 * Step)];
        }
    }

    private static void Share(long pixels, Action<nint, nint> work) => Threads.Share(
        (int)((pixels + PixelsAtOnce - 1) / PixelsAtOnce),
        share => work((nint)share * PixelsAtOnce, (nint)Math.Min(pixels, (share + 1L) * PixelsAtOnce)));
}
