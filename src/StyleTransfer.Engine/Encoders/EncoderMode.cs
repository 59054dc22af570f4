using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Kernels;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Encoders;

/// <summary>How the frozen network computes.</summary>
/// <param name="DType">float32, bfloat16, or float64 for checks.</param>
/// <param name="ChannelsLast">Memory layout of features; the faster one.</param>
public sealed record EncoderMode(Pooling Pooling, Padding Padding, ScalarType DType, bool ChannelsLast)
{
    public static readonly EncoderMode Default = new(Pooling.Max, Padding.Encoder, ScalarType.Float32, ChannelsLast: true);

    /// <summary>An unfilled feature map, [1, C, H, W], in this type and layout.</summary>
    internal Tensor Map(long channels, long height, long width, Device device) => ChannelsLast
        ? FeatureMemory.New(channels, height, width, DType, device)
        : empty([1, channels, height, width], DType, device);
}
