using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>The web process's resident memory, on a data folder with 10,000 sessions: after ten runs, and with the gallery open.</summary>
internal sealed class MemoryFigure : IFigure
{
    private const int Sessions = 10;
    private const int GalleryPages = 5;

    public string Name => "memory";

    public bool NeedsBrowser => true;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (StudioProcess studio, StudioClient client) = await workshop.StartWarmAsync(cancellationToken, "--Storage:Root", await workshop.SeededAsync(cancellationToken));
        await using StudioProcess ending = studio;
        using StudioClient closing = client;
        await using IBrowserContext context = await workshop.BrowseAsync(studio);
        List<double> resident = [];
        for (int i = 0; i < Sessions; i++)
        {
            Guid session = await client.RunAsync(Workshop.Recipe(384, 40, 40), cancellationToken);
            IPage page = await context.NewPageAsync();
            await page.GotoAsync($"/sessions/{session}");
            await client.FinishAsync(session, cancellationToken);
            await page.CloseAsync();
            resident.Add(Megabytes(studio));
        }

        yield return Row.AtMost(Name, $"web process after {Sessions} sessions", resident[^1], 300, "MB", $"384 px, each watched in a browser; after each: {resident.List("0")}");

        IPage gallery = await context.NewPageAsync();
        resident.Clear();
        for (int i = 1; i <= GalleryPages; i++)
        {
            await gallery.GotoAsync(string.Create(CultureInfo.InvariantCulture, $"/sessions?page={i}"));
            await gallery.WaitForFunctionAsync("() => document.querySelectorAll('article.tile img').length > 10 && [...document.images].every((image) => image.complete || image.loading === 'lazy')");
            resident.Add(Megabytes(studio));
        }

        yield return Row.AtMost(Name, "the same with the gallery of 10,000 sessions open", resident.Max(), 400, "MB", $"the most of {GalleryPages} pages: {resident.List("0")}");
    }

    private static double Megabytes(StudioProcess studio)
    {
        using Process process = Process.GetProcessById(studio.Id);
        return process.WorkingSet64 / 1e6;
    }
}
