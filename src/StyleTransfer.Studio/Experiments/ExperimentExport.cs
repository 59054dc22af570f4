using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Localization;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Images.Sheets;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Experiments;

/// <summary>An experiment to take away: as one labelled picture, and as a table.</summary>
public sealed class ExperimentExport(ExperimentCatalog experiments, StudioStorage storage, IStringLocalizer<StateChip> states) : IDisposable
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
            return await Task.Run(() => ImageWriter.Write(SheetOf(view, edge).Render(), new ImageWriteOptions { Format = ImageFormat.Png }), cancellationToken);
        }
        finally
        {
            drawing.Release();
        }
    }

    public void Dispose() => drawing.Dispose();

    public static string FileNameOf(ExperimentView view) =>
        string.Concat(view.Experiment.Title.Split(Path.GetInvalidFileNameChars())).Replace(" · ", "-").Replace(' ', '-');

    private ContactSheet SheetOf(ExperimentView view, int edge)
    {
        ImmutableArray<SheetHeading> columns = [.. view.Grid.Columns.Values.Select(value => new SheetHeading(view.NameOf(view.Grid.Columns, value)))];
        ImmutableArray<SheetHeading> rows = view.Grid.Rows is { } axis ? [.. axis.Values.Select(value => new SheetHeading(view.NameOf(axis, value)))] : [new SheetHeading("")];
        int most = ContactSheet.EdgeFor(columns.Length * rows.Length, edge);
        PixelImage waiting = Blank(view, most);
        return new ContactSheet(
            view.Experiment.Title,
            columns,
            rows,
            [.. Enumerable.Range(0, rows.Length).Select(y => ImmutableArray.CreateRange(Enumerable.Range(0, columns.Length).Select(x => CellOf(view.At(x, y), most, waiting))))])
        {
            ColumnTitle = ParameterNames.Of(view.Grid.Columns.Parameter),
            RowTitle = view.Grid.Rows is { } named ? ParameterNames.Of(named.Parameter) : "",
        };
    }

    private SheetPicture CellOf(CellView? cell, int edge, PixelImage waiting) => new(
        cell?.PictureId is { } picture && storage.Store.Contains(picture) ? PictureOf(picture, edge) : waiting,
        cell switch
        {
            null => "",
            { State: SessionState.Completed, Loss: { } loss } => string.Create(CultureInfo.InvariantCulture, $"L = {loss:G4}"),
            { Iteration: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{states[cell.State.ToString()].Value}, {cell.Iteration}/{cell.TotalIterations}"),
            _ => states[cell.State.ToString()].Value,
        });

    // A cell without a picture yet is a grey one of the others' shape.
    private static PixelImage Blank(ExperimentView view, int edge)
    {
        CellView? drawn = view.Cells.FirstOrDefault(cell => cell.PictureWidth is not null);
        (int width, int height) = ImageScaler.Fit(drawn?.PictureWidth ?? 4000, drawn?.PictureHeight ?? 3000, edge);
        return new PixelImage(width, height, [.. Enumerable.Repeat(0.92f, width * height * 3)]);
    }

    private PixelImage PictureOf(string id, int edge) => ImageScaler.Shrink(ImageReader.Read(storage.Store.Read(id), ImageLimits.None, edge), edge);

    private static string ValueOf(ExperimentAxis axis, int index) => index < axis.Values.Length ? axis.Values[index] : "";

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    // RFC 4180. A list of layers has commas in it.
    private static string Quoted(string? value) =>
        value is null ? "" : value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"")}\"";
}
