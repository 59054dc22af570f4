using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// Small products of bfloat16 matrices, summed in float32, by the processor's own instructions for them. .NET 10 does not have those;
/// libtorch has them inside (oneDNN's blocks, by which its attention is computed), for one thread and any size, at their full speed.
/// </summary>
internal static unsafe class HalfProduct
{
    // brgemm(M, N, K, ld_a, ld_b, ld_c, add_C, A, B, C, is_vnni) and brgemm_release(is_vnni) of at::native::cpublas.
    private const string Product = "_ZN2at6native7cpublas6brgemmEllllllbPKN3c108BFloat16ES5_Pfb";
    private const string End = "_ZN2at6native7cpublas14brgemm_releaseEb";

    private static readonly delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void> product;
    private static readonly delegate* unmanaged<byte, void> end;

    static HalfProduct()
    {
        // It would end the process where oneDNN was told to do without.
        bool isHeldBack = Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA") is not null || Environment.GetEnvironmentVariable("DNNL_MAX_CPU_ISA") is not null;
        if (!isHeldBack && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported
            && NativeLibrary.TryLoad("torch_cpu", typeof(torch.Tensor).Assembly, null, out nint library)
            && NativeLibrary.TryGetExport(library, Product, out nint address) && NativeLibrary.TryGetExport(library, End, out nint endAddress))
        {
            product = (delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void>)address;
            end = (delegate* unmanaged<byte, void>)endAddress;
        }
    }

    public static bool IsAvailable => product != null;

    /// <summary>c = a b.</summary>
    /// <param name="a">[rows, inner].</param>
    /// <param name="b">[inner ⁄ 2][columns][2]: as many inner ones as an even number.</param>
    /// <param name="c">[rows, columns].</param>
    public static void Multiply(int rows, int columns, int inner, ushort* a, ushort* b, float* c) =>
        product(rows, columns, inner, inner, columns, columns, 0, a, b, c, 1);

    /// <summary>To be called by each thread after its last product: some processors hold their tiles until then.</summary>
    public static void Release() => end(1);
}
