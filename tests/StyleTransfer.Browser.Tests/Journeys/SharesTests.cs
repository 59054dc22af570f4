using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>The list of what was shared; how a share is made, opened and revoked is told in Sharing.</summary>
public sealed class SharesTests(StudioBrowser browser, FinishedSession finished) : IClassFixture<FinishedSession>
{
    [Fact]
    public async Task Shares_Several_FitAndAreAccessible()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        using StudioRuns runs = new(browser.Studio);
        Guid id = await finished.FindAsync();
        await runs.ShareAsync(id, "For the wall");
        await runs.ShareAsync(id, "A title so long that on a phone it takes several lines, and pushes nothing over the edge");

        await view.GoAsync("/shares");
        await Assertions.Expect(view.Page.GetByText("For the wall")).ToBeVisibleAsync();
        await view.CheckEverywhereAsync("shares-full");
    }
}
