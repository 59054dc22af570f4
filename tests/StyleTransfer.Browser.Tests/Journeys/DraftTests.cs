using System.Net;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>The draft beside the form, and its form's end.</summary>
public sealed class DraftTests(StudioBrowser browser)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Draft_FormLeft_IsGoneWithIt()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        using StudioRuns runs = new(browser.Studio);
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        await view.GoAsync($"/?content={await runs.UploadAsync(seed: 40, width: 512, height: 384)}&style={await runs.UploadAsync(seed: 41, width: 512, height: 384)}");
        string draft = (await view.Page.Locator(".draft-picture img").GetAttributeAsync("src"))!;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, draft));

        // A tab that is closed says so in a message which a browser that ends with it may lose: then the draft ends with its circuit.
        await view.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Queue" }).ClickAsync();

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await StatusAsync(http, draft) != HttpStatusCode.NoContent)
        {
            await Task.Delay(100, patience.Token);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string address)
    {
        using HttpResponseMessage answer = await http.GetAsync(address, Token);
        return answer.StatusCode;
    }
}
