using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>The picture of a session looked at closely, and its way there looked at again.</summary>
public sealed partial class PreviewTests(StudioBrowser browser, FinishedSession finished) : IClassFixture<FinishedSession>
{
    [Fact]
    public async Task Preview_WheelKeysAndPinch_ZoomWhereTheyPoint()
    {
        await using StudioPage view = await OpenAsync();
        IPage page = view.Page;
        ILocator stage = page.Locator(".stage");
        await Assertions.Expect(stage).ToHaveAttributeAsync("data-zoom", "1.00");
        LocatorBoundingBoxResult box = (await stage.BoundingBoxAsync())!;

        // What is under the pointer stays under it.
        float x = box.X + (box.Width / 4);
        float y = box.Y + (box.Height / 4);
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.WheelAsync(0, -120);
        await Assertions.Expect(stage).ToHaveAttributeAsync("data-zoom", "1.33");
        (double left, double top, double zoom) = await PlaceAsync(page);
        Assert.Equal(box.Width / 4, left + (box.Width / 4 * zoom), 1.5);
        Assert.Equal(box.Height / 4, top + (box.Height / 4 * zoom), 1.5);

        // By the keyboard: in, to the side, and all of it again.
        await stage.FocusAsync();
        await page.Keyboard.PressAsync("+");
        await Assertions.Expect(stage).ToHaveAttributeAsync("data-zoom", "2.00");
        double before = (await PlaceAsync(page)).Left;
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal(before - 80, (await PlaceAsync(page)).Left, 1.5);
        await page.Keyboard.PressAsync("0");
        await Assertions.Expect(stage).ToHaveAttributeAsync("data-zoom", "1.00");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pixel for pixel" }).ClickAsync();
        await Assertions.Expect(stage).ToHaveAttributeAsync("data-zoom", "1.00");

        // Two fingers that part.
        ICDPSession touch = await page.Context.NewCDPSessionAsync(page);
        await TouchAsync(touch, "touchStart", box, 0.45, 0.55);
        await TouchAsync(touch, "touchMove", box, 0.40, 0.60);
        await TouchAsync(touch, "touchMove", box, 0.30, 0.70);
        await TouchAsync(touch, "touchEnd", box);
        await Assertions.Expect(stage).ToHaveAttributeAsync("data-zoom", TwoToFour());
        (left, top, zoom) = await PlaceAsync(page);
        Assert.Equal(box.Width / 2, left + (box.Width / 2 * zoom), 3.0);
    }

    [Fact]
    public async Task Preview_WhereTheStyleIsFar_LiesOverThePicture()
    {
        await using StudioPage view = await OpenAsync();
        ILocator map = view.Page.GetByRole(AriaRole.Img, new() { Name = "Bright where the style is still far" });
        ILocator button = view.Page.GetByRole(AriaRole.Button, new() { Name = "Where the style is still far" });

        await button.ClickAsync();
        await Assertions.Expect(map).ToBeVisibleAsync();
        await Assertions.Expect(map).ToHaveJSPropertyAsync("complete", true);
        Assert.True(await map.EvaluateAsync<int>("image => image.naturalWidth") > 0);
        Assert.True(await map.EvaluateAsync<bool>("map => { const box = map.getBoundingClientRect(); return map.parentElement.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) && +getComputedStyle(map).zIndex > 0; }"));
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        await view.ShootAsync("session-distance");
        await button.ClickAsync();
        await Assertions.Expect(map).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Timeline_ByKeyboardAndPlayed_MovesPictureAndMarkerTogether()
    {
        await using StudioPage view = await OpenAsync();
        IPage page = view.Page;
        ILocator picture = page.Locator(".stage-image");
        ILocator marker = page.Locator(".curve-marker");
        ILocator timeline = page.GetByRole(AriaRole.Slider, new() { Name = "Timeline" });
        await Assertions.Expect(timeline).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".chart .scatterlayer path.js-line").First).ToBeAttachedAsync();
        string result = (await picture.GetAttributeAsync("src"))!;
        await page.Locator(".stage").FocusAsync();
        await page.Keyboard.PressAsync("+");

        // From the first frame some further: picture, words and marker go along, and the place in the picture stays.
        using StudioRuns runs = new(browser.Studio);
        (int Iteration, string Url)[] frames = await runs.FramesAsync(await finished.FindAsync());
        Assert.NotEqual(frames[0].Url, frames[4].Url);
        await timeline.PressAsync("Home");
        await Assertions.Expect(page.Locator(".timeline output")).ToHaveTextAsync($"iteration {frames[0].Iteration}");
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", frames[0].Url);
        await Assertions.Expect(marker).ToBeVisibleAsync();
        double at = await LeftAsync(marker);
        for (int step = 0; step < 4; step++)
        {
            await timeline.PressAsync("ArrowRight");
        }

        await Assertions.Expect(timeline).ToHaveAttributeAsync("aria-valuetext", $"iteration {frames[4].Iteration}");
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", frames[4].Url);
        Assert.True(await LeftAsync(marker) > at, "The marker goes to the right.");
        await Assertions.Expect(page.Locator(".stage")).ToHaveAttributeAsync("data-zoom", "1.50");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Fork from here" })).ToHaveAttributeAsync("href", new Regex($"[&?]at={frames[4].Iteration}$"));

        // Played from there, it comes to its end and shows the result again.
        await page.EvaluateAsync("() => { window.seen = new Set(); new MutationObserver(() => window.seen.add(document.querySelector('.timeline output').textContent)).observe(document.querySelector('.timeline output'), { childList: true }); }");
        ILocator play = page.Locator(".timeline-play");
        await play.ClickAsync();
        await Assertions.Expect(play).ToHaveAttributeAsync("aria-label", "Play as a time-lapse");
        await Assertions.Expect(page.Locator(".timeline output")).ToHaveTextAsync("newest");
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", result);
        await Assertions.Expect(marker).ToBeHiddenAsync();
        string[] seen = await page.EvaluateAsync<string[]>("() => [...window.seen]");
        Assert.True(seen.Length > 5, $"It showed {string.Join(", ", seen)}.");

        // It stops where somebody stops it.
        await play.ClickAsync();
        await Assertions.Expect(play).ToHaveAttributeAsync("aria-label", "Stop");
        await play.ClickAsync();
        await Assertions.Expect(play).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [Fact]
    public async Task Session_Finished_IsAccessibleAtEveryWidth()
    {
        await using StudioPage view = await OpenAsync();
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Slider, new() { Name = "Timeline" })).ToBeVisibleAsync();
        await view.CheckEverywhereAsync("session-finished");
    }

    [Fact]
    public async Task Notes_RatingFavouriteTags_SurviveAReload()
    {
        await using StudioPage view = await OpenAsync();
        IPage page = view.Page;
        ILocator stars = page.GetByRole(AriaRole.Radio, new() { Name = "4 of 5" });
        ILocator favourite = page.GetByRole(AriaRole.Button, new() { Name = "Favourite" });

        await stars.ClickAsync();
        await Assertions.Expect(stars).ToBeCheckedAsync();
        await favourite.ClickAsync();
        await Assertions.Expect(favourite).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByLabel("Tags").FillAsync("poster, for the wall");
        await page.GetByLabel("Tags").PressAsync("Tab");
        await page.GetByLabel("Note", new() { Exact = true }).FillAsync("The sky is right.");
        await page.GetByLabel("Note", new() { Exact = true }).PressAsync("Tab");
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Finished and named");
        await page.GetByLabel("Title", new() { Exact = true }).PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Finished and named" })).ToBeVisibleAsync();
        await view.RefreshAsync();

        await Assertions.Expect(stars).ToBeCheckedAsync();
        await Assertions.Expect(favourite).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(page.GetByLabel("Tags")).ToHaveValueAsync("poster, for the wall");
        await Assertions.Expect(page.GetByLabel("Note", new() { Exact = true })).ToHaveValueAsync("The sky is right.");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Finished and named");

        // The same star again takes the rating back.
        await stars.ClickAsync();
        await Assertions.Expect(stars).Not.ToBeCheckedAsync();
    }

    [Fact]
    public async Task Note_TypedLast_IsKeptAndTheNextPageOpens()
    {
        await using StudioPage view = await OpenAsync();
        IPage page = view.Page;
        string session = page.Url;
        await page.GetByLabel("Note", new() { Exact = true }).FillAsync("Gone before it was said.");

        await page.GetByRole(AriaRole.Link, new() { Name = "Queue" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Queue" })).ToBeVisibleAsync();
        await page.GoBackAsync();

        await page.WaitForURLAsync(session);
        await Assertions.Expect(page.GetByLabel("Note", new() { Exact = true })).ToHaveValueAsync("Gone before it was said.");
    }

    private static async Task<(double Left, double Top, double Zoom)> PlaceAsync(IPage page)
    {
        // Where it glides to, not where it is on the way.
        double[] place = await page.Locator(".stage-layer").EvaluateAsync<double[]>("layer => layer.style.transform.match(/-?[\\d.]+(e-?\\d+)?/g).map(Number)");
        return (place[0], place[1], place[2]);
    }

    private static Task<double> LeftAsync(ILocator marker) => marker.EvaluateAsync<double>("marker => parseFloat(marker.style.left)");

    private static async Task TouchAsync(ICDPSession touch, string type, LocatorBoundingBoxResult box, params double[] across) => await touch.SendAsync("Input.dispatchTouchEvent", new()
    {
        ["type"] = type,
        ["touchPoints"] = across.Select((part, index) => new Dictionary<string, object> { ["x"] = box.X + (box.Width * part), ["y"] = box.Y + (box.Height / 2), ["id"] = index }).ToArray(),
    });

    private async Task<StudioPage> OpenAsync()
    {
        StudioPage view = await browser.OpenAsync("/queue");
        await view.GoAsync($"/sessions/{await finished.FindAsync()}");
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToBeVisibleAsync();
        return view;
    }

    [GeneratedRegex(@"^[2-4]\.\d\d$")]
    private static partial Regex TwoToFour();
}
