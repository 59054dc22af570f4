using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>What the web process computes while a session runs and one browser watches it.</summary>
internal sealed class LiveFigure : IFigure
{
    private const double Target = 5;

    public string Name => "live";

    public bool NeedsBrowser => true;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (StudioProcess studio, StudioClient client) = await workshop.StartWarmAsync(cancellationToken);
        await using StudioProcess ending = studio;
        using StudioClient closing = client;
        await using IBrowserContext context = await workshop.BrowseAsync(studio);
        IPage page = await context.NewPageAsync();
        // A run first that nobody measures: what is compiled at the first use is compiled by then.
        double[] shares = new double[3];
        for (int i = 0; i < shares.Length; i++)
        {
            Guid session = await client.RunAsync(Workshop.Recipe(512, 40, 120), cancellationToken);
            await page.GotoAsync($"/sessions/{session}");
            await Witness.SecondsUntilWholeAsync(page, 1);
            long begun = Stopwatch.GetTimestamp();
            TimeSpan before = Computed(studio);
            await client.FinishAsync(session, cancellationToken);
            shares[i] = 100 * (Computed(studio) - before) / Stopwatch.GetElapsedTime(begun);
        }

        yield return Row.AtMost(
            Name, "web process during a run with one browser watching, of one core", shares[1..].Median(), Target, "%",
            $"512 px, default preset; median of {shares[1..].List("0.0")}, of the very first {shares[0].ToString("0.0", CultureInfo.InvariantCulture)}");
    }

    private static TimeSpan Computed(StudioProcess studio)
    {
        using Process process = Process.GetProcessById(studio.Id);
        return process.TotalProcessorTime;
    }
}
