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
}
