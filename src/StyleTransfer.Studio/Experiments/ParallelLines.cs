using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Experiments;

/// <summary>An axis of parallel coordinates: numbers, or names in their order.</summary>
/// <param name="Names">For an axis without numbers, what its positions 0, 1, … are called.</param>
public sealed record ParallelAxis(string Title, bool Logarithmic, IReadOnlyList<string>? Names);

/// <summary>One cell's way across all axes; null where it has no value.</summary>
public sealed record ParallelLine(Guid Session, string Label, IReadOnlyList<double?> Values, bool IsChosen);

/// <summary>An experiment as parallel coordinates: its parameters first, then what came of them.</summary>
public sealed record ParallelLines(IReadOnlyList<ParallelAxis> Axes, IReadOnlyList<ParallelLine> Lines)
{
    public static ParallelLines Of(ExperimentView view, IReadOnlyDictionary<Guid, FinalLoss> losses, IReadOnlyList<Guid> chosen, string lossTitle, string secondsTitle)
    {
        ExperimentAxis[] varied = [.. CellPlanner.Axes(view.Grid)];
        bool[] areNumbers = [.. varied.Select(axis => axis.Values.All(value => AxisRange.Number(value) is not null))];
        List<ParallelAxis> axes =
        [
            .. varied.Select((axis, i) => new ParallelAxis(
                ParameterNames.Of(axis.Parameter),
                areNumbers[i] && axis.Values.Length > 1 && AxisRange.GoesByFactors([.. axis.Values.Select(value => AxisRange.Number(value)!.Value)]),
                areNumbers[i] ? null : [.. axis.Values.Select(value => view.NameOf(axis, value))])),
            new($"{ParameterNames.Of("content")} ⁄ α", Logarithmic: true, null),
            new($"{ParameterNames.Of("style")} ⁄ β", Logarithmic: true, null),
            new(secondsTitle, Logarithmic: false, null),
            new(lossTitle, Logarithmic: true, null),
        ];
        return new ParallelLines(axes, [.. view.Cells.Where(cell => cell.State == SessionState.Completed && losses.ContainsKey(cell.Session)).Select(Line)]);

        ParallelLine Line(CellView cell)
        {
            FinalLoss loss = losses[cell.Session];
            IEnumerable<double?> parameters = varied.Select((axis, i) =>
            {
                int at = i == 0 ? cell.Column : cell.Row;
                return areNumbers[i] ? AxisRange.Number(axis.Values[at]) : at;
            });
            string label = string.Join(", ", varied.Select((axis, i) => $"{ParameterNames.Of(axis.Parameter)} {view.NameOf(axis, axis.Values[i == 0 ? cell.Column : cell.Row])}"));
            return new ParallelLine(
                cell.Session, label,
                [.. parameters, CellLoss.Of(view, cell, loss, "ContentTerm"), CellLoss.Of(view, cell, loss, "StyleTerm"), cell.Seconds, loss.Total],
                chosen.Contains(cell.Session));
        }
    }
}
