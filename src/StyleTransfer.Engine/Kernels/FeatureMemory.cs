using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>Feature maps as the kernels see them: [1, C, H, W] in the processor's memory, the channels of a position side by side.</summary>
internal static unsafe partial class FeatureMemory
{
    /// <summary>An unfilled map, on any device.</summary>
    public static Tensor New(long channels, long height, long width, ScalarType type, Device device)
    {
        using Tensor positions = empty([1, height, width, channels], type, device); // A second handle would keep the memory when the map is gone.
        return positions.permute(0, 3, 1, 2);
    }

    /// <summary>The same numbers with the channels (or a filter's inputs) last in memory: a handle of its own, a copy only where it must be.</summary>
    public static Tensor ChannelsLast(Tensor map)
    {
        using Tensor positions = map.permute(0, 2, 3, 1);
        using Tensor laid = positions.contiguous();
        return laid.permute(0, 3, 1, 2);
    }

    /// <summary>The map itself where its channels are last in memory, else a copy, in the caller's scope.</summary>
    public static Tensor Laid(Tensor map)
    {
        using Tensor positions = map.permute(0, 2, 3, 1);
        return positions.is_contiguous() ? map : ChannelsLast(map);
    }

    /// <summary>The first position's first channel. Valid as long as the map lives.</summary>
    public static void* Pointer(Tensor map)
    {
        long[] shape = map.shape;
        long[] stride = map.stride();
        bool IsLaid(int dimension, long distance) => shape[dimension] <= 1 || stride[dimension] == distance;
        if (shape[0] != 1 || map.device_type != DeviceType.CPU || !IsLaid(1, 1) || !IsLaid(3, shape[1]) || !IsLaid(2, shape[1] * shape[3]))
        {
            throw new InvalidOperationException("A kernel takes one map at a time, in the processor's memory, channels last.");
        }

        return Start(map);
    }

    /// <summary>The same, of a part of a map too.</summary>
    public static void* Start(Tensor map) => (void*)Data(map.Handle);

    // What TorchSharp's spans begin at; those have two billion bytes at most, and a way there through five views costs as much as a small kernel.
    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint Data(nint tensor);
}
