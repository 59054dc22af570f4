using System.Runtime.Intrinsics;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Encoders;

/// <summary>An encoder's weights as the kernels want them, each made when it is first needed. Owned.</summary>
internal sealed class KernelNetwork(EncoderWeights weights, ScalarType type) : IDisposable
{
    // What a vector of bfloat16 holds.
    private const int ChannelsAtOnce = 16;

    private readonly Dictionary<int, FrozenConvolution> convolutions = [];

    /// <summary>Whether the kernels can do what is asked for.</summary>
    public static bool Suits(EncoderWeights weights, EncoderMode mode, Device device) =>
        device.type == DeviceType.CPU
        && Vector256.IsHardwareAccelerated
        && mode is { Pooling: Pooling.Max, ChannelsLast: true, DType: ScalarType.Float32 or ScalarType.BFloat16 }
        && weights.Convolutions.All(convolution => convolution.OutputChannels % ChannelsAtOnce == 0);

    public ConvolutionWeights Weights(int place) => weights.Convolutions[place];

    /// <summary>The picture as the first convolution wants it; in the caller's scope.</summary>
    public Tensor Colored(Tensor image, ScalarType wanted) => PixelColors.Mixed(image, weights.ColorWeight, weights.ColorBias, wanted);

    /// <summary>∂L ⁄ ∂image, [1, 3, H, W], float32, from ∂L ⁄ ∂(what <see cref="Colored"/> gave); in the caller's scope.</summary>
    public Tensor Uncolored(Tensor slope) => PixelColors.Back(slope, weights.ColorWeight);

    public Tensor Forward(int place, Tensor x, EncoderMode mode, bool rectifies) => Convolution(place).Forward(x, Padding(place, mode, x), rectifies);

    /// <summary>Whether a convolution can be asked for its pooled output alone.</summary>
    public bool Pools(int place) => Convolution(place).Pools;

    public (Tensor Pooled, Tensor Which) ForwardPooled(int place, Tensor x, EncoderMode mode) => Convolution(place).ForwardPooled(x, Padding(place, mode, x));

    /// <param name="x">What the convolution got.</param>
    public Tensor Back(int place, Tensor x, Tensor slope, EncoderMode mode, Tensor? mask, Tensor? sum) =>
        Convolution(place).Back(slope, Padding(place, mode, x), mask, sum);

    public void Dispose()
    {
        foreach (FrozenConvolution convolution in convolutions.Values)
        {
            convolution.Dispose();
        }
    }

    private Padding Padding(int place, EncoderMode mode, Tensor x) => weights.PaddingOf(place, mode.Padding, x.shape[2], x.shape[3]);

    private FrozenConvolution Convolution(int place)
    {
        if (!convolutions.TryGetValue(place, out FrozenConvolution? convolution))
        {
            convolutions[place] = convolution = new FrozenConvolution(weights.Convolutions[place], type);
        }

        return convolution;
    }
}
