using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Engine.Encoders;

/// <summary>Recognises the shapes of weights files and reads them.</summary>
internal static class EncoderFile
{
    // VGG-19's convolutions per block (Simonyan and Zisserman 2015, table 1, column E).
    private static readonly int[] ConvolutionsPerBlock = [2, 2, 4, 4, 4];

    // ImageNet's statistics, by which torchvision's weights want their input normalised.
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    /// <exception cref="EncoderException">Keys or shapes of no known kind.</exception>
    public static EncoderWeights Read(SafetensorsFile file, string path)
    {
        if (file.Contains("features.0.weight"))
        {
            return ReadVgg(file, path);
        }

        return file.Contains("conv11.weight")
            ? ReadCompact(file, path)
            : throw new EncoderException(
                $"'{path}' is not an encoder: it has {string.Join(", ", file.Entries.Take(4).Select(entry => entry.Name))}, …; "
                + "expected torchvision's VGG-19 (features.0.weight, …) or a compact encoder (conv11.weight, …).");
    }

    private static EncoderWeights ReadVgg(SafetensorsFile file, string path)
    {
        float[] color = new float[9];
        float[] bias = new float[3];
        for (int channel = 0; channel < 3; channel++)
        {
            color[4 * channel] = 1 / Deviation[channel];
            bias[channel] = -Mean[channel] / Deviation[channel];
        }

        // In torchvision's `features`, a convolution and its ReLU take two places and a pooling one.
        int place = 0;
        ImmutableArray<ConvolutionWeights>.Builder convolutions = ImmutableArray.CreateBuilder<ConvolutionWeights>();
        foreach ((int block, int index, bool isLast) in Places())
        {
            convolutions.Add(ReadConvolution(file, path, $"features.{place}", block, index, convolutions.Count == 0 ? 3 : convolutions[^1].OutputChannels));
            place += isLast ? 3 : 2;
        }

        return new EncoderWeights(color, bias, convolutions.ToImmutable(), [], Padding.Zero);
    }

    private static EncoderWeights ReadCompact(SafetensorsFile file, string path)
    {
        ImmutableArray<ConvolutionWeights>.Builder convolutions = ImmutableArray.CreateBuilder<ConvolutionWeights>();
        ImmutableArray<LiftWeights>.Builder lifts = ImmutableArray.CreateBuilder<LiftWeights>();
        foreach ((int block, int index, _) in Places())
        {
            string name = $"conv{block}{index}";
            if (!file.Contains($"{name}.weight"))
            {
                continue; // Compact encoders leave out what no recipe needs, and end where their training ended.
            }

            ConvolutionWeights convolution = ReadConvolution(file, path, name, block, index, convolutions.Count == 0 ? 3 : convolutions[^1].OutputChannels);
            convolutions.Add(convolution);
            if (file.Contains($"{name}_aux.weight"))
            {
                lifts.Add(ReadLift(file, path, $"{name}_aux", convolution));
            }
        }

        SafetensorsEntry color = file["conv0.weight"];
        return color.Shape.AsSpan().SequenceEqual([3L, 3, 1, 1])
            ? new EncoderWeights(file.Floats("conv0.weight"), file.Floats("conv0.bias"), convolutions.ToImmutable(), lifts.ToImmutable(), Padding.Reflect)
            : throw Misshapen(path, color, "3×3×1×1");
    }

    private static ConvolutionWeights ReadConvolution(SafetensorsFile file, string path, string name, int block, int index, int inputs)
    {
        SafetensorsEntry weight = Require(file, path, $"{name}.weight");
        if (weight.Shape.Length != 4 || weight.Shape[1] != inputs || weight.Shape[2] != 3 || weight.Shape[3] != 3)
        {
            throw Misshapen(path, weight, $"N×{inputs}×3×3");
        }

        int outputs = checked((int)weight.Shape[0]);
        SafetensorsEntry bias = Require(file, path, $"{name}.bias");
        return bias.Shape.AsSpan().SequenceEqual([outputs])
            ? new ConvolutionWeights(block, index, inputs, outputs, file.Floats(weight.Name), file.Floats(bias.Name))
            : throw Misshapen(path, bias, $"{outputs}");
    }

    private static LiftWeights ReadLift(SafetensorsFile file, string path, string name, ConvolutionWeights convolution)
    {
        SafetensorsEntry weight = Require(file, path, $"{name}.weight");
        int outputs = weight.Shape.Length > 0 ? checked((int)weight.Shape[0]) : 0;
        if (!weight.Shape.AsSpan().SequenceEqual([outputs, convolution.OutputChannels, 1L, 1]))
        {
            throw Misshapen(path, weight, $"N×{convolution.OutputChannels}×1×1");
        }

        float[] bias = file.Contains($"{name}.bias") ? file.Floats($"{name}.bias") : new float[outputs];
        return new LiftWeights(convolution.Activation, convolution.OutputChannels, outputs, file.Floats(weight.Name), bias);
    }

    private static SafetensorsEntry Require(SafetensorsFile file, string path, string key) => file.Contains(key)
        ? file[key]
        : throw new EncoderException($"'{path}' has no '{key}': the encoder is incomplete. Get the file again.");

    private static EncoderException Misshapen(string path, SafetensorsEntry entry, string expected) =>
        new($"'{path}': '{entry.Name}' has the shape {string.Join('×', entry.Shape)}, expected {expected}. This is another network; VGG-19 and our compact encoders can be read.");

    private static IEnumerable<(int Block, int Index, bool IsLast)> Places() =>
        from block in Enumerable.Range(1, ConvolutionsPerBlock.Length)
        from index in Enumerable.Range(1, ConvolutionsPerBlock[block - 1])
        select (block, index, index == ConvolutionsPerBlock[block - 1]);
}
