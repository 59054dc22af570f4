using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Sharing;

/// <summary>An experiment, a comparison and a selection are shared, looked at by others in every way, and gone once revoked.</summary>
public sealed partial class ShareKindsTests(StudioBrowser browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Experiment_Shared_IsAGridThatMovesTogether()
    {
        await using StudioPage owner = await browser.OpenAsync("/experiments");
        (Guid experiment, _) = await RunAsync(owner, "Two by two");
        string address = await ShareAsync(owner, owner.Page.Locator(".page-head"), "A grid to look at");

        await LookAsync(owner, address, "shared-experiment", async page =>
        {
            await Assertions.Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "content weight →" })).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator(".grid td .stage img")).ToHaveCountAsync(4);
        });
        await using IBrowserContext guest = await GuestAsync(owner, new());
        IPage page = await guest.NewPageAsync();
        await page.GotoAsync(address);
        await page.Locator("#w1 .stage").FocusAsync();
        await page.Keyboard.PressAsync("+");
        await Assertions.Expect(page.Locator(".stage[data-zoom='1.40']")).ToHaveCountAsync(8);
        await page.Keyboard.PressAsync("0");
        await page.GetByRole(AriaRole.Slider, new() { Name = "Timeline" }).FillAsync("0");
        await Assertions.Expect(page.Locator(".grid [data-of=w4] img")).ToHaveAttributeAsync("src", FrameAddress());
        await page.Locator(".grid [data-of=w4]").ClickAsync();
        Assert.EndsWith("#w4", page.Url, StringComparison.Ordinal);

        await RevokeAsync(owner, page, "A grid to look at");
        Assert.Equal(HttpStatusCode.OK, await DeleteAsync($"/api/v1/experiments/{experiment}"));
    }

    [Fact]
    public async Task Comparison_Shared_HasOneHandleForAll()
    {
        await using StudioPage owner = await browser.OpenAsync("/experiments");
        (_, Guid[] cells) = await RunAsync(owner, "To compare");
        await owner.GoAsync($"/compare?s={string.Join(',', cells[..3])}");
        string address = await ShareAsync(owner, owner.Page.Locator(".page-head"), "Three to compare");

        await LookAsync(owner, address, "shared-comparison", page => Assertions.Expect(page.Locator("article")).ToHaveCountAsync(3));
        await using IBrowserContext guest = await GuestAsync(owner, new());
        IPage page = await guest.NewPageAsync();
        await page.GotoAsync(address);
        ILocator slider = page.GetByRole(AriaRole.Slider, new() { Name = "Between the content and the picture" });
        await Assertions.Expect(slider).ToHaveCountAsync(1);
        await slider.FillAsync("50");
        await Assertions.Expect(page.Locator(".stage .layer").Nth(2)).ToHaveCSSAsync("clip-path", "inset(0px 50% 0px 0px)");

        await RevokeAsync(owner, page, "Three to compare");
    }

    [Fact]
    public async Task Selection_SharedThenDeleted_IsWarnedOfAndGone()
    {
        await using StudioPage owner = await browser.OpenAsync("/experiments");
        (_, Guid[] cells) = await RunAsync(owner, "Chosen ones");
        await owner.GoAsync("/sessions?q=Chosen");
        for (int i = 0; i < 2; i++)
        {
            await owner.Page.Locator(".tile").Nth(i).HoverAsync();
            await owner.Page.Locator(".tile .tile-pick").Nth(i).ClickAsync();
        }

        string address = await ShareAsync(owner, owner.Page.Locator(".selection-bar"), "Two that I chose");
        await LookAsync(owner, address, "shared-selection", page => Assertions.Expect(page.Locator(".overview a")).ToHaveCountAsync(2));

        await owner.Page.Locator(".selection-bar").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        ILocator warning = owner.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(warning.GetByText("Two that I chose")).ToBeVisibleAsync();
        await owner.CheckAccessibilityAsync();
        await owner.ShootAsync("share-deletion");
        await warning.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Assertions.Expect(owner.Page.Locator(".tile")).ToHaveCountAsync(cells.Length);
        await owner.Page.Locator(".selection-bar").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await warning.GetByRole(AriaRole.Button, new() { Name = "Delete all the same" }).ClickAsync();
        await Assertions.Expect(owner.Page.Locator(".tile")).ToHaveCountAsync(cells.Length - 2);

        await using IBrowserContext guest = await GuestAsync(owner, new());
        IPage page = await guest.NewPageAsync();
        await page.GotoAsync(address);
        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(0);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(owner.Page.Locator(".tile")).ToHaveCountAsync(cells.Length);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(2);

        // What no link shows goes without a question.
        await RevokeAsync(owner, page, "Two that I chose");
        await owner.GoAsync("/sessions?q=Chosen");
        await owner.Page.Locator(".tile").First.HoverAsync();
        await owner.Page.Locator(".tile .tile-pick").First.ClickAsync();
        await owner.Page.Keyboard.PressAsync("Delete");
        await Assertions.Expect(owner.Page.Locator(".tile")).ToHaveCountAsync(cells.Length - 1);
    }

    private static async Task<string> ShareAsync(StudioPage owner, ILocator bar, string title)
    {
        await bar.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
        ILocator dialog = owner.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Title", new() { Exact = true }).FillAsync(title);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        ILocator link = dialog.GetByLabel("Link", new() { Exact = true });
        await Assertions.Expect(link).ToHaveValueAsync(LinkAddress());
        string address = await link.InputValueAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).Last.ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        return address;
    }

    // Wide and narrow, light and dark, with and without JavaScript, in both languages.
    private static async Task LookAsync(StudioPage owner, string address, string name, Func<IPage, Task> check)
    {
        (string Way, BrowserNewContextOptions Options)[] ways =
        [
            ("wide", new() { ViewportSize = new() { Width = 1440, Height = 900 } }),
            ("phone-dark", new() { ViewportSize = new() { Width = 390, Height = 844 }, ColorScheme = ColorScheme.Dark }),
            ("bare-wide-dark", new() { ViewportSize = new() { Width = 1440, Height = 900 }, ColorScheme = ColorScheme.Dark, JavaScriptEnabled = false }),
            ("bare-phone", new() { ViewportSize = new() { Width = 390, Height = 844 }, JavaScriptEnabled = false }),
        ];
        foreach ((string way, BrowserNewContextOptions options) in ways)
        {
            await using IBrowserContext guest = await GuestAsync(owner, options);
            IPage page = await guest.NewPageAsync();
            List<string> errors = [];
            page.PageError += (_, error) => errors.Add(error);
            page.Console += (_, message) => errors.AddRange(message.Type == "error" ? [message.Text] : []);
            await page.GotoAsync(address);
            await check(page);
            bool hasScript = options.JavaScriptEnabled != false;
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            if (hasScript)
            {
                await page.EvaluateAsync("async () => { for (const image of document.images) image.loading = 'eager'; await Promise.all([...document.images].map(image => image.decode())); }");
            }

            Assert.Equal(0, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"));
            if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{way}.png"), FullPage = true });
            }

            if (hasScript)
            {
                AxeResult found = await page.RunAxe();
                Assert.Empty(found.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(violation => $"{way}: {violation.Id} {violation.Nodes[0].Html}"));
            }

            Assert.Empty(errors);
        }
    }

    private static async Task RevokeAsync(StudioPage owner, IPage guest, string title)
    {
        string picture = (await guest.Locator(".stage > img, .overview img").First.EvaluateAsync<string>("image => image.src"))!;
        await owner.GoAsync("/shares");
        ILocator line = owner.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = title });
        await line.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await owner.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(line.GetByText("revoked", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(404, (await guest.ReloadAsync())!.Status);
        Assert.Equal(404, (await guest.APIRequest.GetAsync(picture)).Status);
    }

    private static Task<IBrowserContext> GuestAsync(StudioPage owner, BrowserNewContextOptions options)
    {
        options.Locale = "en-US";
        return owner.Page.Context.Browser!.NewContextAsync(options);
    }

    private async Task<HttpStatusCode> DeleteAsync(string path)
    {
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        using HttpResponseMessage answer = await http.DeleteAsync(path, Token);
        return answer.IsSuccessStatusCode ? HttpStatusCode.OK : answer.StatusCode;
    }

    // Four small cells over two parameters; the owner's page is the experiment's when they are done.
    private async Task<(Guid Experiment, Guid[] Cells)> RunAsync(StudioPage owner, string title)
    {
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        JsonElement styles = await http.GetFromJsonAsync<JsonElement>("/api/v1/styles?take=2", Token);
        string[] images = [.. styles.GetProperty("items").EnumerateArray().Select(style => style.GetProperty("imageId").GetString()!)];
        JsonElement recipe = JsonSerializer.Deserialize<JsonElement>($$"""
            {
              "content": "{{images[0]}}", "styles": [{ "image": "{{images[^1]}}" }],
              "objective": { "style": { "form": "relativeWasserstein2", "layers": [{ "layer": "relu1_1", "weight": 1 }] } },
              "schedule": { "size": 128, "pyramid": false, "firstIterations": 4, "iterations": 4 }
            }
            """);
        object request = new
        {
            title,
            recipe,
            columns = new { parameter = "contentWeight", values = new[] { 0.01, 1 } },
            rows = new { parameter = "seed", values = new[] { 1, 2 } },
        };
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/v1/experiments", request, Token);
        string body = await answer.Content.ReadAsStringAsync(Token);
        Assert.SkipWhen(answer.StatusCode == HttpStatusCode.BadRequest && body.Contains("encoder", StringComparison.OrdinalIgnoreCase), body);
        Assert.True(answer.IsSuccessStatusCode, body);
        JsonElement made = JsonSerializer.Deserialize<JsonElement>(body);
        Guid experiment = made.GetProperty("id").GetGuid();
        await owner.GoAsync($"/experiments/{experiment}");
        await Assertions.Expect(owner.Page.GetByText("4 of 4 cells are done")).ToBeVisibleAsync();
        return (experiment, [.. made.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("session").GetGuid())]);
    }

    [GeneratedRegex("/s/[A-Za-z0-9_-]{43}$")]
    private static partial Regex LinkAddress();

    [GeneratedRegex("/4/frame-")]
    private static partial Regex FrameAddress();
}
