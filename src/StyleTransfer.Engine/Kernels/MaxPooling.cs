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
    /// <summary>The place of a maximum that is not positive: nothing goes back to it.</summary>
    public const byte Nowhere = 4;

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
        ClearRest(back);
        void* slopes = FeatureMemory.Pointer(slope);
        void* to = FeatureMemory.Pointer(back);
        Run(x, y, (windows, row) => windows.Spread<int>(row, slopes, to), (windows, row) => windows.Spread<short>(row, slopes, to));
        GC.KeepAlive(slope);
        GC.KeepAlive(back);
        return back;
    }

    /// <summary>∂L ⁄ ∂x from ∂L ⁄ ∂y, where a convolution has noted the place of each maximum.</summary>
    /// <param name="which">[1, C, ⌊H ⁄ 2⌋, ⌊W ⁄ 2⌋], bytes: 0 to 3, row by row, or <see cref="Nowhere"/>.</param>
    /// <param name="slope">[1, C, ⌊H ⁄ 2⌋, ⌊W ⁄ 2⌋].</param>
    /// <returns>[1, C, H, W], in the caller's scope.</returns>
    public static Tensor Spread(Tensor which, Tensor slope, long height, long width)
    {
        Tensor back = FeatureMemory.New(slope.shape[1], height, width, slope.dtype, CPU);
        ClearRest(back);
        byte* places = (byte*)FeatureMemory.Pointer(which);
        void* from = FeatureMemory.Pointer(slope);
        void* to = FeatureMemory.Pointer(back);
        (int rows, int windows, int channels) = ((int)slope.shape[2], (int)slope.shape[3], (int)slope.shape[1]);
        bool isHalf = slope.dtype == ScalarType.BFloat16;
        Threads.Share(rows, row =>
        {
            nint first = (nint)row * windows * channels;
            nint line = (nint)width * channels;
            if (isHalf)
            {
                Spread(places + first, (ushort*)from + first, (ushort*)to + (2 * row * line), line, windows, channels);
            }
            else
            {
                Spread(places + first, (float*)from + first, (float*)to + (2 * row * line), line, windows, channels);
            }
        });
        GC.KeepAlive((which, slope, back));
        return back;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(byte* which, ushort* from, ushort* to, nint line, int windows, int channels)
    {
        for (int window = 0; window < windows; window++, to += 2 * channels)
        {
            for (int channel = 0; channel < channels; channel += Vector256<ushort>.Count, which += Vector256<ushort>.Count, from += Vector256<ushort>.Count)
            {
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(which));
                Vector256<ushort> places = Vector256.Create(low, high);
                Vector256<ushort> slope = Vector256.Load(from);
                (slope & Vector256.Equals(places, Vector256<ushort>.Zero)).Store(to + channel);
                (slope & Vector256.Equals(places, Vector256.Create((ushort)1))).Store(to + channel + channels);
                (slope & Vector256.Equals(places, Vector256.Create((ushort)2))).Store(to + channel + line);
                (slope & Vector256.Equals(places, Vector256.Create((ushort)3))).Store(to + channel + line + channels);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(byte* which, float* from, float* to, nint line, int windows, int channels)
    {
        for (int window = 0; window < windows; window++, to += 2 * channels)
        {
            for (int channel = 0; channel < channels; channel += Vector256<float>.Count, which += Vector256<float>.Count, from += Vector256<float>.Count)
            {
                Vector128<ushort> halves = Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)which).AsByte());
                Vector256<uint> places = Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves));
                Vector256<uint> slope = Vector256.Load(from).AsUInt32();
                (slope & Vector256.Equals(places, Vector256<uint>.Zero)).AsSingle().Store(to + channel);
                (slope & Vector256.Equals(places, Vector256.Create(1u))).AsSingle().Store(to + channel + channels);
                (slope & Vector256.Equals(places, Vector256.Create(2u))).AsSingle().Store(to + channel + line);
                (slope & Vector256.Equals(places, Vector256.Create(3u))).AsSingle().Store(to + channel + line + channels);
            }
        }
    }

    // What no window covers.
    private static void ClearRest(Tensor back)
    {
        if (back.shape[2] % 2 == 1)
        {
            using Tensor rest = back.narrow(2, back.shape[2] - 1, 1);
            rest.zero_();
        }

        if (back.shape[3] % 2 == 1)
        {
            using Tensor rest = back.narrow(3, back.shape[3] - 1, 1);
            rest.zero_();
        }
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
