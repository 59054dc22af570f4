using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StyleTransfer.Engine.Kernels;

/// <summary>bfloat16 is the upper half of a float32: sixteen numbers at a time, to and from.</summary>
internal static unsafe class Bfloat16
{
    private const ushort NotANumber = 0x7FC0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Left, Vector256<float> Right) Load(ushort* from)
    {
        (Vector256<uint> left, Vector256<uint> right) = Vector256.Widen(Vector256.Load(from));
        return ((left << 16).AsSingle(), (right << 16).AsSingle());
    }

    /// <param name="count">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* from, float* to, int count)
    {
        for (int i = 0; i < count; i += 16)
        {
            (Vector256<float> left, Vector256<float> right) = Load(from + i);
            left.Store(to + i);
            right.Store(to + i + 8);
        }
    }

    /// <summary>To the nearest, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Rounded(Vector256<float> left, Vector256<float> right) => Vector256.Narrow(Half(left), Half(right));

    /// <summary>Sixteen at once, where there is AVX-512.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widened(ushort* from) => (Avx512F.ConvertToVector512UInt32(Vector256.Load(from)) << 16).AsSingle();

    /// <summary>
    /// As the other, where there is AVX-512, of sums of numbers that were in bfloat16: what is not a number among them has nothing in its
    /// lower half, and stays what it is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> RoundedSums(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        return Avx512F.ConvertToVector256UInt16((bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16);
    }

    public static float Widened(ushort half) => BitConverter.UInt32BitsToSingle((uint)half << 16);

    public static ushort Rounded(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? NotANumber : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Half(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
        // Rounding would turn some that are no numbers into infinity.
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, Vector256.Create((uint)NotANumber));
    }
}
