using StyleTransfer.Cli.Showcase;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Tests.Running;

namespace StyleTransfer.Engine.Tests.Recipes;

public sealed class ControlRowsTests
{
    [Fact]
    public void All_EveryCell_IsARecipeThatCanRunAndDiffersFromItsNeighbours()
    {
        Recipe start = Presets.Balanced.At(192) with { Content = "content", Styles = [new StyleInput { Image = "style" }] };
        TransferInputs inputs = Worlds.Inputs() with { Styles = [Worlds.Picture(48, 48, 3), Worlds.Picture(48, 48, 2)] };

        foreach (ControlRow row in new ControlRows(start, inputs).All())
        {
            Assert.Equal(3, row.Cells.Length);
            Assert.All(row.Cells, cell => Assert.Empty(RecipeValidation.Faults(cell.Recipe)));
            Assert.All(row.Cells, cell => Assert.Equal((cell.Recipe.Styles.Length, cell.Recipe.Regions.Length), (cell.Inputs.Styles.Length, cell.Inputs.Regions.Length)));
            Assert.Equal(3, row.Cells.Select(cell => $"{RecipeJson.Write(cell.Recipe)}{cell.Inputs.Styles[0].Rgb[10]}").Distinct().Count());
        }
    }
}
