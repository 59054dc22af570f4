using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StyleTransfer.Browser.Tests.Experiments;

namespace StyleTransfer.Browser.Tests;

/// <summary>An experiment from its start to its end, and two of its cells compared.</summary>
public sealed class CompareTests(StudioBrowser browser)
{
    [Fact]
    public async Task Experiment_ThreeByThree_RunsToItsEndAndTwoCellsAreCompared()
    {
        await using StudioPage view = await browser.OpenAsync("/experiments");
        Guid id = await TinyGrid.StartAsync(browser, "Three by three");
        await view.GoAsync($"/experiments/{id}");

        await Assertions.Expect(view.Page.GetByText("9 of 9 cells are done")).ToBeVisibleAsync();
        await Assertions.Expect(view.Page.Locator(".exp-cell canvas")).ToHaveCountAsync(9);
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("experiment");
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Heat map" }).ClickAsync();
        await Assertions.Expect(view.Page.Locator(".exp-heat td button")).ToHaveCountAsync(9);
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Pictures" }).ClickAsync();
        await view.Page.Locator(".exp-tick").Nth(0).CheckAsync();
        await view.Page.Locator(".exp-tick").Nth(8).CheckAsync();
        await view.Page.GetByRole(AriaRole.Link, new() { Name = "Compare 2" }).ClickAsync();

        ILocator panes = view.Page.Locator(".cmp-view[data-drawn]");
        await Assertions.Expect(panes).ToHaveCountAsync(2);
        await Assertions.Expect(view.Page.Locator(".cmp-name")).ToHaveTextAsync(["0.01 · 1", "1 · 3"]);
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("compare");
        await view.Page.Keyboard.PressAsync("2");
        ILocator handle = view.Page.GetByRole(AriaRole.Slider, new() { Name = "Border between the two pictures" });
        await handle.PressAsync("ArrowRight");
        await Assertions.Expect(handle).ToHaveAttributeAsync("aria-valuenow", "52");
        await view.Page.Keyboard.PressAsync("+");
        await Assertions.Expect(view.Page.Locator("[data-cmp=zoom]")).ToHaveTextAsync("140 %");

        ILocator scrub = view.Page.GetByLabel("Moment of all runs");
        await scrub.FillAsync("500");
        await Assertions.Expect(view.Page.Locator("[data-cmp=moment]")).ToHaveTextAsync($"iteration {TinyGrid.Iterations / 2}");
        await view.Page.WaitForURLAsync(url => url.Contains("view=slider") && url.Contains("&t=0.5") && url.Contains("z=1.4"));
        await view.RefreshAsync();
        await Assertions.Expect(view.Page.Locator("[data-cmp=moment]")).ToHaveTextAsync($"iteration {TinyGrid.Iterations / 2}");
        await Assertions.Expect(view.Page.Locator("[data-cmp=zoom]")).ToHaveTextAsync("140 %");
    }

    [Fact]
    public async Task Compare_ResultWithoutSmallCopies_ShowsItsLastFrameMeanwhile()
    {
        await using StudioPage view = await browser.OpenAsync("/experiments");
        using StudioRuns runs = new(browser.Studio);
        Guid session = await runs.FinishAsync("Without copies", iterations: 4);
        string large = await runs.UploadAsync(seed: 8, width: 2048, height: 1536);
        TaskCompletionSource made = new();
        int refused = 0;
        await view.Page.RouteAsync("**/api/v1/comparison?*", async route =>
        {
            JsonNode model = JsonNode.Parse(await (await route.FetchAsync()).TextAsync())!;
            JsonNode only = model["sessions"]![0]!;
            only["standIn"] = only["frames"]!.AsArray()[^1]!.DeepClone();
            only["picture"] = new JsonObject { ["id"] = large, ["width"] = 2048, ["height"] = 1536 };
            await route.FulfillAsync(new() { ContentType = "application/json", Body = model.ToJsonString() });
        });
        await view.Page.RouteAsync($"**/media/{large}/*", async route =>
        {
            await made.Task;
            await (Interlocked.Increment(ref refused) == 1 ? route.AbortAsync() : route.ContinueAsync());
        });

        await view.GoAsync($"/compare?s={session}");

        ILocator pane = view.Page.Locator(".cmp-stage .cmp-view");
        await Assertions.Expect(pane).ToHaveAttributeAsync("data-edge", "96");
        await pane.HoverAsync();
        await view.Page.Keyboard.PressAsync("+");
        await Assertions.Expect(view.Page.Locator("[data-cmp=zoom]")).ToHaveTextAsync("140 %");
        made.SetResult();
        // The first answer breaks off: nobody has to move anything for a second try.
        await Assertions.Expect(pane).ToHaveAttributeAsync("data-edge", new Regex("^(1280|2048)$"));
        view.Errors.Clear();
    }

    [Fact]
    public async Task Compare_UnknownSessions_OffersAWayOn()
    {
        await using StudioPage view = await browser.OpenAsync($"/compare?s={Guid.NewGuid()},{Guid.NewGuid()}");

        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { Name = "These sessions are not here" })).ToBeVisibleAsync();
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Choose sessions" }).First.ClickAsync();
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task NewExperiment_OnAPhone_FitsAndIsAccessible()
    {
        await using StudioPage view = await browser.OpenAsync("/experiments/new", View.Phone with { IsDark = true });

        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "New experiment" })).ToBeVisibleAsync();
        await view.CheckWidthAsync();
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("experiment-new-phone");
    }
}
