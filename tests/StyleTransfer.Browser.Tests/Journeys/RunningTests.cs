using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>A session while it runs: steered, looked at closely, stopped; and one that has ended sent on.</summary>
public sealed partial class RunningTests(StudioBrowser browser)
{
    [Fact]
    public async Task Running_SteeredAndZoomed_MarksTheChangeAndKeepsItsPlace()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        IPage page = view.Page;
        using StudioRuns runs = new(browser.Studio);
        await using LongRun run = await LongRun.StartAsync(runs);
        await view.GoAsync($"/sessions/{run.Id}");
        ILocator picture = page.Locator(".stage-image");
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", Preview());
        await Assertions.Expect(page).ToHaveTitleAsync(InPercent());

        // Zoomed in, the place stays while further frames arrive.
        await page.Locator(".stage").FocusAsync();
        await page.Keyboard.PressAsync("+");
        await page.Keyboard.PressAsync("ArrowLeft");
        string place = await page.Locator(".stage-layer").EvaluateAsync<string>("layer => layer.style.transform");
        for (int frame = 0; frame < 2; frame++)
        {
            await Assertions.Expect(picture).Not.ToHaveAttributeAsync("src", (await picture.GetAttributeAsync("src"))!);
        }

        Assert.Equal(place, await page.Locator(".stage-layer").EvaluateAsync<string>("layer => layer.style.transform"));
        await Assertions.Expect(page.Locator(".stage")).ToHaveAttributeAsync("data-zoom", "1.50");

        // A slider's change takes effect, and is an event on the curve and in the recipe.
        await page.GetByLabel("Style weight").FillAsync("1");
        await Assertions.Expect(page.Locator(".changes li")).ToContainTextAsync("style weight 2");
        await page.WaitForFunctionAsync("() => document.querySelector('.chart-plot').data?.at(-1).text.some(text => text.includes('style weight 2'))");
        await Assertions.Expect(page.Locator(".chart .shapelayer path")).Not.ToHaveCountAsync(0);
        await view.CheckEverywhereAsync("session-running");

        ILocator bell = page.GetByRole(AriaRole.Button, new() { Name = "Tell me when it ends" });
        await bell.ClickAsync();
        await Assertions.Expect(bell).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Equal("on", await page.EvaluateAsync<string>("() => localStorage.getItem('notify')"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(page.Locator(".session-head .state")).ToHaveTextAsync("Cancelled");
        await Assertions.Expect(page).ToHaveTitleAsync("Long · StyleTransfer Studio");
    }

    [Fact]
    public async Task Running_AnotherIsRunNow_LetsItPassAndGoesOn()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        IPage page = view.Page;
        using StudioRuns runs = new(browser.Studio);
        await using LongRun run = await LongRun.StartAsync(runs);
        await runs.UntilAsync(run.Id, "Running");
        Guid waiting = await runs.QueueAsync("Passing", await runs.UploadAsync(seed: 8), await runs.UploadAsync(seed: 9), iterations: 4);
        ILocator row = page.Locator($".queue li[data-id='{run.Id}']");
        await Assertions.Expect(row.Locator(".state")).ToHaveTextAsync("Running");

        await page.GetByRole(AriaRole.Button, new() { Name = "Run Passing now" }).ClickAsync();

        await runs.UntilAsync(waiting, "Completed");
        await Assertions.Expect(row.Locator(".state")).ToHaveTextAsync("Running");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause Long" }).ClickAsync();
        await Assertions.Expect(row.Locator(".state")).ToHaveTextAsync("Paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume Long" }).ClickAsync();
        await Assertions.Expect(row.Locator(".state")).ToHaveTextAsync("Running");

        // Cancelled, it can be had back.
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel Long" }).ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(row.Locator(".state")).ToHaveTextAsync("Running");
    }

    [Fact]
    public async Task Finished_SentOn_SaysAgainWhenItEnds()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        IPage page = view.Page;
        using StudioRuns runs = new(browser.Studio);
        await view.GoAsync($"/sessions/{await runs.FinishAsync("Short", iterations: 4)}");
        await Assertions.Expect(page).ToHaveTitleAsync("✓ Short");
        await Assertions.Expect(page.Locator(".facts b")).ToHaveTextAsync("4");
        // Somebody who asked to be told, and looks elsewhere; every title on the way is kept.
        await page.EvaluateAsync("""
            () => {
              localStorage.setItem("notify", "on");
              window.told = [];
              window.titles = [];
              window.Notification = class { static permission = "granted"; constructor(title, options) { window.told.push(`${title}: ${options.body}`); } };
              Object.defineProperty(document, "hidden", { get: () => true });
              new MutationObserver(() => window.titles.push(document.title)).observe(document.head, { childList: true, characterData: true, subtree: true });
            }
            """);

        await page.GetByLabel("Further iterations").FillAsync("200");
        await page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();

        await Assertions.Expect(page.Locator(".facts b")).ToHaveTextAsync("204");
        await Assertions.Expect(page.Locator(".session-head .state")).ToHaveTextAsync("Completed");
        await Assertions.Expect(page).ToHaveTitleAsync("✓ Short");
        Assert.Contains(await page.EvaluateAsync<string[]>("() => window.titles"), title => InPercent().IsMatch(title));
        await Assertions.Expect(page.Locator(".changes li")).ToContainTextAsync("200 more iterations");
        await page.WaitForFunctionAsync("() => window.told.length > 0");
        Assert.Equal("Short: The picture is done.", Assert.Single(await page.EvaluateAsync<string[]>("() => window.told")));
    }

    [GeneratedRegex("/preview/")]
    private static partial Regex Preview();

    [GeneratedRegex(@"^\d+ % · ")]
    private static partial Regex InPercent();
}
