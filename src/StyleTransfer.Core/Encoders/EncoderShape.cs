using System.Collections.Immutable;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Core.Encoders;

/// <summary>Tells from a file's header which network it holds: names and shapes, no numbers.</summary>
/// <remarks>The arrangement is that of VGG-19: Simonyan and Zisserman 2015, table 1, column E.</remarks>
internal static class EncoderShape
{
    private static readonly int[] ConvolutionsPerBlock = [2, 2, 4, 4, 4];
    private static readonly int[] ChannelsPerBlock = [64, 128, 256, 512, 512];

    /// <summary>VGG-19's convolutions in torchvision's naming: <c>features.0</c>, <c>features.2</c>, <c>features.5</c>, …</summary>
    public static ImmutableArray<VggConvolution> Vgg19 { get; } = [.. PlaceVgg()];

    /// <exception cref="EncoderException">Keys or shapes of no known kind, with what was found and what was expected.</exception>
    public static (EncoderKind Kind, ImmutableArray<EncoderLayer> Layers) Recognise(SafetensorsFile header)
    {
        if (header.Contains("features.0.weight"))
        {
            foreach (VggConvolution convolution in Vgg19)
            {
                Require(header, $"{convolution.Key}.weight", [convolution.Outputs, convolution.Inputs, 3, 3]);
                Require(header, $"{convolution.Key}.bias", [convolution.Outputs]);
            }

            return (EncoderKind.Vgg19, [.. Vgg19.Select(convolution => new EncoderLayer(convolution.Layer, convolution.Outputs))]);
        }

        return header.Contains("conv11.weight")
            ? (EncoderKind.Compact, Compact(header))
            : throw new EncoderException(
                $"It is not an encoder: it has {string.Join(", ", header.Entries.Take(4).Select(entry => entry.Name))}{(header.Entries.Length > 4 ? ", …" : "")}; "
                + "expected torchvision's VGG-19 (features.0.weight, …) or a compact encoder (conv11.weight, …).");
    }

    private static ImmutableArray<EncoderLayer> Compact(SafetensorsFile header)
    {
        Require(header, "conv0.weight", [3, 3, 1, 1]);
        Require(header, "conv0.bias", [3]);
        ImmutableArray<EncoderLayer>.Builder layers = ImmutableArray.CreateBuilder<EncoderLayer>();
        long inputs = 3;
        foreach (VggConvolution place in Vgg19)
        {
            string key = $"conv{place.Block}{place.Index}";
            if (!header.Contains($"{key}.weight"))
            {
                continue; // A compact encoder leaves out what it can do without, and ends where its training ended.
            }

            long outputs = header[$"{key}.weight"].Shape is [long first, ..] ? first : 0;
            Require(header, $"{key}.weight", [outputs, inputs, 3, 3]);
            Require(header, $"{key}.bias", [outputs]);
            layers.Add(new EncoderLayer(place.Layer, checked((int)outputs)));
            inputs = outputs;
        }

        return layers.ToImmutable();
    }

    private static void Require(SafetensorsFile header, string key, ImmutableArray<long> shape)
    {
        if (!header.Contains(key))
        {
            throw new EncoderException($"It has no '{key}': the encoder is incomplete. Get the file again.");
        }

        SafetensorsEntry entry = header[key];
        if (!entry.Shape.SequenceEqual(shape))
        {
            throw new EncoderException(
                $"'{key}' has the shape {string.Join('×', entry.Shape)}, expected {string.Join('×', shape)}. This is another network; VGG-19 and compact encoders can be read.");
        }

        if (entry.Type is TensorType.U8 or TensorType.I8 or TensorType.I32 or TensorType.I64)
        {
            throw new EncoderException($"'{key}' holds {entry.Type}; weights are F32, F16, BF16 or F64. Save it as F32.");
        }
    }

    // In torchvision's `features` a convolution and its ReLU take two places, and a pooling after each block takes one.
    private static IEnumerable<VggConvolution> PlaceVgg()
    {
        int place = 0;
        int inputs = 3;
        for (int block = 1; block <= ConvolutionsPerBlock.Length; block++)
        {
            for (int index = 1; index <= ConvolutionsPerBlock[block - 1]; index++)
            {
                yield return new VggConvolution($"features.{place}", block, index, inputs, ChannelsPerBlock[block - 1]);
                inputs = ChannelsPerBlock[block - 1];
                place += 2;
            }

            place++;
        }
    }
}

/// <summary>A convolution of VGG-19: its key in the file, its place, its channels.</summary>
internal sealed record VggConvolution(string Key, int Block, int Index, int Inputs, int Outputs)
{
    public string Layer => $"relu{Block}_{Index}";
}
