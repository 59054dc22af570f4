using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// Products over the positions of a feature map, or of a part of one, as it lies in memory: Σ f fᵀ, and S f for every position. Without a
/// copy in float32 of what is in bfloat16, and with sums in float64, so that it does not matter how a picture was cut into tiles.
/// </summary>
internal static unsafe class PositionProducts
{
    // Parts that are summed up apart, whatever the threads: the same numbers to the bit on every machine.
    private const int Shares = 8;

    private const int MostChannelsInParts = 128;
    private const int ColumnsOfGroup = 32;

    private const int Rows = 8;
    private const int Narrow = 4;
    private const int Columns = MatrixProduct.Columns;

    /// <summary>Whether the map is one that these take.</summary>
    public static bool Suit(Tensor map) =>
        map.device_type == DeviceType.CPU && map.shape[0] == 1 && map.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && Vector256.IsHardwareAccelerated && map.shape[1] % Columns == 0 && map.stride(1) == 1 && map.stride(3) == map.shape[1];

    /// <summary>Σ w f and Σ w f fᵀ, added to what there is.</summary>
    /// <param name="map">[1, C, H, W].</param>
    /// <param name="weights">H W of them in a row, float32, or none for 1 everywhere.</param>
    /// <param name="first">[C].</param>
    /// <param name="second">[C, C].</param>
    public static void AddMoments(Tensor map, Tensor? weights, Span<double> first, Span<double> second)
    {
        float* weight = weights is null ? null : (float*)FeatureMemory.Start(weights);
        MapPositions positions = new(map);
        int channels = positions.Channels;
        bool isHalf = map.dtype == ScalarType.BFloat16 && weights is null && HalfMoments.Suit(channels);
        int ofGroup = isHalf ? HalfMoments.ColumnsOfGroup : ColumnsOfGroup;
        // Few channels are summed up in parts of the picture; many would need large sums for each part, and are shared out themselves.
        (int shares, int groups) = channels <= MostChannelsInParts ? (Shares, 1) : (1, (channels + ofGroup - 1) / ofGroup);
        // Not the collector's: with 512 channels two megabytes, anew in every iteration.
        int length = channels * (channels + 1);
        double* sums = (double*)NativeMemory.AllocZeroed((nuint)(shares * length), sizeof(double));
        Threads.Share(shares * groups, item =>
        {
            // The last columns first: their products are of the most rows.
            (int share, int from) = (item % shares, (groups - 1 - (item / shares)) * ofGroup);
            int to = groups == 1 ? channels : Math.Min(channels, from + ofGroup);
            double* sum = sums + (share * length);
            if (isHalf)
            {
                HalfMoments.Add(positions, share, shares, from, to, sum);
                return;
            }

            float* block = MatrixProduct.Allocate((nuint)(MapPositions.AtOnce * channels));
            float* product = MatrixProduct.Allocate((nuint)(channels * Columns));
            positions.Blocks(share, shares, block, (row, column, count, f) =>
                AddMoments(f, weight == null ? null : weight + ((nint)row * positions.Width) + column, count, channels, from, to, product, sum));
            NativeMemory.AlignedFree(block);
            NativeMemory.AlignedFree(product);
        });
        for (int share = 0; share < shares; share++)
        {
            double* sum = sums + (share * length);
            for (int i = 0; i < channels; i++)
            {
                first[i] += sum[(channels * channels) + i];
                for (int j = i; j < channels; j++)
                {
                    double value = sum[(i * channels) + j];
                    second[(i * channels) + j] += value;
                    second[(j * channels) + i] += i == j ? 0 : value;
                }
            }
        }

        NativeMemory.Free(sums);
        GC.KeepAlive(map);
        GC.KeepAlive(weights);
    }

    /// <summary>S f + m for every position, of the map's type; in the caller's scope.</summary>
    /// <remarks>Where the processor multiplies in bfloat16, a map of that has its matrix rounded to it, too; sums are in float32.</remarks>
    /// <param name="matrix">[C, C], symmetric, float32.</param>
    /// <param name="offset">[C], float32, or none.</param>
    public static Tensor Apply(Tensor map, Tensor matrix, Tensor? offset)
    {
        Tensor result = FeatureMemory.New(map.shape[1], map.shape[2], map.shape[3], map.dtype, CPU);
        MapPositions from = new(map);
        MapPositions to = new(result);
        ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(matrix.bytes);
        float[] plus = offset?.data<float>().ToArray() ?? new float[from.Channels];
        if (map.dtype == ScalarType.BFloat16 && HalfProduct.IsAvailable)
        {
            ApplyHalf(from, to, numbers, plus);
        }
        else
        {
            Apply(from, to, numbers, plus);
        }

        GC.KeepAlive(map);
        GC.KeepAlive(matrix);
        return result;
    }

    private static void Apply(MapPositions from, MapPositions to, ReadOnlySpan<float> matrix, float[] plus)
    {
        int channels = from.Channels;
        float* panels = MatrixProduct.Allocate((nuint)(channels * channels)); // [column / 16][row][16]
        for (int row = 0; row < channels; row++)
        {
            for (int column = 0; column < channels; column += Columns)
            {
                matrix.Slice((row * channels) + column, Columns).CopyTo(new Span<float>(panels + (column * channels) + (row * Columns), Columns));
            }
        }

        Threads.Share(Shares, share =>
        {
            float* block = MatrixProduct.Allocate((nuint)(MapPositions.AtOnce * channels));
            float* product = MatrixProduct.Allocate((nuint)(MapPositions.AtOnce * channels));
            from.Blocks(share, Shares, block, (row, column, count, f) =>
            {
                // Where the last rows are no positions, what lies there is multiplied and thrown away.
                float* rows = f;
                int padded = MatrixProduct.Padded(count);
                if (padded != count && f != block)
                {
                    Buffer.MemoryCopy(f, block, MapPositions.AtOnce * channels * sizeof(float), (long)count * channels * sizeof(float));
                    rows = block;
                }

                for (int panel = 0; panel < channels; panel += Columns)
                {
                    MatrixProduct.Multiply(rows, channels, padded, channels, panels + (panel * channels), product + panel, channels);
                }

                to.Store(row, column, count, product, plus);
            });
            NativeMemory.AlignedFree(block);
            NativeMemory.AlignedFree(product);
        });
        NativeMemory.AlignedFree(panels);
    }

    private static void ApplyHalf(MapPositions from, MapPositions to, ReadOnlySpan<float> matrix, float[] plus)
    {
        const int Group = HalfProduct.MostColumns;
        int channels = from.Channels;
        ushort* groups = (ushort*)NativeMemory.AlignedAlloc((nuint)(channels * channels) * sizeof(ushort), 64);
        for (int row = 0; row < channels; row++)
        {
            for (int column = 0; column < channels; column++)
            {
                int group = column / Group * Group;
                groups[((nint)group * channels) + HalfProduct.At(row, column - group, Math.Min(Group, channels - group))] = Bfloat16.Rounded(matrix[(row * channels) + column]);
            }
        }

        Threads.Share(Shares, share =>
        {
            float* product = MatrixProduct.Allocate((nuint)(MapPositions.AtOnce * channels));
            from.Blocks(share, Shares, null, (row, column, count, f) =>
            {
                for (int group = 0; group < channels; group += Group)
                {
                    HalfProduct.Multiply(count, Math.Min(Group, channels - group), channels, (ushort*)f, groups + ((nint)group * channels), product + group, channels);
                }

                to.Store(row, column, count, product, plus);
            });
            HalfProduct.Release();
            NativeMemory.AlignedFree(product);
        });
        NativeMemory.AlignedFree(groups);
    }

    // The upper triangle's columns, a panel at a time.
    private static void AddMoments(float* f, float* weights, int count, int channels, int from, int to, float* product, double* sum)
    {
        float* ones = stackalloc float[MapPositions.AtOnce];
        if (weights == null)
        {
            new Span<float>(ones, MapPositions.AtOnce).Fill(1);
            weights = ones;
        }

        for (int column = from; column < to; column += Columns)
        {
            int rows = column + Columns;
            for (int row = 0; row < rows; row += Rows)
            {
                Outer(f + row, f + column, weights, count, channels, product + (row * Columns));
            }

            for (int row = 0; row < rows; row++)
            {
                Add(Vector256.Load(product + (row * Columns)), sum + (row * channels) + column);
                Add(Vector256.Load(product + (row * Columns) + 8), sum + (row * channels) + column + 8);
            }

            Add(Sum(f + column, weights, count, channels), sum + (channels * channels) + column);
            Add(Sum(f + column + 8, weights, count, channels), sum + (channels * channels) + column + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<float> values, double* to)
    {
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(values);
        (Vector256.Load(to) + low).Store(to);
        (Vector256.Load(to + 4) + high).Store(to + 4);
    }

    // Of eight channels, Σ w f.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Sum(float* f, float* weights, int count, int channels)
    {
        Vector256<float> sum = default;
        for (int position = 0; position < count; position++, f += channels)
        {
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(weights[position]), Vector256.Load(f), sum);
        }

        return sum;
    }

    // Σ w a bᵀ over positions, for eight channels of the one and sixteen of the other.
    private static void Outer(float* a, float* b, float* weights, int count, int stride, float* product)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Eight(a, b, weights, count, stride, product);
            return;
        }

        Four(a, b, weights, count, stride, product);
        Four(a + Narrow, b, weights, count, stride, product + (Narrow * Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float* a, float* b, float* weights, int count, int stride, float* product)
    {
        Vector512<float> p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
        for (int position = 0; position < count; position++, a += stride, b += stride)
        {
            Vector512<float> column = Vector512.Create(weights[position]) * Vector512.Load(b);
            p0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), column, p0);
            p1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[1]), column, p1);
            p2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2]), column, p2);
            p3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3]), column, p3);
            p4 = Vector512.FusedMultiplyAdd(Vector512.Create(a[4]), column, p4);
            p5 = Vector512.FusedMultiplyAdd(Vector512.Create(a[5]), column, p5);
            p6 = Vector512.FusedMultiplyAdd(Vector512.Create(a[6]), column, p6);
            p7 = Vector512.FusedMultiplyAdd(Vector512.Create(a[7]), column, p7);
        }

        p0.Store(product);
        p1.Store(product + 16);
        p2.Store(product + 32);
        p3.Store(product + 48);
        p4.Store(product + 64);
        p5.Store(product + 80);
        p6.Store(product + 96);
        p7.Store(product + 112);
    }

    // Four channels and sixteen: eight sums, two columns and a factor of AVX2's sixteen registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* a, float* b, float* weights, int count, int stride, float* product)
    {
        Vector256<float> p00 = default, p01 = default, p10 = default, p11 = default, p20 = default, p21 = default, p30 = default, p31 = default;
        for (int position = 0; position < count; position++, a += stride, b += stride)
        {
            Vector256<float> weight = Vector256.Create(weights[position]);
            Vector256<float> b0 = weight * Vector256.Load(b);
            Vector256<float> b1 = weight * Vector256.Load(b + 8);
            Vector256<float> factor = Vector256.Create(a[0]);
            p00 = Vector256.FusedMultiplyAdd(factor, b0, p00);
            p01 = Vector256.FusedMultiplyAdd(factor, b1, p01);
            factor = Vector256.Create(a[1]);
            p10 = Vector256.FusedMultiplyAdd(factor, b0, p10);
            p11 = Vector256.FusedMultiplyAdd(factor, b1, p11);
            factor = Vector256.Create(a[2]);
            p20 = Vector256.FusedMultiplyAdd(factor, b0, p20);
            p21 = Vector256.FusedMultiplyAdd(factor, b1, p21);
            factor = Vector256.Create(a[3]);
            p30 = Vector256.FusedMultiplyAdd(factor, b0, p30);
            p31 = Vector256.FusedMultiplyAdd(factor, b1, p31);
        }

        p00.Store(product);
        p01.Store(product + 8);
        p10.Store(product + 16);
        p11.Store(product + 24);
        p20.Store(product + 32);
        p21.Store(product + 40);
        p30.Store(product + 48);
        p31.Store(product + 56);
    }
}
