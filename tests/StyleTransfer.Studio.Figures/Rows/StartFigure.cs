using System.Diagnostics;
using System.Globalization;
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
        List<(double Seconds, double Computed)> empty = [];
        List<(double Seconds, double Computed)> existing = [];
        for (int i = 1; i <= Times; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            await using StudioProcess studio = await StudioProcess.StartAsync(cancellationToken, "--Gallery:StarterPictures", "true");
            empty.Add(await FirstPageAsync(studio, watch, cancellationToken));
            if (i < Times)
            {
                continue;
            }

            await Workshop.UntilPaintedAsync(studio, cancellationToken);
            while (existing.Count < Times)
            {
                studio.Kill();
                // Its worker notices and leaves.
                await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
                watch.Restart();
                await studio.StartAgainAsync(cancellationToken);
                existing.Add(await FirstPageAsync(studio, watch, cancellationToken));
            }
        }

        yield return Of("process start to first page served, empty data folder", empty);
        yield return Of("the same, data folder with the starter pictures", existing);
    }

    // What it computed says how long it would take on a machine that has nothing else to do.
    private Row Of(string what, List<(double Seconds, double Computed)> starts) => Row.AtMost(
        Name, what, starts.Select(start => start.Seconds).Median(), Target, "s",
        string.Create(CultureInfo.InvariantCulture, $"median of {starts.Select(start => start.Seconds).List("0.00")}; computing {starts.Select(start => start.Computed).Median():0.00} s, on all cores"));

    private static async Task<(double Seconds, double Computed)> FirstPageAsync(StudioProcess studio, Stopwatch watch, CancellationToken cancellationToken)
    {
        using HttpClient http = new() { BaseAddress = new Uri(studio.Address) };
        await http.GetStringAsync("/", cancellationToken);
        double seconds = watch.Elapsed.TotalSeconds;
        using Process process = Process.GetProcessById(studio.Id);
        return (seconds, process.TotalProcessorTime.TotalSeconds);
    }
}
