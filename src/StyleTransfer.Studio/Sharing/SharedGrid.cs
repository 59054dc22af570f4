using StyleTransfer.Core.Experiments;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;

namespace StyleTransfer.Studio.Sharing;

/// <summary>What a column or a row of a shared experiment has in common.</summary>
/// <param name="Picture">Where it is a picture that differs, and inputs are shown.</param>
public sealed record SharedHeading(string Text, SharedAsset? Picture);

/// <summary>How the pictures of an experiment lie: only those columns and rows of which something is shared.</summary>
/// <param name="ColumnTitle">What differs from column to column; empty where titles stay private.</param>
/// <param name="Cells">By row, then column, the pictures' numbers; null where there is none.</param>
public sealed record SharedGrid(
    string ColumnTitle, string RowTitle, IReadOnlyList<SharedHeading> Columns, IReadOnlyList<SharedHeading> Rows, IReadOnlyList<IReadOnlyList<int?>> Cells)
{
    /// <returns>Null where none of the sessions is a cell of the experiment.</returns>
    public static SharedGrid? Of(Guid experiment, ExperimentGrid grid, IReadOnlyDictionary<string, string> names, IReadOnlyList<(int Number, Session Session)> sessions, ShareParts parts)
    {
        Dictionary<(int Column, int Row), int> cells = [];
        foreach ((int number, Session session) in sessions.Where(pair => pair.Session.ExperimentId == experiment))
        {
            cells.TryAdd((session.Column ?? 0, session.Row ?? 0), number);
        }

        int[] columns = [.. cells.Keys.Select(cell => cell.Column).Distinct().Order()];
        int[] rows = [.. cells.Keys.Select(cell => cell.Row).Distinct().Order()];
        bool isNamed = parts.HasFlag(ShareParts.Titles);
        return cells.Count == 0 ? null : new SharedGrid(
            isNamed ? ParameterNames.Of(grid.Columns.Parameter) : "",
            isNamed && grid.Rows is { } axis ? ParameterNames.Of(axis.Parameter) : "",
            [.. columns.Select((column, place) => Heading(grid.Columns, column, place, cells.First(cell => cell.Key.Column == column).Value))],
            [.. rows.Select((row, place) => Heading(grid.Rows, row, place, cells.First(cell => cell.Key.Row == row).Value))],
            [.. rows.Select(row => (IReadOnlyList<int?>)[.. columns.Select(column => cells.TryGetValue((column, row), out int number) ? number : (int?)null)])]);

        // Values may be titles of pictures: those are the owner's to show or not. A number says at least which is which.
        SharedHeading Heading(ExperimentAxis? axis, int index, int place, int example)
        {
            string text = axis is null ? "" : !isNamed || index >= axis.Values.Length ? $"{place + 1}" : names.GetValueOrDefault(axis.Values[index]) ?? ChoiceNames.Of(axis.Parameter, axis.Values[index]);
            bool isPicture = axis is { Parameter: "content" or "style" } && parts.HasFlag(ShareParts.Inputs);
            return new SharedHeading(text, isPicture ? new SharedAsset(example, axis!.Parameter == "content" ? AssetKind.Content : AssetKind.Style, axis.Parameter == "content" ? 0 : 1, 320) : null);
        }
    }

    /// <summary>A picture by its place, such as <c>content weight 0.1 · seed 2</c>; null where it has none.</summary>
    public string? NameOf(int number)
    {
        for (int row = 0; row < Rows.Count; row++)
        {
            for (int column = 0; column < Columns.Count; column++)
            {
                if (Cells[row][column] == number)
                {
                    return RowTitle.Length == 0 ? $"{ColumnTitle} {Columns[column].Text}" : $"{ColumnTitle} {Columns[column].Text} · {RowTitle} {Rows[row].Text}";
                }
            }
        }

        return null;
    }
}
