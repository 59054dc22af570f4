using System.Collections.Immutable;
using System.Text.Json;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Tests.Encoders;

/// <summary>
/// The whole of VGG-19 against PyTorch and torchvision, on weights and a picture that both sides compute from the same hash.
/// <c>Reference/vgg19_reference.py</c> made the numbers.
/// </summary>
public sealed class Vgg19ReferenceTests
{
    private const double Tolerance = 1e-4;

    private static readonly Lazy<Reference> Expected = new(() =>
    {
        using Stream stream = typeof(Vgg19ReferenceTests).Assembly.GetManifestResourceStream("vgg19.json")!;
        return JsonSerializer.Deserialize<Reference>(stream, JsonSerializerOptions.Web)!;
    });

    private static readonly Lazy<byte[]> Weights = new(() => WeightsFiles.Write(SeededWeights()));

    [Theory]
    [InlineData(Pooling.Max)]
    [InlineData(Pooling.Average)]
    public void Features_AllSixteenConvolutions_AreThoseOfTorchvision(Pooling pooling)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        using Encoder encoder = Encoder.Load("vgg19", Weights.Value, CPU);
        Dictionary<string, Sampled> layers = pooling == Pooling.Max ? Expected.Value.Max : Expected.Value.Average;
        Assert.Equal(32, layers.Count);

        IReadOnlyDictionary<string, Tensor> features = encoder.Features(Picture(), layers.Keys, new EncoderMode(pooling, Padding.Encoder, ScalarType.Float32, ChannelsLast: false));

        Assert.All(layers, layer => RequireSame(layer.Value, features[layer.Key]));
    }

    [Fact]
    public void Preprocessing_MeanAndDeviation_AreThoseOfTorchvision()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();

        // A first convolution that passes its input on: what comes out is what went in, where it is positive.
        List<TensorToWrite> weights = SeededWeights();
        float[] passing = new float[64 * 27];
        float[] shift = new float[64];
        for (int channel = 0; channel < 3; channel++)
        {
            passing[(((channel * 3) + channel) * 9) + 4] = 1;
            shift[channel] = 100;
        }

        weights[0] = ToWrite("features.0.weight", passing, 64, 3, 3, 3);
        weights[1] = ToWrite("features.0.bias", shift, 64);
        using Encoder encoder = Encoder.Load("vgg19", WeightsFiles.Write(weights), CPU);

        Tensor input = encoder.Features(Picture(), ["conv1_1"], EncoderMode.Default)["conv1_1"][.., ..3] - 100;

        RequireSame(Expected.Value.Normalised, input);
    }

    private static void RequireSame(Sampled expected, Tensor found)
    {
        Assert.Equal(expected.Shape, found.shape);
        double[] values = [.. found.to(ScalarType.Float64).flatten().data<double>()];
        double norm = Math.Sqrt(values.Sum(value => value * value));
        Assert.InRange(norm / expected.Norm, 1 - Tolerance, 1 + Tolerance);

        // Relative to the layer's size: a feature near 0 is a difference of large numbers.
        double size = norm / Math.Sqrt(values.Length);
        Assert.All(expected.Places.Zip(expected.Values), sample => Assert.True(
            Math.Abs(values[sample.First] - sample.Second) <= Tolerance * Math.Max(size, Math.Abs(sample.Second)),
            $"at {sample.First}: expected {sample.Second}, found {values[sample.First]}"));
    }

    private static Tensor Picture() => tensor(Uniform(1, 3 * Expected.Value.Height * Expected.Value.Width), [1, 3, Expected.Value.Height, Expected.Value.Width]);

    private static List<TensorToWrite> SeededWeights()
    {
        List<TensorToWrite> tensors = [];
        foreach ((int number, VggConvolution convolution) in EncoderShape.Vgg19.Index())
        {
            float scale = (float)Math.Sqrt(24.0 / (9 * convolution.Inputs));
            float[] weight = Uniform(100 + (2 * number), convolution.Outputs * convolution.Inputs * 9);
            float[] bias = Uniform(101 + (2 * number), convolution.Outputs);
            tensors.Add(ToWrite($"{convolution.Key}.weight", Array.ConvertAll(weight, value => (value - 0.5f) * scale), convolution.Outputs, convolution.Inputs, 3, 3));
            tensors.Add(ToWrite($"{convolution.Key}.bias", Array.ConvertAll(bias, value => (value - 0.5f) * 0.2f), convolution.Outputs));
        }

        return tensors;
    }

    private static TensorToWrite ToWrite(string name, float[] values, params ImmutableArray<long> shape) =>
        new(name, TensorType.F32, shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    // Murmur3's finalizer of a counter, as the script has it.
    private static float[] Uniform(int seed, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            uint z = unchecked((uint)i + ((uint)seed * 0x9E3779B9u));
            z ^= z >> 16;
            z *= 0x85EBCA6Bu;
            z ^= z >> 13;
            z *= 0xC2B2AE35u;
            z ^= z >> 16;
            values[i] = (z >> 8) / 16777216f;
        }

        return values;
    }

    private sealed record Sampled(long[] Shape, double Norm, long[] Places, double[] Values);

    private sealed record Reference(int Height, int Width, Sampled Normalised, Dictionary<string, Sampled> Max, Dictionary<string, Sampled> Average);
}
