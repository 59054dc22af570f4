using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;

namespace StyleTransfer.Studio.Sharing;

/// <summary>What a column or a row of a shared experiment has in common.</summary>
/// <param name="Pictures">Where it is pictures that differ, and inputs are shown.</param>
public sealed record SharedHeading(string Text, IReadOnlyList<SharedAsset> Pictures);

/// <summary>How the pictures of an experiment lie: only those columns and rows of which something is shared.</summary>
/// <param name="ColumnTitle">What differs from column to column; empty where titles stay private.</param>
/// <param name="Cells">By row, then column, the pictures' numbers; null where there is none.</param>
public sealed record SharedGrid(
    string ColumnTitle, string RowTitle, IReadOnlyList<SharedHeading> Columns, IReadOnlyList<SharedHeading> Rows, IReadOnlyList<IReadOnlyList<int?>> Cells)
{
    private const int HeadingEdge = 320;

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
            bool isShown = axis is not null && index < axis.Values.Length && parts.HasFlag(ShareParts.Inputs);
            return new SharedHeading(text, isShown ? [.. PicturesOf(axis!, axis!.Values[index], example)] : []);
        }
    }

    private static IEnumerable<SharedAsset> PicturesOf(ExperimentAxis axis, string value, int example) => (axis.Parameter, ImageValue.Ids(value).Length) switch
    {
        (_, 0) => [],
        ("content", _) => [new SharedAsset(example, AssetKind.Content, 0, HeadingEdge)],
        ("startPicture", _) => [new SharedAsset(example, AssetKind.Start, 0, HeadingEdge)],
        ("style", int styles) => Enumerable.Range(1, styles).Select(style => new SharedAsset(example, AssetKind.Style, style, HeadingEdge)),
        _ => [],
    };

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
