using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Browser.Tests;

/// <summary>A gallery that is longer than what is on the page.</summary>
public sealed class ScrollingTests(StudioBrowser browser)
{
    private const int Sessions = 150;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_ScrolledToTheEnd_ShowTheLastAndComeBackToIt()
    {
        // Its only worker finds no device: what is queued stays queued.
        await using StudioProcess studio = await StudioProcess.StartAsync(Token, "--Worker:Devices:0", "cuda:99");
        using StudioRuns runs = new(studio);
        string picture = await runs.UploadAsync(seed: 1);
        for (int i = 0; i < Sessions; i++)
        {
            await runs.QueueAsync($"Number {i}", picture, picture, iterations: 4);
        }

        await using StudioPage view = await browser.OpenAsync(studio, "/sessions");
        IPage page = view.Page;
        ILocator gallery = page.Locator(".gallery");
        ILocator oldest = page.GetByRole(AriaRole.Link, new() { Name = "Number 0", Exact = true }).First;
        await Assertions.Expect(gallery).ToHaveAttributeAsync("data-total", $"{Sessions}");
        await Assertions.Expect(page.Locator("article.card")).Not.ToHaveCountAsync(Sessions);
        await view.CheckAccessibilityAsync();

        await page.EvaluateAsync("scrollTo(0, document.documentElement.scrollHeight)");
        await Assertions.Expect(oldest).ToBeInViewportAsync();
        await page.WaitForURLAsync(url => url.Contains("at="));
        await view.ShootAsync("sessions-end");

        await view.RefreshAsync();
        await Assertions.Expect(oldest).ToBeInViewportAsync();
        await oldest.ClickAsync();
        // Who goes back before the session's page is there still sees the gallery that is about to go, and presses what nobody hears.
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Number 0", Exact = true })).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Assertions.Expect(oldest).ToBeInViewportAsync();

        // All, not only what is on the page. Where the way back was a new page, it has to come to life.
        await page.Locator("html[data-keys]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select Number 0", Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"All {Sessions}" }).ClickAsync();
        await Assertions.Expect(page.Locator(".selection-bar strong")).ToContainTextAsync($"{Sessions}");
    }
}
