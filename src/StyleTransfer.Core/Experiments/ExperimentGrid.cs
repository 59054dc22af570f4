using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Core.Experiments;

/// <summary>A cell of the grid: where it stands, and what it runs.</summary>
public sealed record ExperimentCell(int Column, int Row, Recipe Recipe);

/// <summary>A recipe varied over one or two parameters.</summary>
public sealed record ExperimentGrid(Recipe Recipe, ExperimentAxis Columns, ExperimentAxis? Rows)
{
    /// <summary>As many as one can still look at, and as a queue survives.</summary>
    public const int MaxCells = 400;

    /// <summary>
    /// Every cell in the order in which to run them: the axis whose change costs most (another encoder to load, another size)
    /// changes slowest.
    /// </summary>
    /// <exception cref="RecipeException">Too many cells, an empty axis, the same parameter twice, or a value that a parameter refuses.</exception>
    public ImmutableArray<ExperimentCell> Cells()
    {
        Check();
        RecipeParameter column = RecipeParameter.Named(Columns.Parameter);
        RecipeParameter? row = Rows is null ? null : RecipeParameter.Named(Rows.Parameter);
        IEnumerable<ExperimentCell> cells =
            from y in Enumerable.Range(0, Rows?.Values.Length ?? 1)
            from x in Enumerable.Range(0, Columns.Values.Length)
            select new ExperimentCell(x, y, At(x, y));
        return row is not null && CostOfChange(column) > CostOfChange(row)
            ? [.. cells.OrderBy(cell => cell.Column).ThenBy(cell => cell.Row)]
            : [.. cells];

        Recipe At(int x, int y)
        {
            Recipe varied = column.Write(Recipe, Columns.Values[x]);
            return row is null ? varied : row.Write(varied, Rows!.Values[y]);
        }
    }

    private void Check()
    {
        foreach (ExperimentAxis axis in Rows is null ? [Columns] : new[] { Columns, Rows })
        {
            if (axis.Values.IsEmpty)
            {
                throw new RecipeException($"The axis '{axis.Parameter}' has no values; give at least one.");
            }
        }

        if (Rows is not null && Rows.Parameter.Equals(Columns.Parameter, StringComparison.OrdinalIgnoreCase))
        {
            throw new RecipeException($"Both axes vary '{Columns.Parameter}'; choose another parameter for one of them, or drop it.");
        }

        long cells = (long)Columns.Values.Length * (Rows?.Values.Length ?? 1);
        if (cells > MaxCells)
        {
            throw new RecipeException($"The grid has {cells} cells; at most {MaxCells} are run at once. Take fewer values, and refine around the best cell afterwards.");
        }
    }

    private static int CostOfChange(RecipeParameter parameter) => parameter.Name switch
    {
        "encoder" => 3,
        "size" => 2,
        "content" or "style" => 1,
        _ => 0,
    };
}
