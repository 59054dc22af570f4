using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StyleTransfer.Core.Art;
using StyleTransfer.Tests;

namespace StyleTransfer.Browser.Tests;

/// <summary>From an empty studio to a finished picture, and back through a refresh.</summary>
public sealed partial class FirstLightTests(StudioBrowser browser)
{
    [Fact]
    public async Task EmptyStudio_TwoClicks_MakeAPictureThatARefreshShowsAgain()
    {
        await using StudioProcess studio = await StudioBrowser.StartStudioAsync(TestContext.Current.CancellationToken);
        await using StudioPage view = await browser.OpenAsync(studio, "/");
        IPage page = view.Page;
        await Assertions.Expect(page.Locator(".style-card").First).ToBeVisibleAsync();
        // The others are still to come, and have their places.
        await Assertions.Expect(page.Locator(".style-to-come").First).ToContainTextAsync("being painted");
        await view.ShootAsync("first-start");

        await page.Locator(".style-card").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();

        // It runs: a picture, the iteration that it is of, and curves.
        await page.WaitForURLAsync(SessionAddress());
        ILocator picture = page.GetByRole(AriaRole.Img, new() { NameRegex = PictureName() });
        await Assertions.Expect(picture).ToBeVisibleAsync();
        await view.ShootAsync("first-run");
        ILocator state = page.Locator(".session-head .state");
        await Assertions.Expect(state).ToHaveTextAsync("Completed");
        await Assertions.Expect(page.Locator(".chart .scatterlayer path.js-line").First).ToBeAttachedAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToBeVisibleAsync();
        string iteration = await page.Locator(".facts b").InnerTextAsync();

        await view.RefreshAsync();

        await Assertions.Expect(state).ToHaveTextAsync("Completed");
        await Assertions.Expect(page.Locator(".facts b")).ToHaveTextAsync(iteration);
        await Assertions.Expect(picture).ToHaveJSPropertyAsync("complete", true);
        Assert.True(await picture.EvaluateAsync<int>("image => image.naturalWidth") >= 384, "The result is shown at its own size.");
        await Assertions.Expect(page.Locator(".chart .scatterlayer path.js-line").First).ToBeAttachedAsync();
        await view.CheckAccessibilityAsync();
        await view.ShootAsync("first-result");

        // The page as it comes has its curve, before and without its circuit; with it, one and the same.
        await page.RouteAsync("**/blazor.web.js", route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = "" }));
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".chart .scatterlayer path.js-line").First).ToBeAttachedAsync();
        await page.UnrouteAllAsync();
        await view.RefreshAsync();
        await Assertions.Expect(page.Locator(".chart .scatterlayer path.js-line").First).ToBeAttachedAsync();
        await Assertions.Expect(page.Locator(".chart-plot")).ToHaveCountAsync(1);

        // And the gallery has it.
        await view.GoAsync("/sessions");
        await Assertions.Expect(page.Locator("article.tile").First).ToBeVisibleAsync();
        await view.ShootAsync("first-gallery");

        // By and by every starter style is there, and nothing is announced any more.
        await view.GoAsync("/");
        await Assertions.Expect(page.Locator(".style-card")).ToHaveCountAsync(StarterArt.Styles.Length, new() { Timeout = 90_000 });
        await Assertions.Expect(page.Locator(".style-to-come")).ToHaveCountAsync(0);
    }

    [GeneratedRegex("/sessions/[0-9a-f-]{36}$")]
    private static partial Regex SessionAddress();

    [GeneratedRegex("^The picture of ")]
    private static partial Regex PictureName();
}
