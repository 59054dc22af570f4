using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Experiments;

/// <summary>The whole way: a grid runs to its end, two of its cells are compared, shared, seen by somebody else, and gone.</summary>
public sealed partial class ExperimentJourneyTests(StudioBrowser browser)
{
    [Fact]
    public async Task Experiment_RunComparedSharedRevoked_IsGone()
    {
        await using StudioPage owner = await browser.OpenAsync("/experiments");
        IPage page = owner.Page;
        Guid id = await TinyGrid.StartAsync(browser, "The whole way");
        await owner.GoAsync($"/experiments/{id}");
        await Assertions.Expect(page.GetByText("9 of 9 cells are done")).ToBeVisibleAsync();

        // A cell of the heat map and a line of the parallel coordinates: chosen in one view, they are in the others.
        await page.GetByRole(AriaRole.Button, new() { Name = "Heat map" }).ClickAsync();
        ILocator hot = page.Locator(".exp-heat td button");
        await Assertions.Expect(hot).ToHaveCountAsync(9);
        await hot.First.ClickAsync();
        await Assertions.Expect(hot.First).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Parallel coordinates" }).ClickAsync();
        ILocator line = page.GetByRole(AriaRole.Button, new() { Name = "content weight 1, seed 3" });
        await line.PressAsync("Enter");
        await Assertions.Expect(line).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pictures" }).ClickAsync();
        await Assertions.Expect(page.Locator(".exp-tick:checked")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare 2" }).ClickAsync();

        await Assertions.Expect(page.Locator(".cmp-view[data-drawn]")).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("2");
        ILocator handle = page.GetByRole(AriaRole.Slider, new() { Name = "Border between the two pictures" });
        await handle.PressAsync("ArrowRight");
        await Assertions.Expect(handle).ToHaveAttributeAsync("aria-valuenow", "52");
        await page.Keyboard.PressAsync("+");
        await Assertions.Expect(page.Locator("[data-cmp=zoom]")).ToHaveTextAsync("140 %");
        await page.GetByLabel("Moment of all runs").FillAsync("500");
        await Assertions.Expect(page.Locator("[data-cmp=moment]")).ToHaveTextAsync($"iteration {TinyGrid.Iterations / 2}");
        await owner.ShootAsync("journey-slider");

        await page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Title" }).FillAsync("Corner to corner");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        ILocator link = dialog.GetByLabel("Link", new() { Exact = true });
        await Assertions.Expect(link).ToHaveValueAsync(Token());
        string address = await link.InputValueAsync();

        await using IBrowserContext clean = await page.Context.Browser!.NewContextAsync(new() { Locale = "en-US", ReducedMotion = ReducedMotion.Reduce });
        IPage guest = await clean.NewPageAsync();
        await guest.GotoAsync(address);
        await Assertions.Expect(guest.GetByRole(AriaRole.Heading, new() { Name = "Corner to corner" })).ToBeVisibleAsync();
        await Assertions.Expect(guest.Locator("article .stage")).ToHaveCountAsync(2);
        string picture = (await guest.Locator("article .stage > img").First.GetAttributeAsync("src"))!;

        await owner.GoAsync("/shares");
        ILocator shared = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Corner to corner" });
        await shared.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(shared.GetByText("revoked", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(404, (await guest.ReloadAsync())!.Status);
        Assert.Equal(404, (await guest.APIRequest.GetAsync(new Uri(new Uri(address), picture).ToString())).Status);
    }

    [GeneratedRegex("/s/[A-Za-z0-9_-]{43}$")]
    private static partial Regex Token();
}
