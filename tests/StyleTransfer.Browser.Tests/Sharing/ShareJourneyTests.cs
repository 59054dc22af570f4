using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Sharing;

/// <summary>A picture is shared, opened by somebody else, and revoked; and taken along as a file that asks nobody for anything.</summary>
public sealed class ShareJourneyTests(StudioBrowser browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_SharedOpenedRevoked_IsGone()
    {
        await using StudioPage owner = await browser.OpenAsync("/styles");
        Guid session = await RunAsync(owner);

        await owner.GoAsync($"/sessions/{session}");
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
        ILocator dialog = owner.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Title").FillAsync("For grandmother");
        await dialog.GetByLabel("Password (optional)").FillAsync("x");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        await Assertions.Expect(dialog.GetByText("give at least 6")).ToBeVisibleAsync();
        await dialog.GetByLabel("Password (optional)").FillAsync("");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        ILocator link = dialog.GetByLabel("Link", new() { Exact = true });
        await Assertions.Expect(link).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("/s/[A-Za-z0-9_-]{43}$"));
        string address = await link.InputValueAsync();
        await owner.ShootAsync("share-dialog");

        // Somebody else, in another browser: with JavaScript, and without.
        await using IBrowserContext guest = await owner.Page.Context.Browser!.NewContextAsync(new() { ViewportSize = new() { Width = 390, Height = 844 }, Locale = "en-US" });
        IPage page = await guest.NewPageAsync();
        await page.GotoAsync(address);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "For grandmother" })).ToBeVisibleAsync();
        ILocator slider = page.GetByLabel("Between the content and the picture");
        await slider.FillAsync("50");
        await Assertions.Expect(page.Locator(".stage .layer")).ToHaveCSSAsync("clip-path", "inset(0px 50% 0px 0px)");
        await page.Locator(".stage").FocusAsync();
        await page.Keyboard.PressAsync("+");
        await Assertions.Expect(page.Locator(".stage")).ToHaveAttributeAsync("data-zoom", "1.40");
        await page.GetByLabel("Timeline").FillAsync("0");
        await Assertions.Expect(page.Locator(".stage > img").First).ToHaveAttributeAsync("src", new System.Text.RegularExpressions.Regex("/1/frame-"));
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
        await ShootAsync(page, "shared-phone");
        string picture = (await page.Locator(".overview img, .stage > img").First.GetAttributeAsync("src"))!;

        await using IBrowserContext plain = await owner.Page.Context.Browser!.NewContextAsync(new() { JavaScriptEnabled = false, ColorScheme = ColorScheme.Dark, Locale = "ko-KR" });
        IPage bare = await plain.NewPageAsync();
        await bare.GotoAsync(address);
        await Assertions.Expect(bare.Locator("svg path.line-total")).ToBeVisibleAsync();
        await Assertions.Expect(bare.GetByText("손실").Or(bare.GetByText("콘텐츠")).First).ToBeVisibleAsync();
        await ShootAsync(bare, "shared-bare-dark-ko");

        // Revoked: the page and the picture are gone at the next request.
        await owner.GoAsync("/shares");
        await owner.ShootAsync("shares");
        await owner.CheckAccessibilityAsync();
        await owner.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "For grandmother" }).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await owner.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "For grandmother" }).GetByText("revoked", new() { Exact = true })).ToBeVisibleAsync();
        IResponse? again = await page.ReloadAsync();
        Assert.Equal(404, again!.Status);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is nothing under this link" })).ToBeVisibleAsync();
        IAPIResponse gone = await page.APIRequest.GetAsync(new Uri(new Uri(address), picture).ToString());
        Assert.Equal(404, gone.Status);
    }

    [Theory]
    [InlineData("html")]
    [InlineData("zip")]
    public async Task Export_OpenedFromDisk_WorksAndAsksForNothingElse(string form)
    {
        await using StudioPage owner = await browser.OpenAsync("/styles");
        Guid session = await RunAsync(owner);
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        byte[] file = await http.GetByteArrayAsync($"/api/v1/exports/page?as={form}&sessions={session}&title=Kept", Token);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("kept-");
        try
        {
            if (form == "zip")
            {
                await ZipFile.ExtractToDirectoryAsync(new MemoryStream(file), folder.FullName, Token);
            }
            else
            {
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "index.html"), file, Token);
            }

            await using IBrowserContext guest = await owner.Page.Context.Browser!.NewContextAsync();
            IPage page = await guest.NewPageAsync();
            List<string> asked = [];
            page.Request += (_, request) => asked.Add(request.Url);
            page.PageError += (_, error) => asked.Add($"error: {error}");
            await page.GotoAsync(new Uri(Path.Combine(folder.FullName, "index.html")).ToString());

            await page.GetByLabel("Between the content and the picture").FillAsync("30");
            await page.GetByLabel("Timeline").FillAsync("0");
            await Assertions.Expect(page.Locator(".control output").Last).ToContainTextAsync("iteration");
            Assert.True(await page.EvaluateAsync<bool>("async () => { await Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode(); })); return [...document.images].every(i => i.naturalWidth > 0); }"));
            Assert.All(asked, address => Assert.Matches("^(file|data|blob):", address));
            await ShootAsync(page, $"export-{form}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A few iterations on the first scene and style; the page says when they are done.
    private async Task<Guid> RunAsync(StudioPage view)
    {
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        await Assertions.Expect(view.Page.Locator(".gallery.styles img").First).ToBeVisibleAsync();
        JsonElement styles = await http.GetFromJsonAsync<JsonElement>("/api/v1/styles?take=1", Token);
        string image = styles.GetProperty("items")[0].GetProperty("imageId").GetString()!;
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/v1/sessions", new { title = "Shared", content = image, styles = new[] { image }, preset = "fast", size = 96 }, Token);
        string body = await answer.Content.ReadAsStringAsync(Token);
        Assert.SkipWhen(body.Contains("No encoder", StringComparison.Ordinal), "No encoder is installed.");
        answer.EnsureSuccessStatusCode();
        Guid id = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("id").GetGuid();
        await view.GoAsync($"/sessions/{id}");
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToBeVisibleAsync();
        return id;
    }

    private static async Task ShootAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }
}
