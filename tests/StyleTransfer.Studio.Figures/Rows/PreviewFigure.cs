using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>From the click on Start until the first preview was decoded in the browser.</summary>
internal sealed class PreviewFigure : IFigure
{
    private const double Target = 3;
    private const int Times = 3;

    public string Name => "preview";

    public bool NeedsBrowser => true;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using StudioProcess studio = await StudioProcess.StartAsync(cancellationToken, "--Gallery:StarterPictures", "true");
        await Workshop.UntilPaintedAsync(studio, cancellationToken);
        using StudioClient client = new(studio);
        List<double> times = [];
        for (int i = 0; i < Times; i++)
        {
            await using IBrowserContext context = await workshop.BrowseAsync(studio);
            IPage page = await context.NewPageAsync();
            await page.GotoAsync("/?size=384");
            await page.Locator("html[data-alive]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
            await page.Locator(".style-card").Nth(i).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
            times.Add(await Witness.SecondsUntilPictureAsync(page));
            await client.FinishAsync(Guid.Parse(page.Url.Split('/')[^1]), cancellationToken);
        }

        yield return Row.AtMost(Name, "click on Start to the first preview decoded, 384 px", times.Median(), Target, "s", $"median of {times.List("0.00")}; each in a fresh profile, the draft beside the form on");
    }
}
