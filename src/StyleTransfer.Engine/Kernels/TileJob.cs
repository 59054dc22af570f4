using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>One 3×3 convolution of one map, by square tiles of its outputs, and what follows it.</summary>
/// <param name="edge">Of a tile, in outputs; its inputs are two more each way.</param>
/// <param name="padding">What lies beyond the input's border: zero, replicate or reflect.</param>
internal sealed unsafe class TileJob(Tensor input, Tensor output, int edge, Padding padding) : IDisposable
{
    private readonly byte* from = (byte*)FeatureMemory.Pointer(input);
    private readonly nint position = (nint)(input.shape[1] * input.ElementSize);
    private readonly byte* zeros = (byte*)NativeMemory.AllocZeroed((nuint)(input.shape[1] * input.ElementSize));
    private readonly int inputHeight = (int)input.shape[2];
    private readonly int inputWidth = (int)input.shape[3];
    private readonly int across = (int)(input.shape[3] + edge - 1) / edge;

    public void* To { get; } = FeatureMemory.Pointer(output);

    /// <summary>Of the convolution's output, which is as large as its input.</summary>
    public int Height { get; } = (int)input.shape[2];

    public int Width { get; } = (int)input.shape[3];

    /// <summary>Where each window's maximum was, where the output is pooled; else null.</summary>
    public byte* Which { get; init; }

    /// <summary>Outputs are at least this.</summary>
    public float Floor { get; init; } = float.NegativeInfinity;

    /// <summary>Whether outputs are added to what is there.</summary>
    public bool Adds { get; init; }

    /// <summary>As the output: where it is not positive, the output is 0. Null for everywhere.</summary>
    public void* Mask { get; init; }

    public int Count => across * ((Height + edge - 1) / edge);

    /// <summary>A tile's first output, and how many of its outputs there are.</summary>
    public (int Top, int Left, int Height, int Width) Place(int tile)
    {
        (int top, int left) = (tile / across * edge, tile % across * edge);
        return (top, left, Math.Min(edge, Height - top), Math.Min(edge, Width - left));
    }

    /// <summary>Of a copy that <see cref="Window"/> may need.</summary>
    public nuint WindowBytes => (nuint)((edge + 2) * (edge + 2) * position);

    /// <summary>A tile's inputs, row by row, the positions of a row side by side: in the map, or where some are the padding's, in a copy.</summary>
    /// <param name="copy">Of <see cref="WindowBytes"/>.</param>
    /// <param name="line">Bytes from one row to the next.</param>
    public byte* Window(int tile, byte* copy, out nint line)
    {
        int inputs = edge + 2;
        (int top, int left) = (tile / across * edge - 1, tile % across * edge - 1);
        if (top >= 0 && left >= 0 && top + inputs <= inputHeight && left + inputs <= inputWidth)
        {
            line = inputWidth * position;
            return from + (top * line) + (left * position);
        }

        line = inputs * position;
        byte* to = copy;
        for (int i = 0; i < inputs; i++)
        {
            int row = Inside(top + i, inputHeight);
            for (int j = 0; j < inputs; j++, to += position)
            {
                int column = Inside(left + j, inputWidth);
                byte* source = row < 0 || column < 0 ? zeros : from + ((((nint)row * inputWidth) + column) * position);
                Buffer.MemoryCopy(source, to, position, position);
            }
        }

        return copy;
    }

    public void Dispose()
    {
        NativeMemory.Free(zeros);
        GC.KeepAlive(input);
        GC.KeepAlive(output);
    }

    // A place beyond the border by one is the padding's; what lies further, behind the last output, has no part in one that is kept.
    private int Inside(int place, int length) => place > length ? -1 : Beyond.At(place, length, padding);
}
