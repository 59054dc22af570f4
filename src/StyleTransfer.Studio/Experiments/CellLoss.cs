using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Experiments;

/// <summary>A cell's final losses so that cells can be compared: a term is divided by the weight that the cell gave it.</summary>
public static class CellLoss
{
    /// <param name="what"><c>Total</c> as it was summed, <c>ContentTerm</c> or <c>StyleTerm</c> without α and β.</param>
    public static double? Of(ExperimentView view, CellView cell, FinalLoss loss, string what)
    {
        ObjectiveSettings objective = RecipeAt(view, cell).Objective;
        return what switch
        {
            "ContentTerm" => objective.Content.Weight > 0 ? loss.Content / objective.Content.Weight : null,
            "StyleTerm" => objective.Style.Weight > 0 ? loss.Style / objective.Style.Weight : null,
            _ => loss.Total,
        };
    }

    private static Recipe RecipeAt(ExperimentView view, CellView cell)
    {
        Recipe recipe = RecipeParameter.Named(view.Grid.Columns.Parameter).Write(view.Grid.Recipe, view.Grid.Columns.Values[cell.Column]);
        return view.Grid.Rows is { } rows ? RecipeParameter.Named(rows.Parameter).Write(recipe, rows.Values[cell.Row]) : recipe;
    }
}
