using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures;

/// <summary>What a script does with the studio: pictures, sessions, the live hub.</summary>
internal sealed class StudioClient(StudioProcess studio) : IDisposable
{
    private string content = "";
    private string style = "";

    public HttpClient Http { get; } = new() { BaseAddress = new Uri(studio.Address) };

    public async Task BringAsync((byte[] Content, byte[] Style) pictures, CancellationToken cancellationToken)
    {
        content = await UploadAsync(pictures.Content, cancellationToken);
        style = await UploadAsync(pictures.Style, cancellationToken);
    }

    /// <summary>Queues a session with the pictures that were brought.</summary>
    public async Task<Guid> RunAsync(Recipe recipe, CancellationToken cancellationToken)
    {
        recipe = recipe with { Content = content, Styles = [new StyleInput { Image = style }] };
        using HttpResponseMessage response = await Http.PostAsJsonAsync(
            "/api/v1/sessions", new { title = "Measured", recipe = JsonSerializer.Deserialize<JsonElement>(RecipeJson.Write(recipe)) }, cancellationToken);
        return (await ReadAsync<JsonElement>(response, cancellationToken)).GetProperty("id").GetGuid();
    }

    public Task FinishAsync(Guid session, CancellationToken cancellationToken) => UntilAsync(session, next => next.State == SessionState.Completed, cancellationToken);

    /// <summary>Watches until it is as wished.</summary>
    public async Task UntilAsync(Guid session, Func<FeedEvent, bool> isWished, CancellationToken cancellationToken)
    {
        await using HubConnection hub = await ConnectAsync(cancellationToken);
        FeedEvent? last = null;
        await foreach (FeedEvent next in hub.StreamAsync<FeedEvent>("Watch", session, 1, cancellationToken))
        {
            last = next;
            if (isWished(next))
            {
                return;
            }
        }

        throw new InvalidOperationException($"The session ended as {last?.State} at iteration {last?.Iteration}. {last?.Error}");
    }

    public async Task CancelAsync(Guid session, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await Http.PostAsync($"/api/v1/sessions/{session}/cancel", null, cancellationToken);
        response.EnsureSuccessStatusCode();
        await UntilAsync(session, next => next.State == SessionState.Cancelled, cancellationToken);
    }

    public async Task<IReadOnlyList<IterationMessage>> TraceAsync(Guid session, CancellationToken cancellationToken) =>
        (await Http.GetFromJsonAsync<IterationMessage[]>($"/api/v1/sessions/{session}/loss", cancellationToken))!;

    public async Task<HubConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        HubConnection connection = new HubConnectionBuilder().WithUrl(new Uri(new Uri(studio.Address), "/hubs/sessions")).AddMessagePackProtocol().Build();
        await connection.StartAsync(cancellationToken);
        return connection;
    }

    public void Dispose() => Http.Dispose();

    private async Task<string> UploadAsync(byte[] file, CancellationToken cancellationToken)
    {
        using ByteArrayContent part = new(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using MultipartFormDataContent form = new() { { part, "file", "picture" } };
        using HttpResponseMessage response = await Http.PostAsync("/api/v1/images", form, cancellationToken);
        return (await ReadAsync<JsonElement>(response, cancellationToken)).GetProperty("id").GetString()!;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken) => response.IsSuccessStatusCode
        ? (await response.Content.ReadFromJsonAsync<T>(cancellationToken))!
        : throw new InvalidOperationException($"The studio answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
}
