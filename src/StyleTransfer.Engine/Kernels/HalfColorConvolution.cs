using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// A network's first 3×3 convolution, of three colours, in bfloat16, both ways. Libtorch's is made for many channels and takes twice as
/// long. Owns its weights.
/// </summary>
/// <remarks>
/// Forward, a pixel's 27 neighbours side by side are a row of a matrix. Back, the slopes of a line times the filters of one row of taps give
/// for each pixel what it owes to its left neighbour, itself and its right neighbour; the lines of all three rows of taps are added up within
/// the product.
/// </remarks>
internal sealed unsafe class HalfColorConvolution : IDisposable
{
    private const int Colors = 3;
    private const int Taps = 3;
    private const int Row = Taps * Colors;

    // A pixel's neighbours, as many as a product takes at once; those that are none have no weight.
    private const int Neighbours = 32;

    // What a pixel's slopes give for one row of taps: three times a colour, and a place that is left free.
    private const int Places = 4;
    private const int Owed = Taps * Places;

    // Outputs at once.
    private const int Group = HalfProduct.MostColumns;
    private const int Lanes = 16;

    // Pixels at once; their neighbours stay in a core's first cache.
    private const int Pixels = 128;

    private const int LinesOfShare = 8;

    private readonly int outputs;
    private readonly ushort* forward; // [output / Group][neighbour / 2][output % Group][2]
    private readonly ushort* back; // [row of taps][output / 2][place][2]
    private readonly float* bias;

    /// <param name="filters">[outputs, 3, 3, 3].</param>
    /// <param name="offsets">One for each output.</param>
    public HalfColorConvolution(ReadOnlySpan<float> filters, ReadOnlySpan<float> offsets)
    {
        outputs = offsets.Length;
        forward = Zeros(Neighbours * outputs);
        back = Zeros(Taps * outputs * Owed);
        bias = MatrixProduct.Allocate((nuint)outputs);
        offsets.CopyTo(new Span<float>(bias, outputs));
        for (int output = 0; output < outputs; output++)
        {
            for (int color = 0; color < Colors; color++)
            {
                for (int tap = 0; tap < Taps * Taps; tap++)
                {
                    (int row, int column) = (tap / Taps, tap % Taps);
                    ushort weight = Bfloat16.Rounded(filters[(((output * Colors) + color) * Taps * Taps) + tap]);
                    (int group, int within) = (output / Group * Group, output % Group);
                    forward[(group * Neighbours) + HalfProduct.At((row * Row) + (column * Colors) + color, within, Math.Min(Group, outputs - group))] = weight;
                    back[(row * outputs * Owed) + HalfProduct.At(output, (column * Places) + color, Owed)] = weight;
                }
            }
        }
    }

    public static bool Suits(int inputs, int outputs) => inputs == Colors && outputs % Lanes == 0 && HalfProduct.IsAvailable;

    /// <summary>max(w ∗ x + b, 0), or without the maximum; [1, outputs, H, W] in the caller's scope.</summary>
    /// <param name="x">[1, 3, H, W], bfloat16.</param>
    /// <param name="padding">What lies beyond the border: zero, replicate or reflect.</param>
    public Tensor Forward(Tensor x, Padding padding, bool rectifies)
    {
        (int height, int width) = ((int)x.shape[2], (int)x.shape[3]);
        Tensor y = FeatureMemory.New(outputs, height, width, ScalarType.BFloat16, CPU);
        ushort* from = (ushort*)FeatureMemory.Pointer(x);
        ushort* to = (ushort*)FeatureMemory.Pointer(y);
        float floor = rectifies ? 0 : float.NegativeInfinity;
        int line = ((width + 2) * Colors) + Lanes;
        Share(height, (first, end) =>
        {
            ushort* lines = Zeros(Taps * line);
            ushort* neighbours = Zeros((Pixels * Neighbours) + Lanes);
            float* products = MatrixProduct.Allocate(Pixels * Group);
            for (int row = first; row < end; row++)
            {
                for (int tap = 0; tap < Taps; tap++)
                {
                    Widened(from, Beyond.At(row + tap - 1, height, padding), width, padding, lines + (tap * line));
                }

                for (int column = 0; column < width; column += Pixels)
                {
                    int count = Math.Min(Pixels, width - column);
                    Gather(lines + (column * Colors), line, neighbours, count);
                    for (int group = 0; group < outputs; group += Group)
                    {
                        int columns = Math.Min(Group, outputs - group);
                        HalfProduct.Multiply(count, columns, Neighbours, neighbours, forward + (group * Neighbours), products, columns);
                        End(products, columns, group, floor, to + ((((nint)row * width) + column) * outputs), count);
                    }
                }
            }

            HalfProduct.Release();
            NativeMemory.AlignedFree(lines);
            NativeMemory.AlignedFree(neighbours);
            NativeMemory.AlignedFree(products);
        });
        GC.KeepAlive(x);
        return y;
    }

    /// <summary>∂L ⁄ ∂x, [1, 3, H, W] in the caller's scope.</summary>
    /// <param name="slope">∂L ⁄ ∂(w ∗ x + b), [1, outputs, H, W], bfloat16.</param>
    public Tensor Back(Tensor slope, Padding padding)
    {
        (int height, int width) = ((int)slope.shape[2], (int)slope.shape[3]);
        Tensor result = FeatureMemory.New(Colors, height, width, ScalarType.BFloat16, CPU);
        ushort* from = (ushort*)FeatureMemory.Pointer(slope);
        ushort* to = (ushort*)FeatureMemory.Pointer(result);
        Share(height, (first, end) =>
        {
            float* owed = MatrixProduct.Allocate((nuint)(width * Owed));
            float* sums = MatrixProduct.Allocate((nuint)((width + 2) * Places));
            for (int row = first; row < end; row++)
            {
                bool adds = false;
                // The line itself, and those beyond the border that it stands for.
                foreach (int line in (ReadOnlySpan<int>)[row, -1, height])
                {
                    for (int tap = 0; tap < Taps && Beyond.At(line, height, padding) == row; tap++)
                    {
                        int source = line + 1 - tap;
                        if (source >= 0 && source < height)
                        {
                            HalfProduct.Multiply(width, Owed, outputs, from + ((nint)source * width * outputs), back + (tap * outputs * Owed), owed, Owed, adds);
                            adds = true;
                        }
                    }
                }

                Add(owed, width, sums);
                Fold(sums, width, padding);
                Store(sums + Places, width, to + ((nint)row * width * Colors));
            }

            HalfProduct.Release();
            NativeMemory.AlignedFree(owed);
            NativeMemory.AlignedFree(sums);
        });
        GC.KeepAlive(slope);
        return result;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(forward);
        NativeMemory.AlignedFree(back);
        NativeMemory.AlignedFree(bias);
    }

    private static ushort* Zeros(int count)
    {
        ushort* memory = (ushort*)NativeMemory.AlignedAlloc((nuint)count * sizeof(ushort), 64);
        new Span<ushort>(memory, count).Clear();
        return memory;
    }

    private static void Share(int height, Action<int, int> lines) => Threads.Share(
        (height + LinesOfShare - 1) / LinesOfShare,
        share => lines(share * LinesOfShare, Math.Min(height, (share + 1) * LinesOfShare)));

    // A line with what lies beyond both ends.
    private static void Widened(ushort* from, int row, int width, Padding padding, ushort* to)
    {
        Span<ushort> line = new(to, (width + 2) * Colors);
        if (row < 0)
        {
            line.Clear();
            return;
        }

        ReadOnlySpan<ushort> source = new(from + ((nint)row * width * Colors), width * Colors);
        source.CopyTo(line[Colors..]);
        void End(int column, Span<ushort> place)
        {
            if (Beyond.At(column, width, padding) is int inside and >= 0)
            {
                new ReadOnlySpan<ushort>(from + ((((nint)row * width) + inside) * Colors), Colors).CopyTo(place);
            }
            else
            {
                place[..Colors].Clear();
            }
        }

        End(-1, line);
        End(width, line[((width + 1) * Colors)..]);
    }

    // Each store is longer than what it is for; what follows overwrites the rest.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(ushort* lines, int line, ushort* to, int count)
    {
        for (int i = 0; i < count; i++, lines += Colors, to += Neighbours)
        {
            Vector256.Load(lines).Store(to);
            Vector256.Load(lines + line).Store(to + Row);
            Vector256.Load(lines + (2 * line)).Store(to + (2 * Row));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void End(float* products, int columns, int group, float least, ushort* to, int count)
    {
        Vector512<float> floor = Vector512.Create(least);
        for (int i = 0; i < count; i++, products += columns, to += outputs)
        {
            for (int output = 0; output < columns; output += Lanes)
            {
                // In this order a not-a-number passes, as it must: the run looks for it.
                Vector512<float> value = Vector512.MaxNative(floor, Vector512.Load(products + output) + Vector512.Load(bias + group + output));
                Bfloat16.RoundedSums(value).Store(to + group + output);
            }
        }
    }

    // Into a line with what lies beyond both ends.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* owed, int width, float* sums)
    {
        Vector128<float> left = default; // What is owed to the pixel before this one by its own slopes and those before.
        Vector128<float> own = default;
        for (int i = 0; i < width; i++, owed += Owed, sums += Places)
        {
            (left + Vector128.Load(owed)).Store(sums);
            left = own + Vector128.Load(owed + Places);
            own = Vector128.Load(owed + (2 * Places));
        }

        left.Store(sums);
        own.Store(sums + Places);
    }

    private static void Fold(float* sums, int width, Padding padding)
    {
        void End(int column)
        {
            int inside = Beyond.At(column, width, padding);
            for (int color = 0; inside >= 0 && color < Colors; color++)
            {
                sums[((inside + 1) * Places) + color] += sums[((column + 1) * Places) + color];
            }
        }

        End(-1);
        End(width);
    }

    // As with Gather: four numbers for each pixel, of which the next one's are to overwrite the last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store(float* sums, int width, ushort* to)
    {
        const int AtOnce = Lanes / Places;
        int i = 0;
        for (; i < width - AtOnce; i += AtOnce, sums += Lanes, to += AtOnce * Colors)
        {
            Vector256<ulong> pixels = Bfloat16.RoundedSums(Vector512.Load(sums)).AsUInt64();
            for (int pixel = 0; pixel < AtOnce; pixel++)
            {
                *(ulong*)(to + (pixel * Colors)) = pixels[pixel];
            }
        }

        for (; i < width; i++, sums += Places, to += Colors)
        {
            for (int color = 0; color < Colors; color++)
            {
                to[color] = Bfloat16.Rounded(sums[color]);
            }
        }
    }
}
