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
        Assert.True(whole.Moments().Second.allclose(parts.Moments().Second, 1e-12, 1e-12));
        Assert.True(whole.Moments().Mean.allclose(parts.Moments().Mean, 1e-12, 1e-12));
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
        using IStyleDistance distance = StyleDistances.Create(form, moments);

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
