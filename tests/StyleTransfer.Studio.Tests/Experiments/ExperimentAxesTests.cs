using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Studio.Experiments;

namespace StyleTransfer.Studio.Tests.Experiments;

public sealed class ExperimentAxesTests
{
    [Fact]
    public void Widened_RisingAxis_PutsValuesInOrder() =>
        Assert.Equal(["0.01", "0.1", "0.5", "1"], ExperimentAxes.Widened(new ExperimentAxis("contentWeight", ["0.01", "0.1", "1"]), ["0.5", "0.1"]).Values);

    [Fact]
    public void Widened_Names_KeepsTheOrderAskedFor() =>
        Assert.Equal(["noise", "content", "style"], ExperimentAxes.Widened(new ExperimentAxis("initialization", ["noise", "content"]), ["style"]).Values);

    [Fact]
    public void Around_LogarithmicAxis_GoesHalfwayByFactors() =>
        Assert.Equal(["0.03162", "0.1", "0.3162"], ExperimentAxes.Around(new ExperimentAxis("contentWeight", ["0.01", "0.1", "1"]), 1).Values);

    [Fact]
    public void Around_FirstValue_LooksInwardOnly() =>
        Assert.Equal(["1", "1.5"], ExperimentAxes.Around(new ExperimentAxis("styleWeight", ["1", "2", "3"]), 0).Values);

    [Fact]
    public void Around_Names_KeepsTheOne() =>
        Assert.Equal(["content"], ExperimentAxes.Around(new ExperimentAxis("initialization", ["noise", "content"]), 1).Values);

    [Fact]
    public void Range_OfAChoice_IsRefusedWithTheWayOn()
    {
        RecipeException refused = Assert.Throws<RecipeException>(() => new AxisRange("optimizer", [], 0, 1, 3).ToAxis());

        Assert.Contains("list of values", refused.Message);
    }

    [Fact]
    public void Axes_WrittenAndRead_AreTheSame()
    {
        ExperimentAxes axes = new(new ExperimentAxis("contentLayers", ["relu1_1,relu2_1", "relu4_2:0.5"]), new ExperimentAxis("seed", ["1"]));

        ExperimentAxes read = ExperimentAxes.Read(axes.Write());

        Assert.Equal(axes.Columns.Values, read.Columns.Values);
        Assert.Equal(axes.Rows!.Parameter, read.Rows!.Parameter);
    }
}
