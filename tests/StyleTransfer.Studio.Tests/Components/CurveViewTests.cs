using StyleTransfer.Studio.Components.Run;

namespace StyleTransfer.Studio.Tests.Components;

public sealed class CurveViewTests
{
    [Theory]
    [InlineData("NaN", 0)]
    [InlineData("-Infinity", 0)]
    [InlineData("Infinity", CurveView.MostSmoothing)]
    [InlineData("much", 0)]
    [InlineData(null, 0)]
    [InlineData("0.5", 0.5)]
    public void Of_AnyAddress_HasASmoothingThatCanBeDrawn(string? smooth, double expected) =>
        Assert.Equal(expected, CurveView.Of(null, null, null, smooth).Smoothing);
}
