using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace StyleTransfer.Browser.Tests.Experiments;

/// <summary>A grid of three by three in the smallest size that shows something.</summary>
internal static class TinyGrid
{
    public const int Iterations = 6;

    /// <summary>Queues it; skips the test where there is no encoder.</summary>
    public static async Task<Guid> StartAsync(StudioBrowser browser, string title)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        JsonElement styles = await http.GetFromJsonAsync<JsonElement>("/api/v1/styles?take=2", token);
        string[] images = [.. styles.GetProperty("items").EnumerateArray().Select(style => style.GetProperty("imageId").GetString()!)];
        JsonElement recipe = JsonSerializer.Deserialize<JsonElement>($$"""
            {
              "content": "{{images[0]}}", "styles": [{ "image": "{{images[^1]}}" }],
              "objective": { "style": { "form": "relativeWasserstein2", "layers": [{ "layer": "relu1_1", "weight": 1 }] } },
              "schedule": { "size": 64, "pyramid": false, "firstIterations": {{Iterations}}, "iterations": {{Iterations}} }
            }
            """);
        using HttpResponseMessage response = await http.PostAsJsonAsync(
            "/api/v1/experiments",
            new
            {
                title,
                recipe,
                columns = new { parameter = "contentWeight", from = 0.01, to = 1, steps = 3, spacing = "logarithmic" },
                rows = new { parameter = "seed", values = new[] { 1, 2, 3 } },
            },
            token);
        string body = await response.Content.ReadAsStringAsync(token);
        Assert.SkipWhen(response.StatusCode == HttpStatusCode.BadRequest && body.Contains("encoder", StringComparison.OrdinalIgnoreCase), body);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("id").GetGuid();
    }

    /// <summary>The cells' sessions, by row and column.</summary>
    public static async Task<Guid[]> CellsAsync(StudioBrowser browser, Guid experiment)
    {
        using HttpClient http = new() { BaseAddress = new Uri(browser.Studio.Address) };
        JsonElement found = await http.GetFromJsonAsync<JsonElement>($"/api/v1/experiments/{experiment}", TestContext.Current.CancellationToken);
        return [.. found.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("session").GetGuid())];
    }
}
