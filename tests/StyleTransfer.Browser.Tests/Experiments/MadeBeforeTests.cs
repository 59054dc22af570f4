using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Experiments;

/// <summary>A figure of the paper that was made twice: the earlier one comes back with its cells and with what it was made of.</summary>
public sealed class MadeBeforeTests(StudioBrowser browser)
{
    [Fact]
    public async Task LabFigure_MadeTwice_TheFormerComesBackWithItsPictures()
    {
        await using StudioPage view = await browser.OpenAsync("/lab/5");
        ILocator scenes = view.Page.Locator(".lab-input").First.Locator(".thumb");
        while (await scenes.CountAsync() < 2)
        {
            await view.RefreshAsync();
        }

        ILocator reproduce = view.Page.GetByRole(AriaRole.Button, new() { Name = "Make this figure" });
        Assert.SkipWhen(await reproduce.IsDisabledAsync(), "No encoder is installed.");
        ILocator former = view.Page.GetByRole(AriaRole.Navigation, new() { Name = "Made before:" });
        ILocator cells = view.Page.Locator(".lab-figure a.lab-picture");
        string first = await MakeAsync(view, scenes.Nth(0), reproduce);
        string[] firstCells = await LinksAsync(cells);
        await Assertions.Expect(former).ToHaveCountAsync(0);
        string second = await MakeAsync(view, scenes.Nth(1), reproduce);

        await Assertions.Expect(former.GetByRole(AriaRole.Link)).ToHaveCountAsync(2);
        await Assertions.Expect(former.Locator("[aria-current=true]")).ToHaveAttributeAsync("href", second);
        await Assertions.Expect(former.GetByRole(AriaRole.Link).Nth(1)).ToHaveAttributeAsync("href", first);
        Assert.Empty(firstCells.Intersect(await LinksAsync(cells)));
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("lab-made-before");

        await former.GetByRole(AriaRole.Link).Nth(1).ClickAsync();

        await view.Page.WaitForURLAsync(new Regex(Regex.Escape(first) + "$"));
        await Assertions.Expect(former.Locator("[aria-current=true]")).ToHaveAttributeAsync("href", first);
        await Assertions.Expect(scenes.Nth(0)).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(scenes.Nth(1)).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.Equal(firstCells, await LinksAsync(cells));
        using StudioRuns runs = new(browser.Studio);
        foreach (string session in firstCells.Concat(await CellsAsync(view, second, cells)))
        {
            await runs.CancelAsync(Guid.Parse(session.Split('/')[^1]));
        }
    }

    // Figures of a second time are told apart by their address.
    private static async Task<string> MakeAsync(StudioPage view, ILocator scene, ILocator reproduce)
    {
        string before = view.Page.Url;
        await scene.ClickAsync();
        await Assertions.Expect(scene).ToHaveAttributeAsync("aria-pressed", "true");
        await reproduce.ClickAsync();
        await view.Page.WaitForURLAsync(url => url != before && url.Contains("?run=", StringComparison.Ordinal));
        await Assertions.Expect(view.Page.Locator(".lab-figure a.lab-picture")).Not.ToHaveCountAsync(0);
        return new Uri(view.Page.Url).PathAndQuery;
    }

    private static async Task<string[]> CellsAsync(StudioPage view, string figure, ILocator cells)
    {
        await view.GoAsync(figure);
        return await LinksAsync(cells);
    }

    private static async Task<string[]> LinksAsync(ILocator cells) => [.. await cells.EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))")];
}
