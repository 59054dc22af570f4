using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>What holds on every page: the theme that was chosen, little motion for who wants little, a studio that was started again.</summary>
public sealed partial class EverydayTests(StudioBrowser browser)
{
    [Fact]
    public async Task Theme_Chosen_SurvivesAReloadAndFollowsTheSystemAgain()
    {
        await using StudioPage view = await browser.OpenAsync("/styles");
        IPage page = view.Page;
        ILocator theme = page.Locator(".nav-foot .theme-switch");
        await Assertions.Expect(theme).ToHaveTextAsync("System");

        // System, light, dark.
        await theme.ClickAsync();
        await Assertions.Expect(theme).ToHaveTextAsync("Light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await theme.ClickAsync();
        await Assertions.Expect(theme).ToHaveTextAsync("Dark");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await ExpectDarkAsync(page);

        // Dark from the server's first byte, without a script.
        IAPIResponse bare = await page.Context.APIRequest.GetAsync(page.Url);
        Assert.Contains("class=\"dark-early\"", await bare.TextAsync(), StringComparison.Ordinal);
        await view.RefreshAsync();
        await Assertions.Expect(theme).ToHaveTextAsync("Dark");
        await ExpectDarkAsync(page);

        // By the system again: it changes with it, at once.
        await page.Keyboard.PressAsync("d");
        await Assertions.Expect(theme).ToHaveTextAsync("System");
        await Assertions.Expect(page.Locator("html")).Not.ToHaveClassAsync(DarkEarly());
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await ExpectDarkAsync(page);
    }

    [Fact]
    public async Task Theme_ClickedManyTimesAtOnce_IsTheLastOne()
    {
        await using StudioPage view = await browser.OpenAsync("/styles", View.Desktop with { IsDark = true });
        IPage page = view.Page;
        ILocator theme = page.Locator(".nav-foot .theme-switch");
        await ExpectDarkAsync(page);

        // Three make the round; the system is dark, and the seventh click says light.
        await theme.EvaluateAsync("button => { for (let i = 0; i < 7; i++) button.click(); }");

        await Assertions.Expect(theme).ToHaveTextAsync("Light");
        await Assertions.Expect(page.Locator("html")).Not.ToHaveClassAsync(DarkEarly());
        await page.WaitForFunctionAsync("() => localStorage.getItem('theme') === 'light' && document.cookie.includes('dark=0')");
        await view.RefreshAsync();
        await Assertions.Expect(theme).ToHaveTextAsync("Light");
        await Assertions.Expect(page.Locator("html")).Not.ToHaveClassAsync(DarkEarly());
    }

    [Fact]
    public async Task Motion_LittleWanted_NothingMoves()
    {
        await using StudioPage view = await browser.OpenAsync("/");
        IPage page = view.Page;
        const string Moving = """
            () => [...document.querySelectorAll("*")].filter((element) => {
              const style = getComputedStyle(element);
              return style.animationName !== "none" || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0);
            }).length
            """;

        Assert.Equal(0, await page.EvaluateAsync<int>(Moving));
        // Where it is welcome, there is some.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.NoPreference });
        Assert.NotEqual(0, await page.EvaluateAsync<int>(Moving));
    }

    [Fact]
    public async Task NewSession_OnEveryWidth_ShowsStylesSideBySide()
    {
        await using StudioPage view = await browser.OpenAsync("/");
        IPage page = view.Page;
        await Assertions.Expect(page.Locator(".style-card").Nth(1)).ToBeVisibleAsync();

        await view.CheckEverywhereAsync("new");
        foreach (int width in (int[])[390, 768, 820, 1024, 1440])
        {
            await page.SetViewportSizeAsync(width, 900);
            // Both from one layout: a picture that comes between two readings moves the second.
            bool isBeside = await page.Locator(".style-card").EvaluateAllAsync<bool>(
                "cards => { const [first, second] = cards.map((card) => card.getBoundingClientRect()); return first.y === second.y && second.x > first.x; }");
            Assert.True(isBeside, $"At {width} the styles lie one below the other.");
        }
    }

    [Theory]
    [InlineData("/encoders")]
    [InlineData("/shares")]
    [InlineData("/styles")]
    public async Task Page_OnATablet_FitsAndIsAccessible(string route)
    {
        await using StudioPage view = await browser.OpenAsync(route, new View(820, 1180));
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();

        await view.CheckWidthAsync();
        await view.CheckAccessibilityAsync();
        await view.ShootAsync($"{route[1..]}-820");
    }

    [Fact]
    public async Task Studio_StartedAgain_ThePageComesBackByItself()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        // The same address after the start, as a studio that somebody uses has.
        await using StudioProcess studio = await StudioProcess.StartAsync(token, "--urls", $"http://127.0.0.1:{FreePort()}");
        await using StudioPage view = await browser.OpenAsync(studio, "/sessions");
        IPage page = view.Page;
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No sessions yet" })).ToBeVisibleAsync();
        await view.CheckEverywhereAsync("sessions-empty");
        await page.GetByLabel("Search sessions").FillAsync("harbour");
        await page.WaitForURLAsync("**/sessions?q=harbour");
        await page.EvaluateAsync("() => { window.before = true; }");

        studio.Kill();
        // It says so, stays readable, and takes no clicks that would be lost.
        await Assertions.Expect(page.Locator("#components-reconnect-modal .reconnect-box")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".shell[inert]")).ToBeVisibleAsync();
        LocatorBoundingBoxResult notice = (await page.Locator("#components-reconnect-modal .reconnect-box").BoundingBoxAsync())!;
        Assert.InRange(notice.Height, 20, 80);
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("reconnecting");
        await studio.StartAgainAsync(token);

        await page.WaitForFunctionAsync("() => !window.before && 'alive' in document.documentElement.dataset");
        Assert.EndsWith("/sessions?q=harbour", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.Locator("#components-reconnect-modal .reconnect-box")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByLabel("Search sessions")).ToHaveValueAsync("harbour");
        await page.GetByLabel("Search sessions").FillAsync("meadow");
        await page.WaitForURLAsync("**/sessions?q=meadow");
        // What the browser said about a server that did not answer.
        view.Errors.Clear();
    }

    private static async Task ExpectDarkAsync(IPage page)
    {
        await Assertions.Expect(page.Locator("html")).ToHaveClassAsync(DarkEarly());
        await page.WaitForFunctionAsync("() => getComputedStyle(document.querySelector('.shell')).backgroundColor.match(/\\d+/g).slice(0, 3).every((value) => value < 60)");
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"\bdark-early\b")]
    private static partial Regex DarkEarly();
}
