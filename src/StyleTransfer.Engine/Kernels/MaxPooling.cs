using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>The maximum of each 2×2 window of rectified features, and the way back without a list of where each maximum was.</summary>
/// <remarks>Numbers that are not negative are in order as whole numbers too, so one code serves float32 and bfloat16.</remarks>
internal static unsafe class MaxPooling
{
    /// <summary>[1, C, ⌊H ⁄ 2⌋, ⌊W ⁄ 2⌋], in the caller's scope.</summary>
    /// <param name="x">[1, C, H, W], not negative, float32 or bfloat16; C a multiple of 16.</param>
    public static Tensor Forward(Tensor x)
    {
        Tensor y = FeatureMemory.New(x.shape[1], x.shape[2] / 2, x.shape[3] / 2, x.dtype, CPU);
        Run(x, y, static (windows, row) => windows.Highest<int>(row), static (windows, row) => windows.Highest<short>(row));
        return y;
    }

    /// <summary>∂L ⁄ ∂x from ∂L ⁄ ∂y: at the first maximum of each window, where that is positive.</summary>
    /// <param name="y">What <see cref="Forward"/> gave.</param>
    /// <param name="slope">[1, C, ⌊H ⁄ 2⌋, ⌊W ⁄ 2⌋].</param>
    public static Tensor Back(Tensor x, Tensor y, Tensor slope)
    {
        Tensor back = FeatureMemory.New(x.shape[1], x.shape[2], x.shape[3], x.dtype, CPU);
        if (x.shape[2] % 2 == 1)
        {
            using Tensor rest = back.narrow(2, x.shape[2] - 1, 1);
            rest.zero_();
        }

        if (x.shape[3] % 2 == 1)
        {
            using Tensor rest = back.narrow(3, x.shape[3] - 1, 1);
            rest.zero_();
        }

        void* slopes = FeatureMemory.Pointer(slope);
        void* to = FeatureMemory.Pointer(back);
        Run(x, y, (windows, row) => windows.Spread<int>(row, slopes, to), (windows, row) => windows.Spread<short>(row, slopes, to));
        GC.KeepAlive(slope);
        GC.KeepAlive(back);
        return back;
    }

    private static void Run(Tensor x, Tensor y, Action<Windows, int> single, Action<Windows, int> half)
    {
        Windows windows = new(FeatureMemory.Pointer(x), FeatureMemory.Pointer(y), (int)x.shape[1], (int)x.shape[3]);
        Action<Windows, int> row = x.dtype == ScalarType.Float32 ? single : half;
        Threads.Share((int)y.shape[2], place => row(windows, place));
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private sealed class Windows(void* x, void* y, int channels, int width)
    {
        private readonly nint line = (nint)width * channels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Highest<T>(int row)
            where T : unmanaged, INumber<T>
        {
            T* from = (T*)x + (2 * row * line);
            T* to = (T*)y + ((nint)row * (width / 2) * channels);
            for (int window = 0; window < width / 2; window++, from += 2 * channels, to += channels)
            {
                for (int channel = 0; channel < channels; channel += Vector256<T>.Count)
                {
                    T* first = from + channel;
                    Vector256.Max(
                        Vector256.Max(Vector256.Load(first), Vector256.Load(first + channels)),
                        Vector256.Max(Vector256.Load(first + line), Vector256.Load(first + line + channels))).Store(to + channel);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Spread<T>(int row, void* slopes, void* back)
            where T : unmanaged, INumber<T>
        {
            nint pooled = (nint)row * (width / 2) * channels;
            T* from = (T*)x + (2 * row * line);
            T* to = (T*)back + (2 * row * line);
            T* highest = (T*)y + pooled;
            T* slope = (T*)slopes + pooled;
            for (int window = 0; window < width / 2; window++, from += 2 * channels, to += 2 * channels, highest += channels, slope += channels)
            {
                for (int channel = 0; channel < channels; channel += Vector256<T>.Count)
                {
                    Vector256<T> most = Vector256.Load(highest + channel);
                    Vector256<T> left = Vector256.Load(slope + channel) & Vector256.GreaterThan(most, Vector256<T>.Zero);
                    left = Take(from + channel, to + channel, most, left);
                    left = Take(from + channel + channels, to + channel + channels, most, left);
                    left = Take(from + channel + line, to + channel + line, most, left);
                    Take(from + channel + line + channels, to + channel + line + channels, most, left);
                }
            }
        }

        // The slope goes to the first that equals the maximum; what is left is for the others.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<T> Take<T>(T* from, T* to, Vector256<T> most, Vector256<T> left)
            where T : unmanaged, INumber<T>
        {
            Vector256<T> isMost = Vector256.Equals(Vector256.Load(from), most);
            (left & isMost).Store(to);
            return Vector256.AndNot(left, isMost);
        }
    }
}
