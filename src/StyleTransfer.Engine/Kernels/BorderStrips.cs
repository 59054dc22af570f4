using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// What a convolution's way back with zeros still owes to a border that repeats pixels: the slopes that fall on the padding go to the
/// pixels that were repeated there. Four strips, one position wide, whose products are in float32 for maps in bfloat16, too. Owns its
/// weights.
/// </summary>
internal sealed unsafe class BorderStrips : IDisposable
{
    private const int Sides = 4;
    private const int Taps = 3;
    private const int Columns = MatrixProduct.Columns;

    private readonly int inputs;
    private readonly int outputs;
    private readonly float* weights; // [side][input / 16][tap][output][16]

    /// <param name="filters">The convolution's, [outputs, inputs, 3, 3]; as many inputs as a multiple of 16.</param>
    public BorderStrips(ReadOnlySpan<float> filters, int inputs, int outputs)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        weights = MatrixProduct.Allocate((nuint)(Sides * Taps) * (nuint)(inputs * outputs));
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                ReadOnlySpan<float> filter = filters.Slice(((output * inputs) + input) * 9, 9);
                for (int tap = 0; tap < Taps; tap++)
                {
                    int along = Taps - 1 - tap; // Backwards filters are turned by half a circle.
                    Weight(Side.Top, input, tap, output) = filter[along];
                    Weight(Side.Bottom, input, tap, output) = filter[6 + along];
                    Weight(Side.Left, input, tap, output) = filter[3 * along];
                    Weight(Side.Right, input, tap, output) = filter[(3 * along) + 2];
                }
            }
        }
    }

    private enum Side
    {
        Top,
        Bottom,
        Left,
        Right,
    }

    /// <param name="back">[1, inputs, H, W]: ∂L ⁄ ∂(the convolution's input) as with zeros, completed in place; float32 or bfloat16.</param>
    /// <param name="slope">[1, outputs, H, W]: ∂L ⁄ ∂(its output).</param>
    /// <param name="mask">The input where it is rectified features: nothing is added where it is 0.</param>
    public void Add(Tensor back, Tensor slope, Padding padding, Tensor? mask)
    {
        long[] shape = slope.shape;
        Border border = new((int)shape[2], (int)shape[3], padding == Padding.Reflect ? 1 : 0);
        bool isHalf = slope.dtype == ScalarType.BFloat16;
        void* from = FeatureMemory.Pointer(slope);
        void* to = FeatureMemory.Pointer(back);
        void* keep = mask is null ? null : FeatureMemory.Pointer(mask);
        nint stripLength = (nint)(border.MostRows + Taps - 1) * outputs;
        float* strips = (float*)NativeMemory.AllocZeroed((nuint)(Sides * stripLength), sizeof(float));
        foreach (Side side in Enum.GetValues<Side>())
        {
            Cut(from, isHalf, border, side, strips + ((int)side * stripLength));
        }

        // A panel of channels at a time, all four sides of it on one thread: they meet in the corners.
        Threads.Share(inputs / Columns, panel =>
        {
            float* product = MatrixProduct.Allocate((nuint)(border.MostRows * Columns));
            foreach (Side side in Enum.GetValues<Side>())
            {
                MatrixProduct.Multiply(
                    strips + ((int)side * stripLength), outputs, border.MostRows, Taps * outputs,
                    weights + (((((nint)side * (inputs / Columns)) + panel) * Taps) * outputs * Columns), product, Columns);
                for (int i = 0; i < border.Length(side); i++)
                {
                    nint at = (border.Target(side, i) * inputs) + (panel * Columns);
                    if (isHalf)
                    {
                        AddHalf(product + (i * Columns), (ushort*)to + at, keep == null ? null : (short*)keep + at);
                    }
                    else
                    {
                        Add(product + (i * Columns), (float*)to + at, keep == null ? null : (float*)keep + at);
                        Add(product + (i * Columns) + (Columns / 2), (float*)to + at + (Columns / 2), keep == null ? null : (float*)keep + at + (Columns / 2));
                    }
                }
            }

            NativeMemory.AlignedFree(product);
        });
        NativeMemory.Free(strips);
        GC.KeepAlive(back);
        GC.KeepAlive(slope);
        GC.KeepAlive(mask);
    }

    public void Dispose() => NativeMemory.AlignedFree(weights);

    private ref float Weight(Side side, int input, int tap, int output) => ref weights[
        ((((((nint)side * (inputs / Columns)) + (input / Columns)) * Taps) + tap) * outputs + output) * Columns + (input % Columns)];

    // The outermost outputs of a side, with zeros before and behind.
    private void Cut(void* slope, bool isHalf, Border border, Side side, float* strip)
    {
        bool isRow = side is Side.Top or Side.Bottom;
        (int height, int width) = (border.Height, border.Width);
        for (int i = 0; i < (isRow ? width : height); i++)
        {
            nint from = side switch
            {
                Side.Top => i,
                Side.Bottom => ((nint)(height - 1) * width) + i,
                Side.Left => (nint)i * width,
                _ => ((nint)i * width) + width - 1,
            };
            float* to = strip + ((nint)(i + (isRow ? 2 : 1)) * outputs);
            if (isHalf)
            {
                Bfloat16.Widen((ushort*)slope + (from * outputs), to, outputs);
            }
            else
            {
                Buffer.MemoryCopy((float*)slope + (from * outputs), to, outputs * sizeof(float), outputs * sizeof(float));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* values, float* to, float* keep)
    {
        Vector256<float> value = Vector256.Load(values);
        if (keep != null)
        {
            value &= Vector256.GreaterThan(Vector256.Load(keep), Vector256<float>.Zero);
        }

        (Vector256.Load(to) + value).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddHalf(float* values, ushort* to, short* keep)
    {
        (Vector256<float> left, Vector256<float> right) = Bfloat16.Load(to);
        Vector256<ushort> value = Bfloat16.Rounded(left + Vector256.Load(values), right + Vector256.Load(values + (Columns / 2)));
        // Numbers that are not negative are positive as whole numbers too.
        (keep == null ? value : value & Vector256.GreaterThan(Vector256.Load(keep), Vector256<short>.Zero).AsUInt16()).Store(to);
    }

    /// <param name="Inset">How far the repeated pixels lie from the outermost.</param>
    private readonly record struct Border(int Height, int Width, int Inset)
    {
        // Of the longest strip, as a product takes them.
        public int MostRows => MatrixProduct.Padded(Math.Max(Width + 2, Height));

        // Rows come with the corners.
        public int Length(Side side) => side is Side.Top or Side.Bottom ? Width + 2 : Height;

        // The position that was repeated at a strip's place.
        public nint Target(Side side, int i) => side switch
        {
            Side.Top => ((nint)Inset * Width) + Inside(i - 1),
            Side.Bottom => ((nint)(Height - 1 - Inset) * Width) + Inside(i - 1),
            Side.Left => ((nint)i * Width) + Inset,
            _ => ((nint)i * Width) + Width - 1 - Inset,
        };

        private int Inside(int column) => column < 0 ? Inset : column == Width ? Width - 1 - Inset : column;
    }
}
