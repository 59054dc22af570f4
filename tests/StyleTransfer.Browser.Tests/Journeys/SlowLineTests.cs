using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>A run looked at over a line that cannot carry its previews whole.</summary>
public sealed partial class SlowLineTests(StudioBrowser browser)
{
    private const int Edge = 384;
    private const int SlowBytesASecond = 20_000;
    private const int FastBytesASecond = -1;

    [Fact]
    public async Task Preview_OnASlowLine_IsSmallAsLongAsTheLineIsSlowAndTheRunGoesOn()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        IPage page = view.Page;
        using StudioRuns runs = new(browser.Studio);
        await using LongRun run = await LongRun.StartAsync(runs, Edge);
        await view.GoAsync($"/sessions/{run.Id}");
        ILocator picture = page.Locator(".stage-image");
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", Whole());
        ICDPSession line = await page.Context.NewCDPSessionAsync(page);
        await line.SendAsync("Network.enable");
        List<string> asked = [];
        page.Request += (_, request) => asked.Add(request.Url);

        await LimitAsync(line, SlowBytesASecond);
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", Small());
        await LimitAsync(line, FastBytesASecond);
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", Whole());

        // What stands still is shown whole, however long that takes.
        await LimitAsync(line, SlowBytesASecond);
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", Small());
        Assert.True(await WidthAsync(picture) < Edge);
        await runs.PauseAsync(run.Id);
        await runs.UntilAsync(run.Id, "Paused");
        await Assertions.Expect(picture).ToHaveAttributeAsync("src", Whole());
        Assert.Equal(Edge, await WidthAsync(picture));
        string[] previews = [.. asked.Where(url => url.Contains("/preview/", StringComparison.Ordinal))];
        Assert.Equal(previews.Distinct(), previews);
    }

    private static Task<int> WidthAsync(ILocator picture) => picture.EvaluateAsync<int>("image => image.naturalWidth");

    private static async Task LimitAsync(ICDPSession line, int bytesASecond)
    {
        await line.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
        {
            ["offline"] = false,
            ["latency"] = 0,
            ["downloadThroughput"] = bytesASecond,
            ["uploadThroughput"] = bytesASecond,
        });
    }

    [GeneratedRegex(@"/preview/\d+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"/preview/\d+\?edge=(320|192)$")]
    private static partial Regex Small();
}
