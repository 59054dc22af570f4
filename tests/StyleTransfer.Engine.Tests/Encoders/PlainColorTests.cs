using System.Runtime.InteropServices;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Tests.Encoders;

public sealed class PlainColorTests
{
    [Theory]
    [InlineData(Padding.Encoder)]
    [InlineData(Padding.Replicate)]
    public void Features_TransformFoldedIntoTheFirstConvolution_AreTheSame(Padding padding)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        const float Scale = 4;
        const float Shift = -1.8f;
        List<TensorToWrite> transformed = WeightsFiles.Compact();
        transformed[0] = With(transformed[0], _ => [Scale, 0, 0, 0, Scale, 0, 0, 0, Scale]);
        transformed[1] = With(transformed[1], _ => [Shift, Shift, Shift]);
        List<TensorToWrite> folded = [.. transformed];
        folded[0] = With(folded[0], _ => [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        folded[1] = With(folded[1], _ => [0, 0, 0]);
        float[] weight = Values(transformed[2]);
        folded[2] = With(folded[2], values => [.. values.Select(value => value * Scale)]);
        folded[3] = With(folded[3], values => [.. values.Select((value, output) => value + (Shift * weight.Skip(27 * output).Take(27).Sum()))]);
        using Encoder one = Encoder.Load("transformed", WeightsFiles.Write(transformed), CPU);
        using Encoder other = Encoder.Load("folded", WeightsFiles.Write(folded), CPU);
        Tensor picture = rand(1, 3, 20, 17);
        EncoderMode mode = new(Pooling.Max, padding, ScalarType.Float32, ChannelsLast: false);

        Tensor expected = one.Features(picture, ["relu2_1"], mode)["relu2_1"];
        Tensor found = other.Features(picture, ["relu2_1"], mode)["relu2_1"];

        Assert.True((expected - found).abs().max().item<float>() < 1e-5 * expected.abs().max().item<float>());
    }

    private static float[] Values(TensorToWrite tensor) => MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span).ToArray();

    private static TensorToWrite With(TensorToWrite tensor, Func<float[], float[]> change) =>
        tensor with { Bytes = MemoryMarshal.AsBytes(change(Values(tensor)).AsSpan()).ToArray() };
}
