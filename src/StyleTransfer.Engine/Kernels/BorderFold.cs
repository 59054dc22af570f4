using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// The way back through a border that repeats pixels, and what follows it, in one pass: slopes one position wider each way than the
/// features come together where their pixels were taken from. Sums are in float32, rounded once.
/// </summary>
internal static unsafe class BorderFold
{
    // A pixel of a corner stands for the corner, too: three rows by three columns at most where a picture is one pixel large.
    private const int MostSources = 9;

    /// <summary>∂L ⁄ ∂x from the slopes at x with its border, plus <paramref name="sum"/>; 0 where the mask is.</summary>
    /// <param name="wide">[1, C, H + 2, W + 2], float32 or bfloat16.</param>
    /// <param name="mask">[1, C, H, W], not negative; null for everywhere.</param>
    /// <param name="sum">[1, C, H, W]: what is added, and where the result goes; null for nothing, and a new map in the caller's scope.</param>
    public static Tensor Back(Tensor wide, Padding padding, Tensor? mask, Tensor? sum)
    {
        long[] shape = wide.shape;
        Tensor result = sum ?? FeatureMemory.New(shape[1], shape[2] - 2, shape[3] - 2, wide.dtype, CPU);
        bool isHalf = wide.dtype == ScalarType.BFloat16;
        Lines lines = new()
        {
            From = (byte*)FeatureMemory.Pointer(wide),
            To = (byte*)FeatureMemory.Pointer(result),
            Mask = mask is null ? null : (byte*)FeatureMemory.Pointer(mask),
            Adds = sum is not null,
            IsHalf = isHalf,
            Height = (int)shape[2] - 2,
            Width = (int)shape[3] - 2,
            Channels = (int)shape[1],
            Inset = padding == Padding.Reflect ? 1 : 0,
        };
        Threads.Share(lines.Height, lines.Fold);
        GC.KeepAlive(wide);
        GC.KeepAlive(result);
        GC.KeepAlive(mask);
        return result;
    }

    private sealed class Lines
    {
        public required byte* From { get; init; }

        public required byte* To { get; init; }

        public required byte* Mask { get; init; }

        public required bool Adds { get; init; }

        public required bool IsHalf { get; init; }

        public required int Height { get; init; }

        public required int Width { get; init; }

        public required int Channels { get; init; }

        public required int Inset { get; init; }

        private int Bytes => IsHalf ? sizeof(ushort) : sizeof(float);

        public void Fold(int row)
        {
            byte** rows = stackalloc byte*[3];
            int count = Places(row, Height, rows, (nint)(Width + 2) * Channels * Bytes);
            for (int i = 0; i < count; i++)
            {
                rows[i] += (nint)From;
            }

            byte** sources = stackalloc byte*[MostSources];
            byte** columns = stackalloc byte*[3];
            int column = 0;
            while (column < Width)
            {
                int across = Places(column, Width, columns, (nint)Channels * Bytes);
                // Up to the next column that others come together in.
                int end = column + 1;
                while (across == 1 && end < Width && end != Inset && end != Width - 1 - Inset)
                {
                    end++;
                }

                int all = 0;
                for (int i = 0; i < count; i++)
                {
                    for (int j = 0; j < across; j++)
                    {
                        sources[all++] = rows[i] + (nint)columns[j];
                    }
                }

                nint to = (((nint)row * Width) + column) * Channels * Bytes;
                nint numbers = (nint)(end - column) * Channels;
                if (IsHalf)
                {
                    AddHalf((ushort**)sources, all, (ushort*)(To + to), Mask == null ? null : (short*)(Mask + to), numbers);
                }
                else
                {
                    AddSingle((float**)sources, all, (float*)(To + to), Mask == null ? null : (float*)(Mask + to), numbers);
                }

                column = end;
            }
        }

        // Where in the wide map, in bytes, what belongs to a place along one dimension lies.
        private int Places(int place, int length, byte** to, nint step)
        {
            int count = 0;
            to[count++] = (byte*)((place + 1) * step);
            if (place == Inset)
            {
                to[count++] = (byte*)0;
            }

            if (place == length - 1 - Inset)
            {
                to[count++] = (byte*)((length + 1) * step);
            }

            return count;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddSingle(float** from, int sources, float* to, float* mask, nint count)
        {
            nint i = 0;
            for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> value = Adds ? Vector256.Load(to + i) : Vector256<float>.Zero;
                for (int source = 0; source < sources; source++)
                {
                    value += Vector256.Load(from[source] + i);
                }

                (mask == null ? value : value & Vector256.GreaterThan(Vector256.Load(mask + i), Vector256<float>.Zero)).Store(to + i);
            }

            for (; i < count; i++)
            {
                float value = Adds ? to[i] : 0;
                for (int source = 0; source < sources; source++)
                {
                    value += from[source][i];
                }

                to[i] = mask == null || mask[i] > 0 ? value : 0;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddHalf(ushort** from, int sources, ushort* to, short* mask, nint count)
        {
            nint i = 0;
            for (; i <= count - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
            {
                (Vector256<float> left, Vector256<float> right) = Adds ? Bfloat16.Load(to + i) : default;
                for (int source = 0; source < sources; source++)
                {
                    (Vector256<float> moreLeft, Vector256<float> moreRight) = Bfloat16.Load(from[source] + i);
                    left += moreLeft;
                    right += moreRight;
                }

                Vector256<ushort> value = Bfloat16.Rounded(left, right);
                // Numbers that are not negative are positive as whole numbers too.
                (mask == null ? value : value & Vector256.GreaterThan(Vector256.Load(mask + i), Vector256<short>.Zero).AsUInt16()).Store(to + i);
            }

            for (; i < count; i++)
            {
                float value = Adds ? Bfloat16.Widened(to[i]) : 0;
                for (int source = 0; source < sources; source++)
                {
                    value += Bfloat16.Widened(from[source][i]);
                }

                to[i] = mask == null || mask[i] > 0 ? Bfloat16.Rounded(value) : (ushort)0;
            }
        }
    }
}
