using System.Runtime.InteropServices;

namespace StyleTransfer.Core.Safetensors;

/// <summary>The element types that we read and write.</summary>
public enum TensorType { U8, I8, I32, I64, F16, BF16, F32, F64 }

internal static class TensorTypes
{
    public static int Size(TensorType type) => type switch
    {
        TensorType.U8 or TensorType.I8 => 1,
        TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I32 or TensorType.F32 => 4,
        _ => 8,
    };

    public static TensorType Parse(string? text, string tensor) => Enum.TryParse(text, out TensorType type)
        ? type
        : throw new SafetensorsException($"The tensor '{tensor}' has the type '{text}'; allowed are {string.Join(", ", Enum.GetNames<TensorType>())}.");

    public static float[] ToFloats(TensorType type, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case TensorType.F32:
                return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
            case TensorType.F16:
                return Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), value => (float)value);
            case TensorType.BF16:
                return Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), value => BitConverter.UInt32BitsToSingle((uint)value << 16));
            case TensorType.F64:
                return Array.ConvertAll(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), value => (float)value);
            default:
                throw new SafetensorsException($"The type {type} holds no floating-point numbers; allowed are F16, BF16, F32 and F64.");
        }
    }
}
