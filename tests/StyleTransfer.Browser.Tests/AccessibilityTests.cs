using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests;

/// <summary>What holds for every page: axe finds nothing serious, nothing scrolls sideways, in light and dark, wide and on a phone.</summary>
public sealed class AccessibilityTests(StudioBrowser browser)
{
    public static TheoryData<string> Routes => ["/", "/sessions", "/styles", "/queue", "/encoders", "/experiments", "/lab", "/shares", "/not-found"];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Page_WideAndLight_HasNothingSerious(string route) => await CheckAsync(route, View.Desktop);

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Page_PhoneAndDark_HasNothingSerious(string route) => await CheckAsync(route, View.Phone with { IsDark = true });

    [Fact]
    public async Task Language_Korean_IsSpokenAndKept()
    {
        await using StudioPage view = await browser.OpenAsync("/sessions?sort=oldest");

        await view.Page.GetByRole(AriaRole.Link, new() { Name = "한국어" }).First.ClickAsync();

        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("세션");
        await Assertions.Expect(view.Page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
        Assert.EndsWith("/sessions?sort=oldest", view.Page.Url, StringComparison.Ordinal);
        await view.GoAsync("/styles");
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("스타일");
    }

    [Fact]
    public async Task Keys_GoToAPlaceAndShowTheSheet()
    {
        await using StudioPage view = await browser.OpenAsync("/");

        await view.Page.Keyboard.PressAsync("?");
        ILocator sheet = view.Page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });
        await Assertions.Expect(sheet).ToBeVisibleAsync();
        await view.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(sheet).ToBeHiddenAsync();
        await view.Page.Keyboard.PressAsync("g");
        await view.Page.Keyboard.PressAsync("s");
        await view.Page.WaitForURLAsync("**/sessions");
        // The place has arrived when its heading has the focus.
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Sessions" })).ToBeFocusedAsync();
        await view.Page.Keyboard.PressAsync("/");
        await Assertions.Expect(view.Page.GetByLabel("Search sessions")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Circuit_LostAndFound_GoesOnWhereItWas()
    {
        await using StudioPage view = await browser.OpenAsync("/styles");
        await view.Page.GetByLabel("Search styles").FillAsync("wheat");
        await view.Page.WaitForURLAsync("**/styles?q=wheat");
        await view.Page.EvaluateAsync("() => { window.reconnects = []; document.getElementById('components-reconnect-modal').addEventListener('components-reconnect-state-changed', (e) => window.reconnects.push(e.detail.state)); window.before = true; }");

        await view.Page.EvaluateAsync("() => Blazor._internal.forceCloseConnection()");
        await view.Page.WaitForFunctionAsync("() => window.reconnects?.includes('hide')");

        // The same page, not a fresh one; and it is alive.
        Assert.True(await view.Page.EvaluateAsync<bool>("() => window.before === true"));
        await view.Page.GetByLabel("Search styles").FillAsync("night");
        await view.Page.WaitForURLAsync("**/styles?q=night");
        view.Errors.Clear();
    }

    private async Task CheckAsync(string route, View view)
    {
        await using StudioPage page = await browser.OpenAsync(route, view);
        // The page for what is not there says so with its status, and the browser calls that an error.
        page.Errors.Clear();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await page.CheckAccessibilityAsync();
        await page.CheckWidthAsync();
        await page.ShootAsync($"{(route == "/" ? "new" : route[1..])}-{view.Width}-{(view.IsDark ? "dark" : "light")}");
    }
}
