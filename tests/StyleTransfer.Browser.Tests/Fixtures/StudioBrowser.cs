using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using StyleTransfer.Browser.Tests;
using StyleTransfer.Core.Art;
using StyleTransfer.Tests;

[assembly: AssemblyFixture(typeof(StudioBrowser))]
// They share one studio, its queue and two cores: a journey beside another one waits for it.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace StyleTransfer.Browser.Tests;

/// <summary>
/// A started studio (with its starter pictures, a data folder of its own) and a real Chromium in front of it. One of each serves all
/// classes. Where no Chromium is found, tests skip and say so; with CI=true they fail.
/// <code>
/// public sealed class GalleryTests(StudioBrowser browser)
/// {
///     [Fact]
///     public async Task Gallery_Search_FindsByTag()
///     {
///         await using StudioPage view = await browser.OpenAsync("/styles");       // or OpenAsync("/styles", View.Phone with { IsDark = true })
///         await view.Page.GetByLabel("Search styles").FillAsync("oil");
///         await Assertions.Expect(view.Page.GetByText("Wheat Wind")).ToBeVisibleAsync();
///         await view.CheckAccessibilityAsync();                                   // axe: nothing serious
///     }                                                                           // closing fails the test on any script error
/// }
/// </code>
/// A test that needs an empty studio starts its own: <c>await StudioBrowser.StartStudioAsync(token)</c>, then <c>browser.OpenAsync(studio, "/")</c>.
/// With SCREENSHOTS=DIR every page that <see cref="StudioPage.ShootAsync"/> names is kept there as a PNG.
/// </summary>
public sealed class StudioBrowser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? chromium;
    private StudioProcess? studio;
    private string? missing;

    public StudioProcess Studio => studio ?? throw new InvalidOperationException("Open a page first; it skips the test where there is no Chromium.");

    /// <summary>An empty studio with everything that a new one has.</summary>
    public static Task<StudioProcess> StartStudioAsync(CancellationToken cancellationToken) =>
        StudioProcess.StartAsync(cancellationToken, "--Gallery:StarterPictures", "true");

    public async ValueTask InitializeAsync()
    {
        await Turn.ComesAsync();
        playwright = await Playwright.CreateAsync();
        if (FindChromium(playwright) is not { } program)
        {
            missing = "No Chromium was found: neither /usr/bin/chromium, nor chrome or chromium on PATH, nor Playwright's own. Install one to run the browser tests.";
            return;
        }

        chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            Timeout = 120_000,
        });
        studio = await StartStudioAsync(CancellationToken.None);
        await UntilPaintedAsync(studio);
    }

    /// <summary>Opens a page of the shared studio in a fresh profile and waits until it is alive.</summary>
    public Task<StudioPage> OpenAsync(string path, View? view = null) => OpenAsync(RequireStudio(), path, view);

    /// <summary>Opens a page of a studio that the test started itself.</summary>
    public async Task<StudioPage> OpenAsync(StudioProcess from, string path, View? view = null)
    {
        RequireStudio();
        View shown = view ?? View.Desktop;
        IBrowserContext context = await chromium!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = from.Address,
            Locale = shown.Language,
            ViewportSize = new ViewportSize { Width = shown.Width, Height = shown.Height },
            ColorScheme = shown.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        // A busy machine is slow, not broken.
        context.SetDefaultTimeout(150_000);
        Assertions.SetDefaultExpectTimeout(150_000);
        StudioPage page = new(context, await context.NewPageAsync());
        await page.GoAsync(path);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null)
        {
            await chromium.DisposeAsync();
        }

        playwright?.Dispose();
        if (studio is not null)
        {
            await studio.DisposeAsync();
        }
    }

    internal static string? FindChromium(IPlaywright playwright)
    {
        string[] names = OperatingSystem.IsWindows() ? ["chrome.exe", "chromium.exe"] : ["chromium", "chromium-browser", "google-chrome", "chrome"];
        IEnumerable<string> onPath = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)));
        return new[] { "/usr/bin/chromium" }.Concat(onPath).Append(playwright.Chromium.ExecutablePath).FirstOrDefault(File.Exists);
    }

    // A gallery that still grows moves what a test is about to click; how that looks is the first-light test's matter.
    private static async Task UntilPaintedAsync(StudioProcess studio)
    {
        using HttpClient http = new() { BaseAddress = new Uri(studio.Address) };
        while ((await http.GetFromJsonAsync<JsonElement>("/api/v1/styles?take=1")).GetProperty("total").GetInt32() < StarterArt.Styles.Length)
        {
            await Task.Delay(200);
        }
    }

    private StudioProcess RequireStudio()
    {
        if (missing is not null && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(missing);
        }

        Assert.SkipWhen(missing is not null, missing ?? "");
        return Studio;
    }
}

/// <summary>How a page is looked at.</summary>
public sealed record View(int Width, int Height, bool IsDark = false, string Language = "en-US")
{
    public static View Desktop { get; } = new(1440, 900);

    public static View Phone { get; } = new(390, 844);
}
