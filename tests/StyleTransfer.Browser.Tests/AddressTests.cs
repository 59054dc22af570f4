using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests;

/// <summary>What somebody looks at is in the address: reload, back and bookmarks find it again.</summary>
public sealed class AddressTests(StudioBrowser browser)
{
    [Fact]
    public async Task Session_HowItIsLookedAt_SurvivesReloadAndTheWayBack()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        IPage page = view.Page;
        using StudioRuns runs = new(browser.Studio);
        Guid session = await runs.FinishAsync("Address");
        await view.GoAsync($"/sessions/{session}");
        await Assertions.Expect(page.GetByRole(AriaRole.Slider, new() { Name = "Timeline" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "layers", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "JSON", Exact = true }).ClickAsync();
        await page.GetByLabel("Smoothing").FillAsync("0.5");
        await page.GetByRole(AriaRole.Slider, new() { Name = "Timeline" }).FillAsync("0");
        await page.WaitForURLAsync(url => url.Contains("detail=layers") && url.Contains("smooth=0.5") && url.Contains("recipe=json") && url.Contains("at=1"));

        await view.RefreshAsync();
        await ExpectAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Queue" }).ClickAsync();
        await page.WaitForURLAsync(url => url.EndsWith("/queue", StringComparison.Ordinal));
        await page.GoBackAsync();
        await ExpectAsync();

        // The usual is not written.
        await page.GetByRole(AriaRole.Button, new() { Name = "Newest" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "terms", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("at=") && !url.Contains("detail="));

        async Task ExpectAsync()
        {
            await Assertions.Expect(page.Locator(".timeline output")).ToHaveTextAsync("iteration 1");
            await Assertions.Expect(page.Locator(".curves [aria-pressed=true]").First).ToHaveTextAsync("layers");
            await Assertions.Expect(page.Locator(".recipe pre")).ToContainTextAsync("\"seed\"");
            await Assertions.Expect(page.GetByLabel("Smoothing")).ToHaveValueAsync("0.5");
        }
    }

    // The frames may be there before the curve's points: a chart by layers has no value axis then, and one by terms has.
    [Theory]
    [InlineData("layers")]
    [InlineData("terms")]
    public async Task Curves_MarkedBeforeTheFirstLine_ShowTheMarkWithIt(string detail)
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        await view.Page.EvaluateAsync("""
            async (detail) => {
              const { createCurves } = await import("/js/curves.js");
              const host = document.createElement("div");
              host.className = "chart";
              host.dataset.texts = JSON.stringify({ total: "total", style: "style", events: "events" });
              host.dataset.view = JSON.stringify({ detail, smoothing: 0, logarithmic: true, bySeconds: false });
              document.body.append(host);
              window.curves = createCurves(host);
              window.curves.setEvents([]);
            }
            """, detail);
        await view.Page.Locator(".chart .main-svg").First.WaitForAsync();
        await view.Page.EvaluateAsync("""
            () => {
              const point = (iteration) => ({ iteration, scale: 0, width: 8, height: 8, seconds: iteration, total: 1 / iteration, content: 0, style: 1 / iteration, tv: 0, note: null, termNames: ["style/relu1_1/0"], termValues: [1 / iteration] });
              window.curves.append([point(1), point(2), point(3)]);
              window.curves.mark(2);
            }
            """);

        await Assertions.Expect(view.Page.Locator(".curve-marker")).ToBeVisibleAsync();
    }
}
