using Microsoft.Playwright;
using StyleTransfer.Core.Art;

namespace StyleTransfer.Browser.Tests.Experiments;

/// <summary>Pages that only sessions bring about: axe finds nothing serious, nothing scrolls sideways, in each of their views.</summary>
public sealed class ExperimentPagesTests(StudioBrowser browser)
{
    private static readonly View[] views = [View.Desktop, View.Phone with { IsDark = true }];

    public static TheoryData<string> Figures => ["1", "4", "5", "6", "7"];

    [Fact]
    public async Task ExperimentAndComparison_EveryView_HasNothingSerious()
    {
        await using (StudioPage started = await browser.OpenAsync("/experiments"))
        {
        }

        Guid id = await TinyGrid.StartAsync(browser, "Looked at");
        foreach (View view in views)
        {
            await using StudioPage page = await browser.OpenAsync($"/experiments/{id}", view);
            await Assertions.Expect(page.Page.GetByText("9 of 9 cells are done")).ToBeVisibleAsync();
            foreach (string way in new[] { "Pictures", "Heat map", "Parallel coordinates" })
            {
                await page.Page.GetByRole(AriaRole.Button, new() { Name = way }).ClickAsync();
                await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = way })).ToHaveAttributeAsync("aria-pressed", "true");
                await page.Page.Locator(".exp-cell canvas, .exp-heat button, .exp-parallel g").First.WaitForAsync();
                await CheckAsync(page, $"experiment-{way}", view);
            }
        }

        Guid[] cells = await TinyGrid.CellsAsync(browser, id);
        foreach (View view in views)
        {
            await using StudioPage page = await browser.OpenAsync($"/compare?s={cells[0]},{cells[4]},{cells[8]}", view);
            await Assertions.Expect(page.Page.Locator(".cmp-view[data-drawn]")).ToHaveCountAsync(3);
            foreach (string way in new[] { "side", "slider", "blink", "difference", "vote" })
            {
                await page.Page.Locator($"button[data-view={way}]").ClickAsync();
                await Assertions.Expect(page.Page.Locator(".page.cmp")).ToHaveAttributeAsync("data-view", way);
                await CheckAsync(page, $"compare-{way}", view);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public async Task LabFigure_WideAndOnAPhone_HasNothingSerious(string key)
    {
        foreach (View view in views)
        {
            await using StudioPage page = await browser.OpenAsync($"/lab/{key}", view);
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await CheckAsync(page, $"lab-{key}", view);
        }
    }

    [Fact]
    public async Task LabFigure7_ReachedFromAnother_BeginsWithAPhotograph()
    {
        await using StudioPage page = await browser.OpenAsync("/lab/4");
        // The scenes are painted after the styles that a test waits for.
        while (await page.Page.Locator(".lab-input").First.Locator(".thumb").CountAsync() < StarterArt.Scenes.Length)
        {
            await page.RefreshAsync();
        }

        ILocator style = page.Page.Locator(".lab-input").Nth(1).Locator("[aria-pressed=true] img");
        string painting = (await style.GetAttributeAsync("alt"))!;

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Figure 7" }).ClickAsync();

        await Assertions.Expect(style).Not.ToHaveAttributeAsync("alt", painting);
        await Assertions.Expect(style).ToHaveAttributeAsync("alt", "Fruit by the Window");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Figure 6" }).ClickAsync();
        await Assertions.Expect(style).ToHaveAttributeAsync("alt", painting);
    }

    private static async Task CheckAsync(StudioPage page, string name, View view)
    {
        await page.CheckAccessibilityAsync();
        await page.CheckWidthAsync();
        await page.ShootAsync($"{name.Replace(' ', '-')}-{view.Width}");
    }
}
