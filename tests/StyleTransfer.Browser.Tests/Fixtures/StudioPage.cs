using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests;

/// <summary>One browser tab in a profile of its own. Script errors that happened in it fail the test when it closes.</summary>
public sealed partial class StudioPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> errors = [];

    public StudioPage(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add($"{message.Text} ({message.Location})");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Script errors so far; a test that provokes one clears it.</summary>
    public IList<string> Errors => errors;

    /// <summary>Goes to a page and waits until its circuit answers, so that a click is not lost.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await UntilAliveAsync();
    }

    public async Task RefreshAsync()
    {
        await Page.ReloadAsync();
        await UntilAliveAsync();
    }

    /// <summary>Asks axe for serious and critical findings; there must be none.</summary>
    public async Task CheckAccessibilityAsync()
    {
        AxeResult result = await Page.RunAxe();
        string serious = string.Join('\n', result.Violations
            .Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Id}: {violation.Help}\n  {string.Join("\n  ", violation.Nodes.Take(5).Select(node => node.Html))}"));
        Assert.True(serious.Length == 0, serious);
    }

    /// <summary>The page must not scroll sideways; a chart takes a moment to follow a window that became narrower.</summary>
    public async Task CheckWidthAsync()
    {
        const string Over = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth";
        for (int attempt = 0; attempt < 50 && await Page.EvaluateAsync<int>(Over) != 0; attempt++)
        {
            await Task.Delay(200);
        }

        Assert.Equal(0, await Page.EvaluateAsync<int>(Over));
    }

    /// <summary>What is pressed on the page lies clear of something that floats above it.</summary>
    public static async Task CheckUncoveredAsync(ILocator above, string pressed)
    {
        string[] covered = await above.EvaluateAsync<string[]>(
            """
            (above, pressed) => {
              const over = above.getBoundingClientRect();
              return [...document.querySelectorAll(pressed)].filter((each) => {
                const box = each.getBoundingClientRect();
                return box.width > 0 && box.left < over.right && over.left < box.right && box.top < over.bottom && over.top < box.bottom;
              }).map((each) => each.textContent.trim() || each.getAttribute("aria-label"));
            }
            """,
            pressed);
        Assert.Empty(covered);
    }

    /// <summary>As it stands, on a phone, a tablet and a desktop: nothing scrolls sideways, axe finds nothing serious. The phone is dark.</summary>
    public async Task CheckEverywhereAsync(string name)
    {
        PageViewportSizeResult before = Page.ViewportSize!;
        foreach (int width in (int[])[390, 820, 1440])
        {
            await Page.SetViewportSizeAsync(width, 900);
            await Page.EmulateMediaAsync(new() { ColorScheme = width == 390 ? ColorScheme.Dark : ColorScheme.Light });
            await Assertions.Expect(Page.Locator("html")).ToHaveClassAsync(width == 390 ? IsDark() : IsLight());
            await CheckWidthAsync();
            await CheckAccessibilityAsync();
            await ShootAsync($"{name}-{width}");
        }

        await Page.SetViewportSizeAsync(before.Width, before.Height);
    }

    /// <summary>Keeps a picture of the whole page where SCREENSHOTS names a folder.</summary>
    public async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    [GeneratedRegex(@"\bdark-early\b")]
    private static partial Regex IsDark();

    [GeneratedRegex(@"^((?!dark-early).)*$")]
    private static partial Regex IsLight();

    // Prerendered pages look ready before they are: the window's keys are heard last of all that begins with the page.
    private async Task UntilAliveAsync()
    {
        try
        {
            await Page.Locator("html[data-keys]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{Page.Url} was never alive. Its errors: {string.Join('\n', errors)}", e);
        }
    }
}
