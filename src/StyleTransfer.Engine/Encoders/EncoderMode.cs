using StyleTransfer.Core.Recipes;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Encoders;

/// <summary>How the frozen network computes.</summary>
/// <param name="DType">float32, bfloat16, or float64 for checks.</param>
/// <param name="ChannelsLast">Memory layout of features; faster for bfloat16 on processors that have it.</param>
public sealed record EncoderMode(Pooling Pooling, Padding Padding, ScalarType DType, bool ChannelsLast)
{
    public static readonly EncoderMode Default = new(Pooling.Max, Padding.Encoder, ScalarType.Float32, ChannelsLast: false);
}
