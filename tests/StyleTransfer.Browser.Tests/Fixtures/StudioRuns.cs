using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using StyleTransfer.Core.Images;
using StyleTransfer.Tests;

namespace StyleTransfer.Browser.Tests;

/// <summary>What a journey finds when it begins: pictures and sessions, made over HTTP in no time.</summary>
internal sealed class StudioRuns(StudioProcess studio) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(studio.Address) };

    /// <summary>Two plain halves, side by side for an even seed and else one above the other, with a grain that another seed makes another.</summary>
    public static byte[] Picture(int width, int height, int seed)
    {
        Random random = new(seed);
        float[] rgb = new float[width * height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            bool isFirst = seed % 2 == 0 ? i / 3 % width < width / 2 : i / 3 / width < height / 2;
            rgb[i] = (isFirst == (i % 3 == 0) ? 0.75f : 0.2f) + (float)(0.02 * random.NextDouble());
        }

        return ImageWriter.Write(new PixelImage(width, height, rgb), new ImageWriteOptions());
    }

    public void Dispose() => http.Dispose();

    public async Task<string> UploadAsync(int seed, int width = 64, int height = 48)
    {
        using ByteArrayContent file = new(Picture(width, height, seed));
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using MultipartFormDataContent form = new() { { file, "file", "picture.png" } };
        using HttpResponseMessage answer = await http.PostAsync("/api/v1/images", form);
        return (await ReadAsync(answer)).GetProperty("id").GetString()!;
    }

    /// <summary>Skips the test where no encoder is installed.</summary>
    public async Task<Guid> QueueAsync(string title, string content, string style, int iterations, int size = 96)
    {
        JsonElement recipe = JsonSerializer.Deserialize<JsonElement>($$"""
            {
              "content": "{{content}}", "styles": [{ "image": "{{style}}" }], "preset": "fast",
              "objective": { "style": { "form": "relativeWasserstein2", "layers": [{ "layer": "relu1_1", "weight": 1 }] } },
              "schedule": { "size": {{size}}, "pyramid": false, "firstIterations": {{iterations}}, "iterations": {{iterations}}, "tolerance": 0 }
            }
            """);
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/v1/sessions", new { title, recipe });
        string body = await answer.Content.ReadAsStringAsync();
        Assert.SkipWhen(body.Contains("No encoder", StringComparison.Ordinal), "No encoder is installed.");
        return (await ReadAsync(answer)).GetProperty("id").GetGuid();
    }

    public async Task<Guid> FinishAsync(string title, int iterations = 40, int size = 96)
    {
        Guid id = await QueueAsync(title, await UploadAsync(seed: 6, width: 256, height: 192), await UploadAsync(seed: 7), iterations, size);
        await UntilAsync(id, "Completed");
        return id;
    }

    public async Task<JsonElement> FindAsync(Guid id) => await http.GetFromJsonAsync<JsonElement>($"/api/v1/sessions/{id}");

    public async Task UntilAsync(Guid id, string state)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(150));
        while ((await FindAsync(id)).GetProperty("state").GetString() is { } now && !now.Equals(state, StringComparison.OrdinalIgnoreCase))
        {
            Assert.False(now.Equals("failed", StringComparison.OrdinalIgnoreCase), $"The session failed: {await FindAsync(id)}");
            await Task.Delay(50, patience.Token);
        }
    }

    public async Task<(int Iteration, string Url)[]> FramesAsync(Guid id) =>
        [.. (await http.GetFromJsonAsync<JsonElement>($"/api/v1/sessions/{id}/frames")).EnumerateArray().Select(frame => (frame.GetProperty("iteration").GetInt32(), frame.GetProperty("url").GetString()!))];

    /// <summary>Where it has not ended already.</summary>
    public Task CancelAsync(Guid id) => ActAsync(id, "cancel");

    public Task PauseAsync(Guid id) => ActAsync(id, "pause");

    public async Task ShareAsync(Guid id, string title)
    {
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/v1/shares", new { sessions = new[] { id }, title });
        await ReadAsync(answer);
    }

    public Task<byte[]> BytesAsync(string path) => http.GetByteArrayAsync(path);

    private async Task ActAsync(Guid id, string act)
    {
        using HttpResponseMessage answer = await http.PostAsync($"/api/v1/sessions/{id}/{act}", null);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonSerializer.Deserialize<JsonElement>(body);
    }
}
