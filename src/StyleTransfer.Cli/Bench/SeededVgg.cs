using System.Runtime.InteropServices;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Encoders;
using TorchSharp;

namespace StyleTransfer.Cli.Bench;

/// <summary>A network of VGG-19's shapes whose weights are drawn from a seed: as fast as the real one, and always there.</summary>
internal static class SeededVgg
{
    public const string Name = "vgg19-shapes";

    private static readonly int[] ConvolutionsPerBlock = [2, 2, 4, 4, 4];
    private static readonly int[] ChannelsPerBlock = [64, 128, 256, 512, 512];

    public static Encoder Load(torch.Device device)
    {
        Random random = new(19);
        List<TensorToWrite> tensors = [];
        int inputs = 3;
        int place = 0; // in torchvision's `features`: two for a convolution and its ReLU, one for a pooling
        for (int block = 0; block < ConvolutionsPerBlock.Length; block++)
        {
            int outputs = ChannelsPerBlock[block];
            for (int index = 0; index < ConvolutionsPerBlock[block]; index++)
            {
                tensors.Add(Normal(random, $"features.{place}.weight", Math.Sqrt(2.0 / (9 * inputs)), outputs, inputs, 3, 3)); // He's scale
                tensors.Add(Normal(random, $"features.{place}.bias", 0.01, outputs));
                inputs = outputs;
                place += 2;
            }

            place++;
        }

        return Encoder.Load(Name, SafetensorsWriter.Write(tensors, new Dictionary<string, string>()), device);
    }

    // A sum of three uniform numbers is normal enough, and quick for twenty million of them.
    private static TensorToWrite Normal(Random random, string name, double deviation, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        float scale = (float)(2 * deviation);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = scale * (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f);
        }

        return new TensorToWrite(name, TensorType.F32, [.. shape], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }
}
