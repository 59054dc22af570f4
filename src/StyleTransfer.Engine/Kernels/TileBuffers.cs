using System.Runtime.InteropServices;

namespace StyleTransfer.Engine.Kernels;

/// <summary>One thread's memory for a block of a <see cref="TileJob"/>.</summary>
internal sealed unsafe class TileBuffers : IDisposable
{
    private const int CacheLine = 64;

    /// <param name="transformed">Bytes.</param>
    /// <param name="products">Bytes.</param>
    public TileBuffers(TileJob job, nuint transformed, nuint products)
    {
        Copy = (byte*)NativeMemory.AlignedAlloc(job.WindowBytes, CacheLine);
        Transformed = NativeMemory.AlignedAlloc(transformed, CacheLine);
        Products = (float*)NativeMemory.AlignedAlloc(products, CacheLine);
    }

    /// <summary>Of a tile's inputs, for <see cref="TileJob.Window"/>.</summary>
    public byte* Copy { get; }

    /// <summary>The block's inputs, transformed.</summary>
    public void* Transformed { get; }

    /// <summary>The block's outputs, before they are transformed back.</summary>
    public float* Products { get; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Copy);
        NativeMemory.AlignedFree(Transformed);
        NativeMemory.AlignedFree(Products);
    }
}
