using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>The web process's resident memory after ten runs: in a young studio, and in one with a gallery of 10,000 sessions.</summary>
internal sealed class MemoryFigure : IFigure
{
    private const int Sessions = 10;
    private const int GalleryPages = 5;

    public string Name => "memory";

    public bool NeedsBrowser => true;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (StudioProcess young, StudioClient first) = await workshop.StartWarmAsync(cancellationToken);
        await using (young)
        {
            using StudioClient leaving = first;
            List<double> after = await RunAsync(workshop, young, first, cancellationToken);
            yield return Row.AtMost(Name, $"web process after {Sessions} sessions", after[^1], 300, "MB", $"384 px, each watched in a browser; after each: {after.List("0")}");
        }

        (StudioProcess studio, StudioClient client) = await workshop.StartWarmAsync(cancellationToken, "--Storage:Root", await workshop.SeededAsync(cancellationToken));
        await using StudioProcess ending = studio;
        using StudioClient closing = client;
        List<double> resident = await RunAsync(workshop, studio, client, cancellationToken);
        await using IBrowserContext context = await workshop.BrowseAsync(studio);
        IPage gallery = await context.NewPageAsync();
        for (int i = 1; i <= GalleryPages; i++)
        {
            await gallery.GotoAsync(string.Create(CultureInfo.InvariantCulture, $"/sessions?at={60 * (i - 1)}"));
            await gallery.WaitForFunctionAsync("() => document.querySelectorAll('article.tile img').length > 10 && [...document.images].every((image) => image.complete || image.loading === 'lazy')");
            resident.Add(Megabytes(studio));
        }

        yield return Row.AtMost(Name, "the same with 10,000 sessions more, and their gallery open", resident.Max(), 400, "MB", $"after each session, then after each of {GalleryPages} pages: {resident.List("0")}");
    }

    private static async Task<List<double>> RunAsync(Workshop workshop, StudioProcess studio, StudioClient client, CancellationToken cancellationToken)
    {
        List<double> resident = [];
        await using IBrowserContext context = await workshop.BrowseAsync(studio);
        for (int i = 0; i < Sessions; i++)
        {
            Guid session = await client.RunAsync(Workshop.Recipe(384, 40, 40), cancellationToken);
            IPage page = await context.NewPageAsync();
            await page.GotoAsync($"/sessions/{session}");
            await client.FinishAsync(session, cancellationToken);
            await page.CloseAsync();
            resident.Add(Megabytes(studio));
        }

        return resident;
    }

    private static double Megabytes(StudioProcess studio)
    {
        using Process process = Process.GetProcessById(studio.Id);
        return process.WorkingSet64 / 1e6;
    }
}
