using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Kernels;
using StyleTransfer.Engine.Objectives;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Tests.Kernels;

/// <summary>Each kernel against libtorch's own in float64.</summary>
public sealed class KernelTests : IDisposable
{
    // Of the largest number: bfloat16 itself has 2⁻⁹.
    private const double HalfRounding = 1.2e-2;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Generator generator = new(3, CPU);

    public void Dispose()
    {
        generator.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(8, 16, 4, 4, Padding.Zero)]
    [InlineData(16, 16, 1, 1, Padding.Replicate)]
    [InlineData(16, 32, 2, 9, Padding.Reflect)]
    [InlineData(64, 128, 33, 30, Padding.Reflect)]
    [InlineData(128, 80, 21, 47, Padding.Zero)]
    [InlineData(32, 64, 5, 102, Padding.Replicate)]
    public void Winograd_Forward_IsTheConvolution(int inputs, int outputs, int height, int width, Padding padding)
    {
        Tensor weight = Filters(outputs, inputs);
        Tensor bias = Normal(outputs);
        using WinogradConvolution convolution = new(Numbers(weight), Numbers(bias), inputs, outputs);

        AssertForward(convolution, Map(inputs, height, width).relu(), weight, bias, padding, 4e-6);
    }

    [Theory]
    [InlineData(16, 64, 19, 23, Padding.Zero, true)]
    [InlineData(16, 64, 19, 23, Padding.Reflect, true)]
    [InlineData(16, 64, 2, 3, Padding.Reflect, false)]
    [InlineData(32, 16, 12, 31, Padding.Replicate, true)]
    [InlineData(32, 16, 1, 5, Padding.Replicate, false)]
    [InlineData(3, 16, 9, 8, Padding.Reflect, false)] // By libtorch: a picture.
    [InlineData(512, 512, 6, 5, Padding.Reflect, true)] // By libtorch: too many channels for the transformed weights.
    public void Convolution_Back_IsTheGradientThroughTheReluBefore(int inputs, int outputs, int height, int width, Padding padding, bool hasSum)
    {
        Tensor before = Map(inputs, height, width);
        Tensor x = before.relu();
        Tensor weight = Filters(outputs, inputs);
        Tensor slope = Map(outputs, height, width);
        Tensor? sum = hasSum ? Map(inputs, height, width) : null;
        using FrozenConvolution convolution = new(new(1, 2, inputs, outputs, Numbers(weight), new float[outputs]), ScalarType.Float32);

        Tensor leaf = before.to(ScalarType.Float64).detach().requires_grad_();
        Tensor rectified = leaf.relu();
        Tensor y = Reference(rectified, weight.to(ScalarType.Float64), null, padding);
        Tensor expected = hasSum
            ? autograd.grad([y, rectified], [leaf], [slope.to(ScalarType.Float64), sum!.to(ScalarType.Float64)])[0]
            : autograd.grad([y], [leaf], [slope.to(ScalarType.Float64)])[0];

        AssertNear(expected, convolution.Back(slope, padding, x, sum), 4e-6);
    }

    [Theory]
    [InlineData(16, 16, 1, 1, Padding.Replicate)]
    [InlineData(16, 32, 2, 9, Padding.Reflect)]
    [InlineData(64, 128, 33, 30, Padding.Reflect)]
    [InlineData(128, 80, 21, 47, Padding.Zero)]
    [InlineData(32, 64, 5, 102, Padding.Replicate)]
    [InlineData(512, 512, 6, 7, Padding.Zero)]
    public void HalfWinograd_Forward_IsTheConvolution(int inputs, int outputs, int height, int width, Padding padding)
    {
        Assert.SkipUnless(HalfWinogradConvolution.Suits(inputs, outputs), "This processor has no instructions for it.");
        Tensor weight = Filters(outputs, inputs);
        Tensor bias = Normal(outputs);
        using HalfWinogradConvolution convolution = new(Numbers(weight), Numbers(bias), inputs, outputs);

        AssertForward(convolution, Map(inputs, height, width).relu().to(ScalarType.BFloat16), weight, bias, padding, HalfRounding);
    }

    [Theory]
    [InlineData(16, 64, 19, 23, Padding.Zero, true)]
    [InlineData(16, 64, 19, 23, Padding.Reflect, true)]
    [InlineData(16, 64, 2, 3, Padding.Reflect, false)]
    [InlineData(32, 16, 12, 31, Padding.Replicate, true)]
    [InlineData(32, 16, 1, 5, Padding.Replicate, false)]
    [InlineData(512, 512, 6, 5, Padding.Zero, true)]
    public void Convolution_BackInHalf_IsTheGradientThroughTheReluBefore(int inputs, int outputs, int height, int width, Padding padding, bool hasSum)
    {
        Tensor x = Map(inputs, height, width).relu().to(ScalarType.BFloat16);
        Tensor weight = Filters(outputs, inputs);
        Tensor slope = Map(outputs, height, width).to(ScalarType.BFloat16);
        Tensor? sum = hasSum ? Map(inputs, height, width).to(ScalarType.BFloat16) : null;
        using FrozenConvolution convolution = new(new(1, 2, inputs, outputs, Numbers(weight), new float[outputs]), ScalarType.BFloat16);

        Tensor leaf = x.to(ScalarType.Float64).detach().requires_grad_();
        Tensor y = Reference(leaf, weight.to(ScalarType.Float64), null, padding);
        Tensor expected = autograd.grad([y], [leaf], [slope.to(ScalarType.Float64)])[0];
        expected = hasSum ? expected.Plus(sum!.to(ScalarType.Float64)) : expected;
        expected = expected * leaf.detach().gt(0.ToScalar()).to(ScalarType.Float64);

        AssertNear(expected, convolution.Back(slope, padding, x, sum), HalfRounding);
    }

    [Theory]
    [InlineData(16, 1, 1, Padding.Replicate)]
    [InlineData(16, 2, 2, Padding.Reflect)]
    [InlineData(64, 9, 31, Padding.Zero)]
    [InlineData(80, 3, 300, Padding.Reflect)]
    [InlineData(32, 20, 5, Padding.Replicate)]
    public void HalfColorConvolution_BothWays_IsTheConvolution(int outputs, int height, int width, Padding padding)
    {
        Assert.SkipUnless(HalfColorConvolution.Suits(3, outputs), "This processor has no instructions for it.");
        Tensor x = Map(3, height, width).to(ScalarType.BFloat16);
        Tensor weight = Filters(outputs, 3);
        Tensor bias = Normal(outputs);
        Tensor slope = Map(outputs, height, width).to(ScalarType.BFloat16);
        using HalfColorConvolution convolution = new(Numbers(weight), Numbers(bias));

        Tensor leaf = x.to(ScalarType.Float64).detach().requires_grad_();
        Tensor y = Reference(leaf, weight.to(ScalarType.Float64), bias.to(ScalarType.Float64), padding);

        AssertNear(y.detach(), convolution.Forward(x, padding, rectifies: false), HalfRounding);
        AssertNear(y.detach().relu(), convolution.Forward(x, padding, rectifies: true), HalfRounding);
        AssertNear(autograd.grad([y], [leaf], [slope.to(ScalarType.Float64)])[0], convolution.Back(slope, padding), HalfRounding);
    }

    [Fact]
    public void HalfWinograd_RoundingError_IsOfTheSizeOfLibtorchs()
    {
        Assert.SkipUnless(HalfWinogradConvolution.Suits(256, 256), "This processor has no instructions for it.");
        Tensor x = Map(256, 24, 24).relu().to(ScalarType.BFloat16);
        Tensor weight = Filters(256, 256);
        Tensor none = zeros(256);
        using HalfWinogradConvolution convolution = new(Numbers(weight), [], 256, 256);
        Tensor exact = Reference(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), none.to(ScalarType.Float64), Padding.Zero);
        double Error(Tensor found) => ((found.to(ScalarType.Float64) - exact).norm() / exact.norm()).ToDouble();

        double libtorchs = Error(PaddedConvolution.Of(x, weight.to(ScalarType.BFloat16), none.to(ScalarType.BFloat16), Padding.Zero));
        double ours = Error(convolution.Forward(x, Padding.Zero, rectifies: false));

        Assert.InRange(ours / libtorchs, 0, 2);
    }

    [Fact]
    public void HalfWinograd_NotANumber_PassesThroughTheRelu()
    {
        Assert.SkipUnless(HalfWinogradConvolution.Suits(16, 16), "This processor has no instructions for it.");
        Tensor x = Map(16, 6, 6).to(ScalarType.BFloat16);
        x[0, 3, 2, 2] = tensor(float.NaN).to(ScalarType.BFloat16);
        using HalfWinogradConvolution convolution = new(Numbers(Filters(16, 16)), [], 16, 16);

        Tensor y = convolution.Forward(x, Padding.Zero, rectifies: true);

        Assert.True(y[0, 0, 2, 2].isnan().ToBoolean());
        Assert.True(y.sum().isnan().ToBoolean());
    }

    [Theory]
    [InlineData(ScalarType.Float32, 6, 8)]
    [InlineData(ScalarType.Float32, 7, 5)]
    [InlineData(ScalarType.BFloat16, 9, 4)]
    public void MaxPooling_BothWays_IsAsLibtorchs(ScalarType type, int height, int width)
    {
        // Halves make ties, and half of the values are zero after the ReLU.
        Tensor before = Map(32, height, width).Times(2).round().to(type);
        Tensor leaf = before.detach().requires_grad_();
        Tensor x = leaf.relu();

        Tensor y = MaxPooling.Forward(x.detach());

        Assert.Equal([1, 32, height / 2, width / 2], y.shape);
        Tensor expected = F.max_pool2d(x, 2);
        Tensor slope = Map(32, height / 2, width / 2).to(type);
        AssertNear(expected, y, 0);
        AssertNear(autograd.grad([expected], [leaf], [slope])[0], MaxPooling.Back(x.detach(), y, slope), 0);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 16, 32, 8, 12, Padding.Replicate)]
    [InlineData(ScalarType.Float32, 64, 80, 7, 9, Padding.Reflect)]
    [InlineData(ScalarType.Float32, 16, 16, 3, 2, Padding.Zero)]
    [InlineData(ScalarType.BFloat16, 16, 32, 8, 12, Padding.Replicate)]
    [InlineData(ScalarType.BFloat16, 64, 80, 7, 9, Padding.Reflect)]
    [InlineData(ScalarType.BFloat16, 16, 16, 3, 2, Padding.Zero)]
    public void ForwardPooled_AndSpread_AreConvolutionReluAndPooling(ScalarType type, int inputs, int outputs, int height, int width, Padding padding)
    {
        Tensor x = Map(inputs, height, width).relu().to(type);
        Tensor weight = Filters(outputs, inputs);
        Tensor bias = Normal(outputs);
        using FrozenConvolution convolution = new(new(1, 2, inputs, outputs, Numbers(weight), Numbers(bias)), type);
        Assert.SkipUnless(convolution.Pools, "This processor has no instructions for it.");
        Tensor slope = Map(outputs, height / 2, width / 2).to(type);

        (Tensor pooled, Tensor which) = convolution.ForwardPooled(x, padding);
        Tensor back = MaxPooling.Spread(which, slope, height, width);

        // Where two are nearly equal, the kernel's rounding decides: its own convolution says which is the larger.
        Tensor before = convolution.Forward(x, padding, rectifies: false).to(ScalarType.Float64).detach().requires_grad_();
        Tensor expected = F.max_pool2d(before.relu(), 2);
        double rounding = type == ScalarType.Float32 ? 4e-6 : HalfRounding;
        AssertNear(F.max_pool2d(Reference(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias.to(ScalarType.Float64), padding).relu(), 2), pooled, rounding);
        AssertNear(expected.detach(), pooled, 0);
        Tensor spread = autograd.grad([expected], [before], [slope.to(ScalarType.Float64)])[0];
        Assert.InRange((spread - back.to(ScalarType.Float64)).abs().gt(0.ToScalar()).sum().ToDouble() / before.numel(), 0, type == ScalarType.Float32 ? 0 : 0.03);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Rectifier_Back_KeepsWhatIsPositive(ScalarType type)
    {
        Tensor before = Map(16, 5, 7).to(type);
        Tensor slope = Map(16, 5, 7).to(type);
        Tensor expected = slope * before.gt(0.ToScalar()).to(type);

        Rectifier.Back(slope, before.relu());

        AssertNear(expected, slope, 0);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 16, 62, false)]
    [InlineData(ScalarType.Float32, 80, 131, true)]
    [InlineData(ScalarType.BFloat16, 48, 62, true)]
    [InlineData(ScalarType.BFloat16, 256, 62, true)]
    [InlineData(ScalarType.BFloat16, 16, 131, false)]
    [InlineData(ScalarType.BFloat16, 80, 62, false)]
    [InlineData(ScalarType.BFloat16, 128, 96, false)]
    [InlineData(ScalarType.BFloat16, 272, 7, false)]
    [InlineData(ScalarType.Float32, 512, 62, false)]
    [InlineData(ScalarType.Float32, 144, 62, true)]
    public void PositionProducts_OfAPart_AreThoseOfTheFeatures(ScalarType type, int channels, int width, bool isMasked)
    {
        // A tile's own positions, as they lie in the tile.
        Tensor part = Map(channels, 23, width + 9).relu().to(type).narrow(2, 3, 17).narrow(3, 5, width);
        Tensor? mask = isMasked ? rand([1, 1, 17, width], ScalarType.Float32, CPU, generator: generator) : null;
        Assert.True(PositionProducts.Suit(part));
        Tensor f = part.to(ScalarType.Float64)[0].flatten(1);
        Tensor weighted = mask is null ? f : f * mask.to(ScalarType.Float64).flatten();

        double[] first = new double[channels];
        double[] second = new double[channels * channels];
        PositionProducts.AddMoments(part, mask, first, second);

        AssertNear(weighted.sum(1), tensor(first), 1e-7);
        AssertNear(weighted.mm(f.t()), tensor(second, [channels, channels]), 1e-7);

        Tensor matrix = Normal(channels, channels);
        matrix = matrix.Plus(matrix.t()).contiguous();
        Tensor offset = Normal(channels);
        Tensor applied = PositionProducts.Apply(part, matrix, offset);
        Assert.Equal(type, applied.dtype);
        AssertNear(
            matrix.to(ScalarType.Float64).mm(f).Plus(offset.to(ScalarType.Float64).unsqueeze(1)).view(part.shape), applied, type == ScalarType.Float32 ? 1e-6 : 4e-3);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 16, 1, 1, Padding.Replicate, false)]
    [InlineData(ScalarType.Float32, 3, 5, 7, Padding.Reflect, false)]
    [InlineData(ScalarType.BFloat16, 3, 9, 2, Padding.Replicate, true)]
    [InlineData(ScalarType.BFloat16, 16, 2, 2, Padding.Reflect, true)]
    [InlineData(ScalarType.BFloat16, 32, 23, 1, Padding.Replicate, false)]
    [InlineData(ScalarType.Float32, 48, 3, 19, Padding.Reflect, true)]
    public void BorderFold_Back_IsTheGradientThroughThePadding(ScalarType type, int channels, int height, int width, Padding padding, bool hasMask)
    {
        Tensor leaf = Map(channels, height, width).requires_grad_();
        Tensor wide = Map(channels, height + 2, width + 2).to(type);
        Tensor? mask = hasMask ? Map(channels, height, width).relu().to(type) : null;
        Tensor sum = Map(channels, height, width).to(type);
        Tensor folded = autograd.grad([Padded(leaf.to(ScalarType.Float64), padding)], [leaf], [wide.to(ScalarType.Float64)])[0];
        Tensor expected = folded.Plus(sum.to(ScalarType.Float64));
        (folded, expected) = mask is null ? (folded, expected) : (folded * mask.gt(0.ToScalar()), expected * mask.gt(0.ToScalar()));
        double tolerance = type == ScalarType.Float32 ? 1e-6 : 4e-3;

        AssertNear(folded, BorderFold.Back(wide, padding, mask, sum: null), tolerance);
        Tensor result = BorderFold.Back(wide, padding, mask, sum);
        Assert.Same(sum, result);
        AssertNear(expected, result, tolerance);
    }

    [Theory]
    [InlineData(TotalVariationForm.L1)]
    [InlineData(TotalVariationForm.L2)]
    [InlineData(TotalVariationForm.NinePoint)]
    public void PixelDifferences_OfAPicture_AreThoseInFloat64(TotalVariationForm form)
    {
        foreach ((int height, int width) in new[] { (1, 1), (1, 2), (1, 35), (2, 10), (3, 1), (3, 9), (23, 35), (23, 64) })
        {
            // In steps, so that some neighbours are equal.
            Tensor image = rand([1, 3, height, width], ScalarType.Float32, CPU, generator: generator).Times(6).round().Over(8);
            (double expected, Tensor slopes) = TotalVariation.Evaluate(image.to(ScalarType.Float64), form);
            Assert.True(PixelDifferences.Suits(image));

            (double value, Tensor gradient) = TotalVariation.Evaluate(image, form);

            Assert.Equal(expected, value, 1e-6 * Math.Max(expected, 1));
            Assert.InRange((slopes - gradient).abs().max().ToDouble(), 0, 1e-6 * Math.Max(1e-3, slopes.abs().max().ToDouble()));
        }
    }

    private static Tensor Reference(Tensor x, Tensor weight, Tensor? bias, Padding padding) => padding == Padding.Zero
        ? F.conv2d(x, weight, bias, padding: [1, 1])
        : F.conv2d(Padded(x, padding), weight, bias);

    private static Tensor Padded(Tensor x, Padding padding) =>
        F.pad(x, (1, 1, 1, 1), padding == Padding.Reflect ? PaddingModes.Reflect : PaddingModes.Replicate);

    private static void AssertForward(IFusedConvolution convolution, Tensor x, Tensor weight, Tensor bias, Padding padding, double tolerance)
    {
        Tensor expected = Reference(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), bias.to(ScalarType.Float64), padding);

        AssertNear(expected, convolution.Forward(x, padding, rectifies: false), tolerance);
        AssertNear(expected.relu(), convolution.Forward(x, padding, rectifies: true), tolerance);
    }

    private static void AssertNear(Tensor expected, Tensor found, double tolerance)
    {
        Assert.Equal(expected.shape, found.shape);
        double most = expected.to(ScalarType.Float64).abs().max().ToDouble();
        Assert.InRange((expected.to(ScalarType.Float64) - found.to(ScalarType.Float64)).abs().max().ToDouble() / most, 0, tolerance);
    }

    private static float[] Numbers(Tensor x) => x.contiguous().data<float>().ToArray();

    private Tensor Normal(params long[] shape) => randn(shape, ScalarType.Float32, CPU, generator: generator);

    // He's scale: magnitudes stay as they are.
    private Tensor Filters(int outputs, int inputs) => Normal(outputs, inputs, 3, 3).Times(Math.Sqrt(2.0 / (9 * inputs)));

    private Tensor Map(int channels, int height, int width) => Normal(1, height, width, channels).permute(0, 3, 1, 2);
}
