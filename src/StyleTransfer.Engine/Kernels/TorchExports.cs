using System.Runtime.InteropServices;
using TorchSharp;

namespace StyleTransfer.Engine.Kernels;

/// <summary>What libtorch has inside and lets others call, though TorchSharp does not.</summary>
internal static class TorchExports
{
    /// <summary>A function's address; 0 where this libtorch has none of that name.</summary>
    public static nint Find(string name) =>
        NativeLibrary.TryLoad("torch_cpu", typeof(torch.Tensor).Assembly, null, out nint library) && NativeLibrary.TryGetExport(library, name, out nint address) ? address : 0;
}
