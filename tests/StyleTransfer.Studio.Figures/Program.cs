using StyleTransfer.Studio.Figures;
using StyleTransfer.Studio.Figures.Rows;

// What the studio's issues demand, measured on the built studio, a real worker and a real Chromium:
//   dotnet run -c Release --project tests/StyleTransfer.Studio.Figures [-- NAME …] [--json FILE]
// Ends with 0 where every figure was reached.
IFigure[] all =
[
    new StartFigure(), new PreviewFigure(), new WatchersFigure(), new MidrunFigure(),
    new MemoryFigure(), new GalleryFigure(), new SlowLineFigure(), new LiveFigure(),
    new CompareFigure(),
];
List<string> names = [.. args];
string? json = null;
if (names.IndexOf("--json") is var at and >= 0 && at + 1 < names.Count)
{
    json = names[at + 1];
    names.RemoveRange(at, 2);
}

if (names.Find(name => !Array.Exists(all, figure => figure.Name == name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no figure '{unknown}'; allowed are {string.Join(", ", all.Select(figure => figure.Name))}, and --json FILE. Without a name all are measured.");
    return 2;
}

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, cancel) =>
{
    cancel.Cancel = true;
    stop.Cancel();
};
await using Workshop workshop = await Workshop.OpenAsync();
FigureTable table = new();
foreach (IFigure figure in all.Where(figure => names.Count == 0 || names.Contains(figure.Name)))
{
    if (figure.NeedsBrowser && !workshop.HasBrowser)
    {
        table.Add(Row.Missing(figure.Name, "no Chromium was found: neither /usr/bin/chromium nor one on PATH"));
        continue;
    }

    try
    {
        await foreach (Row row in figure.MeasureAsync(workshop, stop.Token))
        {
            table.Add(row);
        }
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 1;
    }
    catch (Exception e)
    {
        // One that breaks is a finding, too; the others are still worth knowing.
        table.Add(Row.Missing(figure.Name, $"it broke: {e.Message.Split('\n')[0]}"));
        Console.Error.WriteLine(e);
    }
}

if (json is not null)
{
    table.Write(Path.GetFullPath(json));
}

return table.IsReached ? 0 : 1;
