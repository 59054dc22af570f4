using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Browser.Tests;

/// <summary>A session as somebody makes it, watches it, steers it, forks it and looks back.</summary>
public sealed partial class SessionJourneyTests(StudioBrowser browser)
{
    [Fact]
    public async Task Session_StartedSteeredForked_ShowsItsFamily()
    {
        // Long enough to be still running whatever happens on the page, short enough for a frame every few iterations; cancelled below.
        await using StudioPage view = await browser.OpenAsync("/?size=128&firstIterations=4000");
        IPage page = view.Page;
        await page.Locator(".style-card").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(SessionAddress());
        string first = page.Url;

        // It runs: the picture is there, and a steered weight is in the recipe.
        await Assertions.Expect(page.Locator(".stage-layer img")).ToBeVisibleAsync();
        await page.GetByLabel("Style weight").FillAsync("1");
        await Assertions.Expect(page.Locator(".changes li")).ToContainTextAsync("style weight");

        // The timeline: a scrubbed frame can be forked.
        ILocator timeline = page.GetByRole(AriaRole.Slider, new() { Name = "Timeline" });
        await Assertions.Expect(timeline).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(page.Locator(".session-head .state")).ToContainTextAsync(Ended());
        await timeline.FillAsync("0");
        await Assertions.Expect(page.Locator(".timeline output")).ToContainTextAsync("iteration");
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("session-cancelled");
        await page.GetByRole(AriaRole.Link, new() { Name = "Fork from here" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => url != first && SessionAddress().IsMatch(url));
        await Assertions.Expect(page.Locator(".family li")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        // From relative to relative: each shows its own picture, an earlier frame while somebody looks at it, and then its result again.
        ILocator stage = page.Locator(".stage-image");
        await Assertions.Expect(page.Locator(".session-head .state")).ToContainTextAsync(Ended());
        string? ofFork = await stage.GetAttributeAsync("src");
        await page.Locator($".family a[href='{new Uri(first).AbsolutePath}']").ClickAsync();
        await page.WaitForURLAsync(first);
        await Assertions.Expect(stage).Not.ToHaveAttributeAsync("src", ofFork ?? "");
        string result = (await stage.GetAttributeAsync("src"))!;
        await Assertions.Expect(timeline).ToBeVisibleAsync();
        await timeline.FillAsync("0");
        await Assertions.Expect(stage).Not.ToHaveAttributeAsync("src", result);
        await page.GetByRole(AriaRole.Button, new() { Name = "Newest" }).ClickAsync();
        await Assertions.Expect(stage).ToHaveAttributeAsync("src", result);
    }

    [Fact]
    public async Task NewSession_Changes_AreInTheAddressAndSurviveAReload()
    {
        await using StudioPage view = await browser.OpenAsync("/");
        await view.Page.GetByLabel("Size", new() { Exact = false }).First.FillAsync("256");
        await view.Page.WaitForURLAsync(url => url.Contains("size=256"));
        await view.RefreshAsync();

        await Assertions.Expect(view.Page.Locator("#size")).ToHaveValueAsync("256");
        await view.CheckAccessibilityAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/queue")]
    public async Task Page_OnAPhoneInTheDark_FitsAndIsAccessible(string path)
    {
        await using StudioPage view = await browser.OpenAsync(path, View.Phone with { IsDark = true });

        await view.CheckWidthAsync();
        await view.CheckAccessibilityAsync();
        await view.ShootAsync($"phone-dark{path.Replace('/', '-')}");
    }

    [Fact]
    public async Task Queue_ByKeyboard_IsReordered()
    {
        // Its only worker finds no device: what is queued stays queued.
        await using StudioProcess studio = await StudioProcess.StartAsync(TestContext.Current.CancellationToken, "--Worker:Devices:0", "cuda:99");
        using StudioRuns runs = new(studio);
        string picture = await runs.UploadAsync(seed: 1);
        await runs.QueueAsync("First", picture, picture, iterations: 4);
        await runs.QueueAsync("Second", picture, picture, iterations: 4);
        await using StudioPage view = await browser.OpenAsync(studio, "/queue");
        IPage page = view.Page;
        ILocator waiting = page.Locator(".queue li[data-movable]");
        await Assertions.Expect(waiting).ToHaveCountAsync(2);
        string last = (await waiting.Nth(1).GetAttributeAsync("data-id"))!;

        await waiting.Nth(1).Locator(".drag").PressAsync("ArrowUp");

        await Assertions.Expect(waiting.First).ToHaveAttributeAsync("data-id", last);
        await view.CheckAccessibilityAsync();
    }

    [GeneratedRegex("/sessions/[0-9a-f-]{36}$")]
    private static partial Regex SessionAddress();

    [GeneratedRegex("Cancelled|Completed")]
    private static partial Regex Ended();
}
