using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Engine.Tests.Recipes;

public sealed class ExperimentGridTests
{
    private static readonly Recipe Template = new()
    {
        Content = new string('a', 64),
        Styles = [new StyleInput { Image = new string('b', 64) }],
        Objective = new ObjectiveSettings { Style = new StyleSettings { Layers = [new LayerWeight("relu1_1", 256), new LayerWeight("relu2_1", 1)] } },
    };

    public static TheoryData<string> ParameterNames => [.. RecipeParameter.All.Select(parameter => parameter.Name)];

    [Theory]
    [MemberData(nameof(ParameterNames))]
    public void Parameter_WrittenAsItWasRead_LeavesTheRecipeAsItWas(string name)
    {
        RecipeParameter parameter = RecipeParameter.Named(name);

        Recipe written = parameter.Write(Template, parameter.Read(Template));

        Assert.Equal(RecipeJson.Write(Template), RecipeJson.Write(written));
    }

    [Theory]
    [MemberData(nameof(ParameterNames))]
    public void Parameter_GivenNonsense_SaysWhatIsAllowed(string name)
    {
        RecipeParameter parameter = RecipeParameter.Named(name);
        if (parameter.Kind is ParameterKind.Image || (parameter.Kind is ParameterKind.Choice && parameter.Choices.IsEmpty))
        {
            return; // Any text may name an image or an encoder; the studio looks it up.
        }

        RecipeException error = Assert.Throws<RecipeException>(() => parameter.Write(Template, "nonsense:x:y"));

        Assert.DoesNotContain("\n", error.Message);
    }

    [Fact]
    public void Grid_OfTwoAxes_HasEveryPairOnceWithTheCostlyAxisSlowest()
    {
        ExperimentGrid grid = new(Template, new ExperimentAxis("size", ["128", "256"]), new ExperimentAxis("styleWeight", ["1", "2", "4"]));

        ImmutableArray<ExperimentCell> cells = grid.Cells();

        Assert.Equal(6, cells.Select(cell => (cell.Column, cell.Row)).Distinct().Count());
        Assert.Equal([128, 128, 128, 256, 256, 256], cells.Select(cell => cell.Recipe.Schedule.Size));
        Assert.All(cells, cell => Assert.Equal(grid.Rows!.Values[cell.Row], RecipeParameter.Named("styleWeight").Read(cell.Recipe)));
    }

    [Fact]
    public void LogarithmicAxis_FourDecades_IsSpacedByTens()
    {
        ExperimentAxis axis = ExperimentAxis.Logarithmic("contentToStyle", 1e-4, 1e-1, 4);

        Assert.Equal(["0.0001", "0.001", "0.01", "0.1"], axis.Values);
    }

    [Fact]
    public void Grid_WithMoreCellsThanAllowed_IsRefusedWithTheNumber()
    {
        ImmutableArray<string> seeds = [.. Enumerable.Range(0, 100).Select(i => $"{i}")];
        ExperimentGrid grid = new(Template, new ExperimentAxis("seed", seeds), new ExperimentAxis("styleWeight", seeds));

        RecipeException error = Assert.Throws<RecipeException>(() => grid.Cells());

        Assert.Contains("10000", error.Message);
    }

    [Fact]
    public void Grid_WithTheSameParameterTwice_IsRefused()
    {
        ExperimentGrid grid = new(Template, new ExperimentAxis("seed", ["1"]), new ExperimentAxis("Seed", ["2"]));

        Assert.Throws<RecipeException>(() => grid.Cells());
    }
}
