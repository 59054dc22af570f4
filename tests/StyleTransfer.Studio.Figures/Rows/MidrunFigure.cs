using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>A session's page opened while it runs: until the picture, the whole curve and the iteration count are there.</summary>
internal sealed class MidrunFigure : IFigure
{
    private const double Target = 1;
    private const int Times = 5;
    private const int Begun = 200;

    public string Name => "midrun";

    public bool NeedsBrowser => true;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (StudioProcess studio, StudioClient client) = await workshop.StartWarmAsync(cancellationToken);
        await using StudioProcess ending = studio;
        using StudioClient closing = client;
        Guid session = await client.RunAsync(Workshop.Recipe(384, 150, 4000), cancellationToken);
        await client.UntilAsync(session, next => next.Iteration >= Begun, cancellationToken);
        await using IBrowserContext context = await workshop.BrowseAsync(studio);
        List<double> times = [];
        // The first visit warms the browser.
        for (int i = 0; i <= Times; i++)
        {
            int iterations = (await client.Http.GetFromJsonAsync<JsonElement>($"/api/v1/sessions/{session}", cancellationToken)).GetProperty("iteration").GetInt32();
            IPage page = await context.NewPageAsync();
            await page.GotoAsync($"/sessions/{session}", new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
            double seconds = await Witness.SecondsUntilWholeAsync(page, iterations);
            await page.CloseAsync();
            if (i > 0)
            {
                times.Add(seconds);
            }
        }

        await client.CancelAsync(session, cancellationToken);
        yield return Row.AtMost(Name, "session page opened mid-run: picture, whole curve, iteration count", times.Median(), Target, "s", $"median of {times.List("0.00")}; warm browser, beside the run at 384 px, from iteration {Begun}");
    }
}
