namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>A small session that has run to its end in the shared studio, once for a class that only looks at one.</summary>
public sealed class FinishedSession(StudioBrowser browser)
{
    private Task<Guid>? made;

    /// <summary>After a page was opened, which skips the test where there is no Chromium.</summary>
    public Task<Guid> FindAsync() => made ??= MakeAsync();

    private async Task<Guid> MakeAsync()
    {
        using StudioRuns runs = new(browser.Studio);
        return await runs.FinishAsync("Finished once");
    }
}
