using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Experiments;

/// <summary>Under a picture stands what it is: of an earlier moment the frame that is shown, not the one that was asked for.</summary>
public sealed class CaptionTests(StudioBrowser browser)
{
    // A run keeps some 200 frames: only a longer one has iterations between them.
    private const int Iterations = 400;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Comparison_BetweenTwoFrames_NamesTheOneThatIsShown()
    {
        await using StudioPage view = await browser.OpenAsync("/experiments");
        using StudioRuns runs = new(browser.Studio);
        Guid session = await runs.FinishAsync("Captioned", Iterations, size: 64);
        (int Iteration, string Url)[] frames = await runs.FramesAsync(session);
        int asked = Enumerable.Range(2, Iterations - 3).First(iteration => frames.All(frame => frame.Iteration != iteration) && frames.Any(frame => frame.Iteration < iteration));
        (int shown, string url) = frames.MinBy(frame => Math.Abs(frame.Iteration - asked));
        await view.GoAsync($"/compare?s={session}");
        ILocator facts = view.Page.Locator(".cmp-pane .cmp-facts");
        await Assertions.Expect(facts).ToHaveTextAsync(new Regex($"^{Iterations} · "));

        await view.Page.RunAndWaitForRequestAsync(
            () => view.Page.GetByLabel("Moment of all runs").FillAsync($"{Math.Ceiling(1000.0 * asked / Iterations)}"),
            request => request.Url.Contains(url, StringComparison.Ordinal));

        await Assertions.Expect(facts).ToHaveTextAsync(new Regex($"^{shown} · .* s · L "));
        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Newest" }).ClickAsync();
        await Assertions.Expect(facts).ToHaveTextAsync(new Regex($"^{Iterations} · "));
    }

    [Fact]
    public async Task SharedComparison_OfRunsThatDiffer_EachNamesItsOwnFrame()
    {
        await using StudioPage owner = await browser.OpenAsync("/experiments");
        using StudioRuns runs = new(browser.Studio);
        Guid[] sessions = [await runs.FinishAsync("Long"), await runs.FinishAsync("Short", iterations: 15)];
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/v1/shares", new { sessions, kind = "comparison", title = "Two lengths" }, Token);
        string link = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Token)).GetProperty("url").GetString()!;
        await owner.Page.GotoAsync(link);

        await owner.Page.GetByLabel("Timeline").Locator("visible=true").FillAsync("500");

        for (int i = 0; i < sessions.Length; i++)
        {
            int[] kept = [.. (await runs.FramesAsync(sessions[i])).Select(frame => frame.Iteration)];
            ILocator article = owner.Page.Locator($"#w{i + 1}");
            int shown = kept[(int)Math.Round(0.5 * kept.Length, MidpointRounding.AwayFromZero)];
            await Assertions.Expect(article.Locator("output.at")).ToHaveTextAsync($"iteration {shown}");
            await Assertions.Expect(article.Locator(".stage > img")).ToHaveAttributeAsync("src", Frame(shown));
        }

        await owner.Page.GetByLabel("Timeline").Locator("visible=true").FillAsync("1000");
        await Assertions.Expect(owner.Page.Locator("#w1 output.at")).ToHaveTextAsync("newest");
    }

    [Fact]
    public async Task SharedExperiment_AtAFrame_CellsNameItInsteadOfTheirResult()
    {
        await using StudioPage owner = await browser.OpenAsync("/experiments");
        Guid experiment = await TinyGrid.StartAsync(browser, "Captioned cells");
        await owner.GoAsync($"/experiments/{experiment}");
        await Assertions.Expect(owner.Page.GetByText("9 of 9 cells are done")).ToBeVisibleAsync();
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        using HttpResponseMessage answer = await http.PostAsJsonAsync(
            "/api/v1/shares", new { sessions = await TinyGrid.CellsAsync(browser, experiment), kind = "experiment", experiment, title = "Cells" }, Token);
        string link = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Token)).GetProperty("url").GetString()!;
        await owner.Page.GotoAsync(link);
        ILocator caption = owner.Page.Locator(".grid td .quiet").First;
        string result = await caption.InnerTextAsync();

        await owner.Page.GetByLabel("Timeline").Locator("visible=true").FillAsync("0");

        string named = await owner.Page.Locator("#w1 output.at").InnerTextAsync();
        Assert.Matches("^iteration \\d+$", named);
        await Assertions.Expect(caption).ToHaveTextAsync(named);
        await owner.Page.GetByLabel("Timeline").Locator("visible=true").FillAsync("1000");
        await Assertions.Expect(caption).ToHaveTextAsync(result);
    }

    private static Regex Frame(int iteration) => new($"/frame-{iteration}\\.webp$");
}
