using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>Between pictures, plane after plane in float32, and maps of three channels, pixel after pixel, by a colour matrix; in one pass.</summary>
internal static unsafe class PixelColors
{
    private const int Planes = 3;

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
            for (nint i = start; i < end; i++)
            {
                (float r, float g, float b) = (from[i], from[i + pixels], from[i + (2 * pixels)]);
                for (int channel = 0; channel < Planes; channel++)
                {
                    float value = offset[channel] + (matrix[3 * channel] * r) + (matrix[(3 * channel) + 1] * g) + (matrix[(3 * channel) + 2] * b);
                    if (isHalf)
                    {
                        ((ushort*)to)[(3 * i) + channel] = Bfloat16.Rounded(value);
                    }
                    else
                    {
                        ((float*)to)[(3 * i) + channel] = value;
                    }
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

    private static void Share(long pixels, Action<nint, nint> work) => Threads.Share(
        (int)((pixels + PixelsAtOnce - 1) / PixelsAtOnce),
        share => work((nint)share * PixelsAtOnce, (nint)Math.Min(pixels, (share + 1L) * PixelsAtOnce)));
}
