using System.Globalization;
using System.Text;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Experiments;

/// <summary>An experiment to take away: as one labelled picture, and as a table.</summary>
public sealed class ExperimentExport(ExperimentCatalog experiments, StudioStorage storage) : IDisposable
{
    // One sheet at a time: each holds some hundred megabytes while it is drawn.
    private readonly SemaphoreSlim drawing = new(1);

    /// <summary>Every cell in the grid's order; numbers as C# and every spreadsheet in English reads them.</summary>
    public async Task<string> CsvAsync(ExperimentView view, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<Guid, FinalLoss> losses = await experiments.FinalLossesAsync(view.Experiment.Id, cancellationToken);
        StringBuilder csv = new();
        List<string> head = [view.Grid.Columns.Parameter];
        if (view.Grid.Rows is { } rows)
        {
            head.Add(rows.Parameter);
        }

        csv.AppendJoin(',', head.Concat(["state", "iterations", "seconds", "total", "content", "style", "tv", "session", "picture"])).Append("\r\n");
        foreach (CellView cell in view.Cells)
        {
            FinalLoss? loss = losses.GetValueOrDefault(cell.Session);
            List<string?> values = [ValueOf(view.Grid.Columns, cell.Column)];
            if (view.Grid.Rows is { } axis)
            {
                values.Add(ValueOf(axis, cell.Row));
            }

            values.AddRange(
            [
                cell.State.ToString().ToLowerInvariant(),
                cell.Iteration.ToString(CultureInfo.InvariantCulture),
                Number(cell.Seconds), Number(loss?.Total ?? cell.Loss), Number(loss?.Content), Number(loss?.Style), Number(loss?.Tv),
                cell.Session.ToString(), cell.PictureId,
            ]);
            csv.AppendJoin(',', values.Select(Quoted)).Append("\r\n");
        }

        return csv.ToString();
    }

    /// <exception cref="Core.ImageException">The machine has no font for the labels.</exception>
    public async Task<byte[]> PngAsync(ExperimentView view, int edge, CancellationToken cancellationToken)
    {
        await drawing.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => SheetOf(view).ToPng(edge), cancellationToken);
        }
        finally
        {
            drawing.Release();
        }
    }

    public void Dispose() => drawing.Dispose();

    public static string FileNameOf(ExperimentView view) =>
        string.Concat(view.Experiment.Title.Split(Path.GetInvalidFileNameChars())).Replace(" · ", "-").Replace(' ', '-');

    private LabelledSheet SheetOf(ExperimentView view)
    {
        IReadOnlyList<string> columns = [.. view.Grid.Columns.Values.Select(view.NameOf)];
        IReadOnlyList<string> rows = view.Grid.Rows is { } axis ? [.. axis.Values.Select(view.NameOf)] : [""];
        IEnumerable<SheetCell> cells =
            from y in Enumerable.Range(0, rows.Count)
            from x in Enumerable.Range(0, columns.Count)
            select CellOf(view.At(x, y));
        return new LabelledSheet(view.Experiment.Title, view.Grid.Columns.Parameter, view.Grid.Rows?.Parameter ?? "", columns, rows, [.. cells]);
    }

    private SheetCell CellOf(CellView? cell) => new(
        cell?.PictureId is { } picture && storage.Store.Contains(picture) ? storage.Store.Read(picture) : null,
        cell switch
        {
            null => "",
            { State: SessionState.Completed, Loss: { } loss } => string.Create(CultureInfo.InvariantCulture, $"L = {loss:G4}"),
            { Iteration: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{cell.State.ToString().ToLowerInvariant()}, {cell.Iteration}/{cell.TotalIterations}"),
            _ => cell.State.ToString().ToLowerInvariant(),
        });

    private static string ValueOf(ExperimentAxis axis, int index) => index < axis.Values.Length ? axis.Values[index] : "";

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    // RFC 4180. A list of layers has commas in it.
    private static string Quoted(string? value) =>
        value is null ? "" : value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"")}\"";
}
