using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>The positions of a feature map, or of a part of one, as they lie in memory.</summary>
internal sealed unsafe class MapPositions
{
    /// <summary>Positions of a block: few enough that their sums in float32 round hardly at all, and that their features stay in the first cache.</summary>
    public const int AtOnce = 96;

    private const int Columns = 16;

    private readonly byte* start;
    private readonly nint line;
    private readonly int height;
    private readonly bool isHalf;

    public MapPositions(Tensor map)
    {
        long[] shape = map.shape;
        start = (byte*)FeatureMemory.Start(map);
        isHalf = map.dtype == ScalarType.BFloat16;
        line = (nint)map.stride(2) * (isHalf ? sizeof(ushort) : sizeof(float));
        (Channels, height, Width) = ((int)shape[1], (int)shape[2], (int)shape[3]);
    }

    /// <param name="features">The first position's first channel.</param>
    public delegate void BlockAction(int row, int column, int count, float* features);

    public int Channels { get; }

    public int Width { get; }

    /// <summary>A share's rows in blocks: where they lie, or in bfloat16 widened into the buffer, if there is one.</summary>
    public void Blocks(int share, int shares, float* buffer, BlockAction action)
    {
        for (int row = height * share / shares; row < height * (share + 1) / shares; row++)
        {
            for (int column = 0; column < Width; column += AtOnce)
            {
                int count = Math.Min(AtOnce, Width - column);
                bool isWidened = isHalf && buffer != null;
                float* features = isWidened ? buffer : (float*)At(row, column);
                if (isWidened)
                {
                    Bfloat16.Widen((ushort*)At(row, column), buffer, count * Channels);
                }

                action(row, column, count, features);
            }
        }
    }

    /// <summary>Values plus an offset, [C], to positions side by side, rounded where the map is in bfloat16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Store(int row, int column, int count, float* values, float[] plus)
    {
        byte* to = At(row, column);
        fixed (float* offset = plus)
        {
            for (int position = 0; position < count; position++, values += Channels)
            {
                for (int channel = 0; channel < Channels; channel += Columns)
                {
                    Vector256<float> left = Vector256.Load(values + channel) + Vector256.Load(offset + channel);
                    Vector256<float> right = Vector256.Load(values + channel + 8) + Vector256.Load(offset + channel + 8);
                    if (isHalf)
                    {
                        Bfloat16.Rounded(left, right).Store((ushort*)to);
                        to += Columns * sizeof(ushort);
                    }
                    else
                    {
                        left.Store((float*)to);
                        right.Store((float*)to + 8);
                        to += Columns * sizeof(float);
                    }
                }
            }
        }
    }

    private byte* At(int row, int column) => start + (row * line) + ((nint)column * Channels * (isHalf ? sizeof(ushort) : sizeof(float)));
}
