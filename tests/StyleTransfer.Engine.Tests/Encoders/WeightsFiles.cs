using System.Collections.Immutable;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Engine.Tests.Encoders;

/// <summary>Weights files made up for tests: true keys and shapes, numbers from a seed.</summary>
internal static class WeightsFiles
{
    public static TensorToWrite Tensor(string name, int seed, params long[] shape)
    {
        byte[] bytes = new byte[4 * shape.Aggregate(1L, (product, size) => product * size)];
        uint state = (uint)seed * 2654435761u + 1;
        Span<float> values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        for (int i = 0; i < values.Length; i++)
        {
            state = state * 1664525 + 1013904223;
            values[i] = (state >> 8) / 16777216f - 0.5f;
        }

        return new TensorToWrite(name, TensorType.F32, [.. shape], bytes);
    }

    /// <summary>A compact encoder of two blocks with few channels.</summary>
    public static List<TensorToWrite> Compact(int channels = 2) =>
    [
        Tensor("conv0.weight", 1, 3, 3, 1, 1), Tensor("conv0.bias", 2, 3),
        Tensor("conv11.weight", 3, channels, 3, 3, 3), Tensor("conv11.bias", 4, channels),
        Tensor("conv12.weight", 5, channels, channels, 3, 3), Tensor("conv12.bias", 6, channels),
        Tensor("conv21.weight", 7, 2 * channels, channels, 3, 3), Tensor("conv21.bias", 8, 2 * channels),
    ];

    /// <summary>VGG-19's sixteen convolutions, and a classifier of little size in the place of the large one.</summary>
    public static List<TensorToWrite> Vgg19(bool hasClassifier)
    {
        List<TensorToWrite> tensors = [];
        foreach (VggConvolution convolution in EncoderShape.Vgg19)
        {
            tensors.Add(Tensor($"{convolution.Key}.weight", tensors.Count, convolution.Outputs, convolution.Inputs, 3, 3));
            tensors.Add(Tensor($"{convolution.Key}.bias", tensors.Count, convolution.Outputs));
        }

        if (hasClassifier)
        {
            tensors.Insert(0, Tensor("head.fc.weight", 90, 100, 64));
            tensors.Add(Tensor("pre_logits.fc1.bias", 91, 4096));
        }

        return tensors;
    }

    public static byte[] Write(IReadOnlyList<TensorToWrite> tensors, params (string Key, string Value)[] metadata) =>
        SafetensorsWriter.Write(tensors, metadata.ToImmutableDictionary(pair => pair.Key, pair => pair.Value));
}
