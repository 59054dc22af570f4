using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>The way back through a ReLU.</summary>
internal static unsafe class Rectifier
{
    /// <summary>Puts 0 where the rectified features are 0.</summary>
    /// <param name="slope">[1, C, H, W], float32 or bfloat16; C a multiple of 16. Changed in place.</param>
    /// <param name="features">Of the same shape and type, not negative.</param>
    /// <returns><paramref name="slope"/>.</returns>
    public static Tensor Back(Tensor slope, Tensor features)
    {
        void* to = FeatureMemory.Pointer(slope);
        void* mask = FeatureMemory.Pointer(features);
        nint line = (nint)(slope.shape[1] * slope.shape[3]);
        bool isSingle = slope.dtype == ScalarType.Float32;
        Threads.Share((int)slope.shape[2], row =>
        {
            // Numbers that are not negative are positive as whole numbers too.
            if (isSingle)
            {
                Keep((int*)to + (row * line), (int*)mask + (row * line), line);
            }
            else
            {
                Keep((short*)to + (row * line), (short*)mask + (row * line), line);
            }
        });
        GC.KeepAlive(slope);
        GC.KeepAlive(features);
        return slope;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Keep<T>(T* slope, T* mask, nint count)
        where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < count; i += Vector256<T>.Count)
        {
            (Vector256.Load(slope + i) & Vector256.GreaterThan(Vector256.Load(mask + i), Vector256<T>.Zero)).Store(slope + i);
        }
    }
}
