using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Tests.Encoders;
using StyleTransfer.Engine.Tests.Running;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Tests.Kernels;

/// <summary>The network by our own kernels against libtorch's graph in float64: features and gradients, whatever is asked for.</summary>
public sealed class KernelTraceTests
{
    private static readonly string[] Everything = ["relu1_1", "conv1_2", "relu1_2", "relu2_1", "conv2_2", "relu2_2", "relu3_1"];

    [Theory]
    [InlineData(Padding.Zero, 45, 34)]
    [InlineData(Padding.Reflect, 33, 40)]
    [InlineData(Padding.Replicate, 32, 31)]
    [InlineData(Padding.ReplicateFirst, 9, 70)]
    public void Trace_EveryLayerAtOnce_IsAsAutograd(Padding padding, int width, int height) => AssertSame(Everything, padding, width, height, cutAfter: null);

    [Theory]
    [InlineData("relu1_1")]
    [InlineData("conv1_2")]
    [InlineData("relu1_2")] // The last of a block: what is pooled.
    [InlineData("conv2_2")]
    [InlineData("relu3_1")]
    public void Trace_OneLayer_IsAsAutograd(string layer) => AssertSame([layer], Padding.Reflect, 29, 37, cutAfter: null);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Trace_InTwoSegments_IsAsAutograd(int cutAfter) => AssertSame(Everything, Padding.Reflect, 44, 36, cutAfter);

    [Theory]
    [InlineData(Padding.Zero)]
    [InlineData(Padding.Reflect)]
    public void Trace_InBfloat16_IsAsNearAsLibtorchs(Padding padding)
    {
        using DisposeScope scope = NewDisposeScope();
        using Encoder encoder = Network();
        Tensor image = Picture(33, 40);
        EncoderMode exact = EncoderMode.Default with { Padding = padding, DType = ScalarType.Float64 };
        EncoderMode half = exact with { DType = ScalarType.BFloat16 };
        (Dictionary<string, Tensor> Features, Tensor Gradient) expected = Through(encoder, image.to(ScalarType.Float64), Everything, exact, cutAfter: null);
        // Channels first is libtorch's own way.
        (Dictionary<string, Tensor> Features, Tensor Gradient) usual = Through(encoder, image, Everything, half with { ChannelsLast = false }, cutAfter: null);

        (Dictionary<string, Tensor> Features, Tensor Gradient) found = Through(encoder, image, Everything, half, cutAfter: null);

        Assert.All(Everything, layer => Assert.InRange(Difference(expected.Features[layer], found.Features[layer]), 0, 1.5 * Difference(expected.Features[layer], usual.Features[layer])));
        Assert.InRange(Difference(expected.Gradient, found.Gradient), 0, 1.5 * Difference(expected.Gradient, usual.Gradient));
        Assert.Equal(ScalarType.Float32, found.Gradient.dtype);
    }

    [Fact]
    public void Back_LayerByLayer_AddsUpToAllAtOnce()
    {
        using DisposeScope scope = NewDisposeScope();
        using Encoder encoder = Network();
        Tensor image = Picture(40, 28);
        IFeatureTrace trace = encoder.Trace(encoder.Segments(Everything, cutAfter: null)[0], image, Everything, EncoderMode.Default);
        Tensor sum = zeros_like(image);
        foreach (string layer in Everything)
        {
            sum.PlusInPlace(trace.Back(asked => asked == layer ? Seed(trace, layer) : null, next: null, isLast: false)!);
        }

        Tensor all = trace.Back(layer => Seed(trace, layer), next: null, isLast: true)!;

        Assert.Null(encoder.Trace(encoder.Segments(Everything, cutAfter: null)[0], image, Everything, EncoderMode.Default).Back(_ => null, next: null, isLast: true));
        Assert.InRange((sum - all).norm().ToDouble() / all.norm().ToDouble(), 0, 4e-6);
    }

    private static void AssertSame(string[] layers, Padding padding, int width, int height, int? cutAfter)
    {
        using DisposeScope scope = NewDisposeScope();
        using Encoder encoder = Network();
        Tensor image = Picture(width, height);
        EncoderMode mode = EncoderMode.Default with { Padding = padding };
        (Dictionary<string, Tensor> expected, Tensor expectedGradient) = Through(encoder, image.to(ScalarType.Float64), layers, mode with { DType = ScalarType.Float64 }, cutAfter);
        (Dictionary<string, Tensor> features, Tensor gradient) = Through(encoder, image, layers, mode, cutAfter);

        Assert.Equal(expected.Keys.Order(), features.Keys.Order());
        Assert.All(layers, layer => Assert.InRange(Difference(expected[layer], features[layer]), 0, 5e-6));
        // A maximum or a ReLU that rounding tips over is a jump.
        Assert.InRange(Difference(expectedGradient, gradient), 0, 2e-4);
    }

    private static (Dictionary<string, Tensor> Features, Tensor Gradient) Through(Encoder encoder, Tensor image, string[] layers, EncoderMode mode, int? cutAfter)
    {
        List<IFeatureTrace> traces = [];
        Tensor input = image;
        foreach (EncoderSegment segment in encoder.Segments(layers, cutAfter))
        {
            traces.Add(encoder.Trace(segment, input, layers, mode));
            input = traces[^1].Next ?? input;
        }

        Dictionary<string, Tensor> features = traces.SelectMany(trace => trace.Features).ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
        Tensor? back = null;
        foreach (IFeatureTrace trace in Enumerable.Reverse(traces))
        {
            back = trace.Back(layer => Seed(trace, layer), back, isLast: true);
        }

        return (features, back!);
    }

    private static Tensor Seed(IFeatureTrace trace, string layer)
    {
        Tensor features = trace.Features[layer];
        using Generator generator = new((ulong)layer.Sum(letter => letter), CPU);
        return randn([1, features.shape[2], features.shape[3], features.shape[1]], ScalarType.Float32, CPU, generator: generator).permute(0, 3, 1, 2).to(features.dtype);
    }

    private static double Difference(Tensor expected, Tensor found) =>
        (expected - found.to(ScalarType.Float64)).norm().ToDouble() / expected.norm().ToDouble();

    private static Tensor Picture(int width, int height) => PixelTensors.ToTensor(Worlds.Picture(width, height, 2), CPU);

    private static Encoder Network() => Encoder.Load("wide", WeightsFiles.Write(
        [.. WeightsFiles.Compact(channels: 16), WeightsFiles.Tensor("conv22.weight", 9, 32, 32, 3, 3), WeightsFiles.Tensor("conv22.bias", 10, 32),
            WeightsFiles.Tensor("conv31.weight", 11, 48, 32, 3, 3), WeightsFiles.Tensor("conv31.bias", 12, 48)]), CPU);
}
