using System.Collections.Immutable;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine;

/// <summary>An encoder's features of a picture, ready to be written: float32, [1, C, H ⁄ stride, W ⁄ stride], before any normalisation of ours.</summary>
public static class FeatureFile
{
    /// <exception cref="Core.EncoderException">A layer that the encoder does not have.</exception>
    public static ImmutableArray<TensorToWrite> Of(PixelImage image, IReadOnlyCollection<string> layers, Encoder encoder)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        IReadOnlyDictionary<string, Tensor> features = encoder.Features(PixelTensors.ToTensor(image, encoder.Device), layers, EncoderMode.Default);
        return
        [
            .. layers.Select(layer =>
            {
                Tensor plain = features[layer].to(ScalarType.Float32).contiguous().cpu();
                return new TensorToWrite(layer, TensorType.F32, [.. plain.shape], plain.bytes.ToArray());
            }),
        ];
    }
}
