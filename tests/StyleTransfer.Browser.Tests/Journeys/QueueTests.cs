using Microsoft.Playwright;
using StyleTransfer.Core.Storage;
using StyleTransfer.Tests;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>A queue that is paused, put in order, edited, and let run; what fails is set aside and tried again.</summary>
public sealed class QueueTests(StudioBrowser browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_RunNowOnAPhoneInAPausedQueue_SaysWhyNothingBeginsAndLetsItRun()
    {
        await using StudioProcess studio = await StudioProcess.StartAsync(Token);
        await using StudioPage view = await browser.OpenAsync(studio, "/queue", View.Phone);
        IPage page = view.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause the queue" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The queue is paused")).ToBeVisibleAsync();
        using StudioRuns runs = new(studio);
        Guid waiting = await runs.QueueAsync("Waiting", await runs.UploadAsync(seed: 2), await runs.UploadAsync(seed: 3), 4);
        await view.GoAsync($"/sessions/{waiting}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();

        ILocator notice = page.Locator(".mud-snackbar");
        await Assertions.Expect(notice).ToContainTextAsync("The queue is paused");
        await view.ShootAsync("phone-notice");
        await StudioPage.CheckUncoveredAsync(notice, ".session-head .mud-button-root, .shell-nav .nav-place");
        await notice.GetByRole(AriaRole.Button, new() { Name = "Let the queue run" }).ClickAsync();
        await runs.UntilAsync(waiting, "Completed");
    }

    [Fact]
    public async Task Queue_PausedOrderedEditedAndLetRun_RunsInTheNewOrder()
    {
        await using StudioProcess studio = await StudioProcess.StartAsync(Token);
        await using StudioPage view = await browser.OpenAsync(studio, "/queue");
        IPage page = view.Page;
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing waits" })).ToBeVisibleAsync();
        await view.CheckEverywhereAsync("queue-empty");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause the queue" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The queue is paused")).ToBeVisibleAsync();

        using StudioRuns runs = new(studio);
        string content = await runs.UploadAsync(seed: 2);
        string style = await runs.UploadAsync(seed: 3);
        string lost = await runs.UploadAsync(seed: 5);
        Guid first = await runs.QueueAsync("First", content, style, 4);
        Guid second = await runs.QueueAsync("Second", content, lost, 4);
        Guid third = await runs.QueueAsync("Third", content, style, 4);
        ILocator waiting = page.Locator(".queue li[data-movable]");
        await ExpectOrderAsync(waiting, "First", "Second", "Third");

        // Dragged from the end to the front, and the order is the server's.
        LocatorBoundingBoxResult grip = (await waiting.Nth(2).Locator(".drag").BoundingBoxAsync())!;
        LocatorBoundingBoxResult top = (await waiting.Nth(0).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(grip.X + (grip.Width / 2), grip.Y + (grip.Height / 2));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(grip.X + (grip.Width / 2), top.Y + 4, new() { Steps = 8 });
        await page.Mouse.UpAsync();
        await ExpectOrderAsync(waiting, "Third", "First", "Second");

        // To run one now in a paused queue means to put it first, and is said.
        await page.GetByRole(AriaRole.Button, new() { Name = "Run Second now" }).ClickAsync();
        await ExpectOrderAsync(waiting, "Second", "Third", "First");
        await Assertions.Expect(page.GetByText("“Second” is the first when it goes on.")).ToBeVisibleAsync();
        await view.CheckEverywhereAsync("queue-full");

        // Edited while it waits: it keeps its place.
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit Third" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Edit a waiting session" })).ToBeVisibleAsync();
        await page.Locator("#size").FillAsync("192");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.WaitForURLAsync($"**/sessions/{third}");
        Assert.Equal(192, (await runs.FindAsync(third)).GetProperty("recipe").GetProperty("schedule").GetProperty("size").GetInt32());

        // A copy of it, changed a little, waits after the others.
        await view.GoAsync("/queue");
        await ExpectOrderAsync(waiting, "Second", "Third", "First");
        await page.GetByRole(AriaRole.Link, new() { Name = "Duplicate and tweak First" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Duplicate and tweak" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/sessions/"));
        await view.GoAsync("/queue");
        await Assertions.Expect(waiting).ToHaveCountAsync(4);

        // The one that cannot run is set aside with its reason, and holds up nobody.
        FileStore store = new(Path.Combine(studio.DataRoot, "store"));
        File.Move(store.PathOf(lost), store.PathOf(lost) + ".away");
        await page.GetByRole(AriaRole.Button, new() { Name = "Let the queue run" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set aside" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".field-error")).ToContainTextAsync(lost);
        await Assertions.Expect(waiting).ToHaveCountAsync(0);
        await runs.UntilAsync(first, "Completed");
        await view.CheckEverywhereAsync("queue-set-aside");
        await view.GoAsync($"/sessions/{second}");
        await Assertions.Expect(page.Locator(".session-head .state")).ToHaveTextAsync("Failed");
        await view.CheckEverywhereAsync("session-failed");
        // The style's picture, which is away.
        view.Errors.Clear();

        File.Move(store.PathOf(lost) + ".away", store.PathOf(lost));
        await view.GoAsync("/queue");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry Second" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set aside" })).ToBeHiddenAsync();
        await runs.UntilAsync(second, "Completed");
    }

    private static Task ExpectOrderAsync(ILocator waiting, params string[] titles) =>
        Assertions.Expect(waiting.Locator(".queue-text > a")).ToHaveTextAsync(titles);
}
