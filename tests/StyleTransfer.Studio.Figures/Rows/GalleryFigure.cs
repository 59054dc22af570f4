using System.Diagnostics;
using System.Runtime.CompilerServices;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>The first page of a gallery of 10,000 sessions, as the server gives it: the page itself, and the API's.</summary>
internal sealed class GalleryFigure : IFigure
{
    private const double Target = 200;
    private const int Times = 20;
    private const int Warming = 3;

    public string Name => "gallery";

    public bool NeedsBrowser => false;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using StudioProcess studio = await StudioProcess.StartAsync(cancellationToken, "--Storage:Root", await workshop.SeededAsync(cancellationToken));
        using HttpClient http = new() { BaseAddress = new Uri(studio.Address) };
        foreach (string path in new[] { "/sessions", "/api/v1/sessions?take=60" })
        {
            List<double> times = [];
            for (int i = 0; i < Warming + Times; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await http.GetByteArrayAsync(path, cancellationToken);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            List<double> warm = times[Warming..];
            yield return Row.AtMost(Name, $"first page of 10,000 sessions, GET {path}", warm.Median(), Target, "ms", $"median of {Times} warm ones; worst {warm.Max():0}, the very first {times[0]:0}");
        }
    }
}
