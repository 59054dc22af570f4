using System.Runtime.Intrinsics.X86;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// Small products of bfloat16 matrices, summed in float32, by the processor's own instructions for them. .NET 10 does not have those;
/// libtorch has them inside (oneDNN's blocks, by which its attention is computed), for one thread and any size, at their full speed.
/// </summary>
internal static unsafe class HalfProduct
{
    /// <summary>Of a call: oneDNN packs a matrix in panels of no more.</summary>
    public const int MostColumns = 64;

    // brgemm(M, N, K, ld_a, ld_b, ld_c, add_C, A, B, C, is_vnni) and brgemm_release(is_vnni) of at::native::cpublas.
    private const string Product = "_ZN2at6native7cpublas6brgemmEllllllbPKN3c108BFloat16ES5_Pfb";
    private const string End = "_ZN2at6native7cpublas14brgemm_releaseEb";

    private static readonly delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void> product;
    private static readonly delegate* unmanaged<byte, void> end;

    static HalfProduct()
    {
        if (!HasInstructions() || TorchExports.Find(Product) is not (not 0 and nint address) || TorchExports.Find(End) is not (not 0 and nint endAddress))
        {
            return;
        }

        product = (delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void>)address;
        end = (delegate* unmanaged<byte, void>)endAddress;
        product = IsRight() ? product : null;
    }

    public static bool IsAvailable => product != null;

    /// <summary>c = a b, or c += a b.</summary>
    /// <param name="a">[rows, inner].</param>
    /// <param name="b">[inner ⁄ 2][columns][2]: as many inner ones as an even number.</param>
    /// <param name="c">Rows of <paramref name="columns"/>, <paramref name="stride"/> apart.</param>
    public static void Multiply(int rows, int columns, int inner, ushort* a, ushort* b, float* c, int stride, bool adds = false) =>
        product(rows, columns, inner, inner, columns, stride, adds ? (byte)1 : (byte)0, a, b, c, 1);

    /// <summary>Where a number of b lies.</summary>
    public static nint At(int i, int column, int columns) => ((((nint)i / 2 * columns) + column) * 2) + (i % 2);

    /// <summary>To be called by each thread after its last product: some processors hold their tiles until then.</summary>
    public static void Release() => end(1);

    // Asked without them it would end the process: AVX-512 with bfloat16, by the processor and by oneDNN, which may have been held back.
    private static bool HasInstructions()
    {
        const int Features = 7;
        const int Bfloat16Bit = 1 << 5;
        return Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported && (X86Base.CpuId(Features, 1).Eax & Bfloat16Bit) != 0
            && Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA") is null && Environment.GetEnvironmentVariable("DNNL_MAX_CPU_ISA") is null;
    }

    // Processors differ in how they want b; this one may want it otherwise than those that this was written on.
    private static bool IsRight()
    {
        const int Rows = 3;
        const int Columns = 48;
        const int Inner = 16;
        static int A(int row, int i) => ((7 * row) + (3 * i)) % 5;
        static int B(int i, int column) => ((11 * i) + (5 * column)) % 7;
        ushort* a = stackalloc ushort[Rows * Inner];
        ushort* b = stackalloc ushort[Inner * Columns];
        float* c = stackalloc float[Rows * Columns];
        for (int i = 0; i < Inner; i++)
        {
            for (int row = 0; row < Rows; row++)
            {
                a[(row * Inner) + i] = Bfloat16.Rounded(A(row, i));
            }

            for (int column = 0; column < Columns; column++)
            {
                b[At(i, column, Columns)] = Bfloat16.Rounded(B(i, column));
            }
        }

        Multiply(Rows, Columns, Inner, a, b, c, Columns);
        Release();
        for (int at = 0; at < Rows * Columns; at++)
        {
            int sum = Enumerable.Range(0, Inner).Sum(i => A(at / Columns, i) * B(i, at % Columns));
            if (c[at] != sum)
            {
                return false;
            }
        }

        return true;
    }
}
