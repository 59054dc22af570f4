using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>Sessions found again, and several treated at once.</summary>
public sealed class SessionsGalleryTests(StudioBrowser browser)
{
    [Fact]
    public async Task Sessions_SearchedSelectedTaggedTakenAlongDeleted_ComeBackByUndo()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        IPage page = view.Page;
        using StudioRuns runs = new(browser.Studio);
        string content = await runs.UploadAsync(seed: 40);
        string style = await runs.UploadAsync(seed: 41);
        foreach (string title in (string[])["Lighthouse one", "Lighthouse two", "Meadow"])
        {
            await runs.UntilAsync(await runs.QueueAsync(title, content, style, iterations: 3), "Completed");
        }

        // Found while one types, by words and by what the recipe says; the address says the same.
        await view.GoAsync("/sessions");
        ILocator tiles = page.Locator("article.tile");
        ILocator search = page.GetByLabel("Search sessions");
        await search.PressSequentiallyAsync("lighthouse");
        await page.WaitForURLAsync("**/sessions?q=lighthouse");
        await Assertions.Expect(tiles).ToHaveCountAsync(2);
        await search.FillAsync("lighthouse size:96 iterations:>5");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing found" })).ToBeVisibleAsync();
        await search.FillAsync("lighthouse size:96");
        await Assertions.Expect(tiles).ToHaveCountAsync(2);

        // From the results to one of them, and back to the results.
        await tiles.Nth(1).Locator(".card-picture").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Lighthouse one" })).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Assertions.Expect(search).ToHaveValueAsync("lighthouse size:96");
        await Assertions.Expect(tiles).ToHaveCountAsync(2);

        // Both, by the keyboard, once the gallery's script hears it.
        await Assertions.Expect(page.Locator(".gallery")).ToHaveAttributeAsync("style", new Regex("--row"));
        await tiles.Nth(0).Locator(".card-picture").FocusAsync();
        await page.Keyboard.PressAsync("x");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("x");
        ILocator bar = page.GetByRole(AriaRole.Region, new() { Name = "Selection" });
        await Assertions.Expect(bar).ToContainTextAsync("2 selected");
        await view.CheckEverywhereAsync("sessions-selected");

        await bar.GetByRole(AriaRole.Button, new() { Name = "Tag", Exact = true }).ClickAsync();
        await bar.GetByLabel("Tags to add, with commas").FillAsync("pier, evening");
        await bar.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Assertions.Expect(page.Locator(".tile .tags a")).ToHaveTextAsync(["pier", "evening", "pier", "evening"]);
        // On a phone, too, one can go on with them while the notice offers to undo it.
        await page.SetViewportSizeAsync(View.Phone.Width, View.Phone.Height);
        ILocator notice = page.Locator(".mud-snackbar").Filter(new() { HasText = "Undo" });
        await Assertions.Expect(notice).ToBeVisibleAsync();
        await StudioPage.CheckUncoveredAsync(notice, ".selection-bar button, .shell-nav .nav-place");
        await view.ShootAsync("phone-tagged");
        await page.SetViewportSizeAsync(View.Desktop.Width, View.Desktop.Height);

        // Taken along: each with its picture and its recipe, the common inputs once.
        IDownload download = await page.RunAndWaitForDownloadAsync(() => bar.GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync());
        await using (ZipArchive zip = await ZipFile.OpenReadAsync(await download.PathAsync(), TestContext.Current.CancellationToken))
        {
            string[] names = [.. zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal)];
            string[] inputs = [.. new[] { $"inputs/{content}.png", $"inputs/{style}.png" }.Order(StringComparer.Ordinal)];
            Assert.Equal(["Lighthouse one/recipe.json", "Lighthouse one/result.png", "Lighthouse two/recipe.json", "Lighthouse two/result.png", .. inputs], names);
        }

        // Deleted both, and back by one press.
        await bar.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(tiles).ToHaveCountAsync(0);
        // The tags' undo may be there still.
        await page.Locator(".mud-snackbar").Filter(new() { HasText = "deleted" }).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(tiles).ToHaveCountAsync(2);
        await view.GoAsync("/sessions?q=tag:pier");
        await Assertions.Expect(tiles).ToHaveCountAsync(2);
    }
}
