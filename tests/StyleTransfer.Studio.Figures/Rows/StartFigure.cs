using System.Diagnostics;
using System.Runtime.CompilerServices;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>From the start of the <c>dotnet</c> process until the first page was served.</summary>
internal sealed class StartFigure : IFigure
{
    private const double Target = 3;
    private const int Times = 3;

    public string Name => "start";

    public bool NeedsBrowser => false;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<double> empty = [];
        List<double> existing = [];
        for (int i = 0; i < Times; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            await using StudioProcess studio = await StudioProcess.StartAsync(cancellationToken, "--Gallery:StarterPictures", "true");
            await FirstPageAsync(studio, cancellationToken);
            empty.Add(watch.Elapsed.TotalSeconds);

            await Workshop.UntilPaintedAsync(studio, cancellationToken);
            studio.Kill();
            // Its worker notices and leaves.
            await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
            watch.Restart();
            await studio.StartAgainAsync(cancellationToken);
            await FirstPageAsync(studio, cancellationToken);
            existing.Add(watch.Elapsed.TotalSeconds);
        }

        yield return Row.AtMost(Name, "process start to first page served, empty data folder", empty.Median(), Target, "s", $"median of {empty.List("0.00")}");
        yield return Row.AtMost(Name, "the same, data folder with the starter pictures", existing.Median(), Target, "s", $"median of {existing.List("0.00")}");
    }

    private static async Task FirstPageAsync(StudioProcess studio, CancellationToken cancellationToken)
    {
        using HttpClient http = new() { BaseAddress = new Uri(studio.Address) };
        await http.GetStringAsync("/", cancellationToken);
    }
}
