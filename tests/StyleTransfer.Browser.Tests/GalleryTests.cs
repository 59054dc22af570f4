using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests;

/// <summary>Finding again, and regions painted by hand.</summary>
public sealed class GalleryTests(StudioBrowser browser)
{
    [Fact]
    public async Task Styles_SearchEditDeleteUndo_KeepTheGallery()
    {
        await using StudioPage view = await browser.OpenAsync("/styles?q=carved");
        ILocator cards = view.Page.Locator("article.card");
        await Assertions.Expect(cards).ToHaveCountAsync(1);

        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Delete Carved Sea" }).ClickAsync();
        await Assertions.Expect(cards).ToHaveCountAsync(0);
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Assertions.Expect(cards).ToHaveCountAsync(1);
        await view.RefreshAsync();
        await Assertions.Expect(cards).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Masks_PaintedOnTheCanvas_BecomeRegions()
    {
        await using StudioPage view = await browser.OpenAsync("/");
        ILocator styles = view.Page.Locator(".style-card");
        await styles.Nth(0).ClickAsync();
        await styles.Nth(1).ClickAsync(new() { Modifiers = [KeyboardModifier.Control] });
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Paint regions" }).ClickAsync();
        ILocator editor = view.Page.GetByRole(AriaRole.Dialog, new() { Name = "Regions" });
        ILocator canvas = editor.Locator("canvas");
        LocatorBoundingBoxResult box = (await canvas.BoundingBoxAsync())!;

        // A stroke across the middle for the first region, the rest for the second.
        await Assertions.Expect(editor.GetByRole(AriaRole.Button, new() { Name = "Paint Region 1" })).ToBeVisibleAsync();
        await view.Page.Mouse.MoveAsync(box.X + (box.Width * 0.35f), box.Y + (box.Height / 2));
        await view.Page.Mouse.DownAsync();
        await view.Page.Mouse.MoveAsync(box.X + (box.Width * 0.65f), box.Y + (box.Height / 2), new() { Steps = 6 });
        await view.Page.Mouse.UpAsync();
        await Assertions.Expect(editor.GetByRole(AriaRole.Button, new() { Name = "Undo" })).ToBeEnabledAsync();
        await editor.GetByRole(AriaRole.Button, new() { Name = "Paint Region 2" }).ClickAsync();
        await editor.GetByRole(AriaRole.Button, new() { Name = "Fill the rest" }).ClickAsync();
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("masks");
        await editor.GetByRole(AriaRole.Button, new() { Name = "Use these regions" }).ClickAsync();

        await Assertions.Expect(view.Page.Locator(".regions-list li")).ToHaveCountAsync(2);
    }
}
