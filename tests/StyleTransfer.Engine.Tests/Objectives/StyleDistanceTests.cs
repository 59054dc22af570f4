using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests.Objectives;

/// <summary>Laws and closed forms of the style distances, on features made up here.</summary>
public sealed class StyleDistanceTests
{
    [Fact]
    public void Moments_OfAnyFeatures_AreSymmetricAndPositiveSemidefinite()
    {
        using DisposeScope scope = NewDisposeScope();
        for (int seed = 0; seed < 20; seed++)
        {
            Tensor second = MomentsOf(Features(seed, 6, 3 + seed, 5)).Second;

            Assert.Equal(0, (second - second.t()).abs().max().ToDouble(), 1e-12);
            Assert.True(linalg.eigh(second).Item1.min().ToDouble() > -1e-12);
        }
    }

    [Fact]
    public void Moments_SummedOverParts_EqualTheWhole()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = Features(1, 5, 9, 7);
        Tensor mask = Features(2, 1, 9, 7).abs();
        MomentSum parts = new();
        parts.Add(features.narrow(2, 0, 4), mask.narrow(2, 0, 4));
        parts.Add(features.narrow(2, 4, 5), mask.narrow(2, 4, 5));
        MomentSum whole = new();
        whole.Add(features, mask);

        Assert.Equal(whole.Area, parts.Area, 1e-12);
        Moments expected = whole.Moments();
        Moments actual = parts.Moments();
        Assert.True(expected.Second.allclose(actual.Second, 1e-12, 1e-12));
        Assert.True(expected.Mean.allclose(actual.Mean, 1e-12, 1e-12));
    }

    [Theory]
    [InlineData(StyleForm.GramPaper)]
    [InlineData(StyleForm.GramMean)]
    [InlineData(StyleForm.Wasserstein2)]
    [InlineData(StyleForm.RelativeWasserstein2)]
    public void Distance_ToItsOwnStatistics_IsZeroWithoutSlope(StyleForm form)
    {
        using DisposeScope scope = NewDisposeScope();
        Moments moments = MomentsOf(Features(3, 6, 8, 8));
        using IMomentDistance distance = StyleDistances.OfMoments(form, moments);

        DistanceValue value = distance.Evaluate(moments);

        Assert.Equal(0, value.Value, 1e-10);
        Assert.Equal(0, value.SecondGradient.abs().max().ToDouble(), 1e-8);
    }

    [Fact]
    public void GramPaper_Gradient_IsThePapersEquation6()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = Features(4, 5, 6, 6);
        Tensor style = Features(5, 5, 6, 6);
        const int N = 5;
        const int M = 36;
        using GramDistance distance = GramDistance.Paper(MomentsOf(style));
        FeatureGradient slope = new(M);

        DistanceValue value = distance.Evaluate(MomentsOf(features));
        slope.Add(value, 1);
        Tensor gradient = slope.At(new FeaturePart("relu1_1", features, 0, 0), null)[0].flatten(1);

        Tensor f = features[0].flatten(1); // [N, M]
        Tensor a = style[0].flatten(1);
        Tensor difference = f.mm(f.t()) - a.mm(a.t());
        Assert.Equal(difference.square().sum().ToDouble() / (4.0 * N * N * M * M), value.Value, 1e-12);
        Tensor expected = difference.mm(f) / ((double)N * N * M * M);
        Assert.True(gradient.allclose(expected, 1e-9, 1e-12));
    }

    [Fact]
    public void Wasserstein_DiagonalCovariances_HasTheClosedForm()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] a = [4, 1, 0.25];
        double[] b = [1, 9, 0.5];
        Tensor mean = tensor(new double[] { 1, 2, 3 });
        Tensor other = tensor(new double[] { 0, 2, 5 });
        using WassersteinDistance distance = WassersteinDistance.PerChannel(new Moments(mean, diag(tensor(a)) + outer(mean, mean)));

        double value = distance.Evaluate(new Moments(other, diag(tensor(b)) + outer(other, other))).Value;

        const double Added = 1e-4;
        double expected = (1 + 4 + a.Zip(b, (x, y) => Math.Pow(Math.Sqrt(x + Added) - Math.Sqrt(y + Added), 2)).Sum()) / 3;
        Assert.Equal(expected, value, 1e-9);
    }

    [Fact]
    public void Wasserstein_BetweenTwoStyles_IsSymmetric()
    {
        using DisposeScope scope = NewDisposeScope();
        Moments first = MomentsOf(Features(6, 6, 8, 8));
        Moments second = MomentsOf(Features(7, 6, 8, 8));
        using WassersteinDistance fromFirst = WassersteinDistance.PerChannel(first);
        using WassersteinDistance fromSecond = WassersteinDistance.PerChannel(second);

        Assert.Equal(fromFirst.Evaluate(second).Value, fromSecond.Evaluate(first).Value, 1e-9);
    }

    [Fact]
    public void Wasserstein_StatisticsThatAreNotNumbers_GiveNotANumber()
    {
        using DisposeScope scope = NewDisposeScope();
        Moments moments = MomentsOf(Features(8, 4, 8, 8));
        using WassersteinDistance distance = WassersteinDistance.Relative(moments);

        Assert.True(double.IsNaN(distance.Evaluate(new Moments(moments.Mean * double.NaN, moments.Second)).Value));
    }

    [Fact]
    public void Sliced_ToItself_IsZeroWithoutSlope()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = Features(9, 6, 7, 5);
        using SlicedWassersteinDistance distance = SlicedWassersteinDistance.Of(features, mask: null, seed: 3);

        (double value, Tensor gradient) = Compare(distance, features, mask: null);

        Assert.Equal(0, value, 1e-12);
        Assert.Equal(0, gradient.abs().max().ToDouble(), 1e-12);
    }

    [Fact]
    public void Sliced_ShiftedFeatures_HasTheLengthOfTheShift()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor style = Features(10, 4, 9, 9);
        Tensor shift = tensor(new double[] { 1, -2, 0.5, 3 }).view(1, 4, 1, 1);
        using SlicedWassersteinDistance distance = SlicedWassersteinDistance.Of(style, mask: null, seed: 1);

        double value = Compare(distance, style + shift, mask: null).Value;

        // Over a whole basis of directions the squared projections of the shift add up to its squared length.
        double energy = style.square().sum().ToDouble() / 81;
        Assert.Equal(shift.square().sum().ToDouble() / energy, value, 1e-9);
    }

    [Fact]
    public void Sliced_FullMasks_EqualNone()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor style = Features(11, 4, 8, 6);
        Tensor picture = Features(12, 4, 5, 9);
        using SlicedWassersteinDistance plain = SlicedWassersteinDistance.Of(style, mask: null, seed: 1);
        using SlicedWassersteinDistance masked = SlicedWassersteinDistance.Of(style, 0.25 * ones(1, 1, 8, 6, dtype: ScalarType.Float64), seed: 1);

        (double expected, Tensor slope) = Compare(plain, picture, mask: null);
        (double value, Tensor maskedSlope) = Compare(masked, picture, 0.25 * ones(1, 1, 5, 9, dtype: ScalarType.Float64));

        Assert.Equal(expected, value, 1e-9);
        Assert.True(maskedSlope.allclose(slope, 1e-7, 1e-9));
    }

    [Fact]
    public void Sliced_PartsOfAPicture_EqualTheWhole()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor picture = Features(13, 3, 8, 4);
        using SlicedWassersteinDistance distance = SlicedWassersteinDistance.Of(Features(14, 3, 6, 6), mask: null, seed: 1);
        FeaturePart top = new("relu1_1", picture.narrow(2, 0, 3), 0, 0);
        FeaturePart bottom = new("relu1_1", picture.narrow(2, 3, 5), 3, 0);
        using IStyleStatistic parts = distance.NewStatistic();
        parts.Add(top, mask: null);
        parts.Add(bottom, mask: null);

        double value = parts.Compare(distance, 1);

        (double expected, Tensor slope) = Compare(distance, picture, mask: null);
        Assert.Equal(expected, value, 1e-12);
        Assert.True(cat([parts.At(top, null), parts.At(bottom, null)], 2).allclose(slope, 1e-9, 1e-12));
    }

    // At the features and not through the network: behind a ReLU many features are 0 alike, and between equals there is no slope.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sliced_HasTheGradientOfItsValue(bool isMasked)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? mask = isMasked ? Features(16, 1, 6, 5).abs() : null;
        using SlicedWassersteinDistance distance = SlicedWassersteinDistance.Of(Features(15, 4, 7, 7), isMasked ? Features(17, 1, 7, 7).abs() : null, seed: 2);
        Tensor picture = 1.3 * Features(18, 4, 6, 5);
        Tensor direction = Features(19, 4, 6, 5);
        const double Step = 1e-6;

        Tensor gradient = Compare(distance, picture, mask).Gradient;

        double expected = (Compare(distance, picture + Step * direction, mask).Value - Compare(distance, picture - Step * direction, mask).Value) / (2 * Step);
        Assert.Equal(expected, (gradient * direction).sum().ToDouble(), 1e-5 * Math.Abs(expected));
    }

    private static (double Value, Tensor Gradient) Compare(SlicedWassersteinDistance distance, Tensor features, Tensor? mask)
    {
        FeaturePart part = new("relu1_1", features, 0, 0);
        using IStyleStatistic statistic = distance.NewStatistic();
        statistic.Add(part, mask);
        double value = statistic.Compare(distance, 1);
        return (value, statistic.At(part, mask));
    }

    private static Tensor Features(int seed, int channels, int height, int width)
    {
        using Generator generator = new((ulong)seed + 1, CPU);
        return randn([1L, channels, height, width], ScalarType.Float64, CPU, generator: generator) + 0.3;
    }

    private static Moments MomentsOf(Tensor features)
    {
        MomentSum sum = new();
        sum.Add(features, mask: null);
        return sum.Moments();
    }
}
