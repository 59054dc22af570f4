using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>Pictures dropped on the window or a picker, pasted, and refused.</summary>
public sealed class BroughtPicturesTests(StudioBrowser browser, FinishedSession finished) : IClassFixture<FinishedSession>
{
    [Fact]
    public async Task Window_OurPictureDropped_OpensItsRecipe()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        IPage page = view.Page;
        using StudioRuns runs = new(browser.Studio);
        Guid id = await finished.FindAsync();
        JsonElement recipe = (await runs.FindAsync(id)).GetProperty("recipe");
        ILocator main = page.Locator("#main");

        // While it hangs over the window, the window says what a drop does.
        await main.DispatchEventAsync("dragenter", new { dataTransfer = await BroughtPictures.TransferAsync(page, [], "picture.png") });
        await Assertions.Expect(page.GetByText("A picture that this studio made opens with its recipe.")).ToBeVisibleAsync();
        await main.DropAsync(await runs.BytesAsync($"/api/v1/sessions/{id}/result"), "Finished.png");
        await page.WaitForURLAsync("**/?recipe=*");
        await Assertions.Expect(page.GetByText("A picture that this studio made opens with its recipe.")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByText("This is the recipe that you dropped.")).ToBeVisibleAsync();
        await Assertions.Expect(ContentOf(page)).ToHaveAttributeAsync("src", $"/media/{recipe.GetProperty("content").GetString()}/640");

        // Started as it is, it is the same recipe.
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/sessions/*");
        JsonElement again = (await runs.FindAsync(Guid.Parse(page.Url[^36..]))).GetProperty("recipe");
        Assert.All(["content", "styles", "objective", "schedule", "optimizer"], part => Assert.Equal(recipe.GetProperty(part).ToString(), again.GetProperty(part).ToString()));
    }

    [Fact]
    public async Task Window_ForeignPictureDropped_BecomesTheContent()
    {
        await using StudioPage view = await browser.OpenAsync("/");
        IPage page = view.Page;
        ILocator style = page.Locator(".style-card").Nth(1);
        await style.ClickAsync();
        await Assertions.Expect(style).ToHaveAttributeAsync("aria-pressed", "true");
        string before = (await ContentOf(page).GetAttributeAsync("src"))!;

        // Beside the pickers of the form: the content, and the style stays.
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).DropAsync(StudioRuns.Picture(80, 60, seed: 20), "Holiday.png");
        await Assertions.Expect(ContentOf(page)).Not.ToHaveAttributeAsync("src", before);
        await Assertions.Expect(style).ToHaveAttributeAsync("aria-pressed", "true");
        string first = (await ContentOf(page).GetAttributeAsync("src"))!;

        // On a page that has no use for it: a new session begins with it.
        await view.GoAsync("/queue");
        await page.Locator("#main").DropAsync(StudioRuns.Picture(80, 60, seed: 22), "Holiday.png");
        await page.WaitForURLAsync("**/?content=*");
        await Assertions.Expect(ContentOf(page)).Not.ToHaveAttributeAsync("src", first);
        Assert.Contains(new Uri(page.Url).Query[9..73], await ContentOf(page).GetAttributeAsync("src"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Picker_PastedPicture_GoesWhereThePointerIs()
    {
        await using StudioPage view = await browser.OpenAsync("/");
        IPage page = view.Page;
        await Assertions.Expect(page.Locator(".style-card").First).ToBeVisibleAsync();
        string before = (await ContentOf(page).GetAttributeAsync("src"))!;

        // Nowhere in particular: the content.
        await page.Mouse.MoveAsync(5, 5);
        await page.PasteAsync(StudioRuns.Picture(80, 60, seed: 24), "Pasted.png");
        await Assertions.Expect(ContentOf(page)).Not.ToHaveAttributeAsync("src", before);
        string content = (await ContentOf(page).GetAttributeAsync("src"))!;

        // Over the picker for a style: a style, chosen at once, and the content stays.
        await page.Locator(".style-drop").HoverAsync();
        await page.PasteAsync(StudioRuns.Picture(80, 60, seed: 25), "Pasted style.png");
        ILocator style = page.Locator(".style-card").Filter(new() { HasText = "Pasted style" });
        await Assertions.Expect(style).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(ContentOf(page)).ToHaveAttributeAsync("src", content);

        // Dropped on a picker, the picker has it, and the window does not open anything.
        await page.Locator(".new-content .picker").DropAsync(StudioRuns.Picture(80, 60, seed: 26), "Dropped.png");
        await Assertions.Expect(ContentOf(page)).Not.ToHaveAttributeAsync("src", content);
        await Assertions.Expect(style).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(page.Locator("#drop-veil")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Refused_FileThatIsNoPicture_SaysWhy()
    {
        await using StudioPage view = await browser.OpenAsync("/");
        IPage page = view.Page;
        string before = (await ContentOf(page).GetAttributeAsync("src"))!;

        await page.Locator(".new-content input[type=file]").SetInputFilesAsync(new FilePayload { Name = "letter.png", MimeType = "image/png", Buffer = BroughtPictures.NoPicture });
        await Assertions.Expect(page.Locator(".new-content .mud-alert")).ToContainTextAsync("not a picture of a known format");
        await page.Locator("#main").DropAsync(BroughtPictures.NoPicture, "letter.png");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "not a picture of a known format" }).And(page.Locator(".drop-notice[role=alert]"))).ToBeVisibleAsync();
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("refused");
        await Assertions.Expect(ContentOf(page)).ToHaveAttributeAsync("src", before);
        await page.Locator(".drop-notice[role=alert]").GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Assertions.Expect(page.Locator(".drop-notice[role=alert]")).ToHaveCountAsync(0);

        // What comes next is taken, and the complaint is gone.
        await page.Locator(".new-content input[type=file]").SetInputFilesAsync(new FilePayload { Name = "picture.png", MimeType = "image/png", Buffer = StudioRuns.Picture(80, 60, seed: 28) });
        await Assertions.Expect(ContentOf(page)).Not.ToHaveAttributeAsync("src", before);
        await Assertions.Expect(page.Locator(".new-content .mud-alert")).ToHaveCountAsync(0);
        // The browser calls the two refusals errors.
        Assert.All(view.Errors, error => Assert.Matches(new Regex("/api/v1/images"), error));
        view.Errors.Clear();
    }

    private static ILocator ContentOf(IPage page) => page.Locator(".new-content .picker > img");
}
