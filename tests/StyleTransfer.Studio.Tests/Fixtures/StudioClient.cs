using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Studio.Api;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Tests;

/// <summary>What a script does with the studio: uploads, sessions over HTTP, the live hub. Waits for events, never for time.</summary>
public sealed class StudioClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public StudioClient(Uri address)
    {
        Address = address;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>Follows no redirects and keeps no secrets: what the studio answers is what a test sees.</summary>
    public HttpClient Http { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<HttpResponseMessage> PostFileAsync(string url, byte[] file, string name = "picture.png")
    {
        using ByteArrayContent part = new(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using MultipartFormDataContent form = new() { { part, "file", name } };
        return await Http.PostAsync(url, form, Token);
    }

    /// <summary>Uploads a picture and returns its id.</summary>
    public async Task<string> UploadAsync(byte[] file)
    {
        using HttpResponseMessage response = await PostFileAsync("/api/v1/images", file);
        return (await ReadAsync(response)).GetProperty("id").GetString()!;
    }

    /// <summary>Queues a small session of the default preset on two drawn pictures and returns its id.</summary>
    /// <param name="iterations">At one scale; the run takes a fraction of a second each.</param>
    public async Task<Guid> RunAsync(int size = 96, int iterations = 4, string title = "A test")
    {
        StudioApp.RequireEncoder();
        string content = await UploadAsync(Drawn.Picture(size, size, seed: 1));
        string style = await UploadAsync(Drawn.Picture(size, size, seed: 2));
        using HttpResponseMessage response = await Http.PostAsJsonAsync("/api/v1/sessions", new { title, recipe = Drawn.Recipe(content, style, size, iterations) }, Token);
        return (await ReadAsync(response)).GetProperty("id").GetGuid();
    }

    public async Task<JsonElement> SessionAsync(Guid id)
    {
        using HttpResponseMessage response = await Http.GetAsync($"/api/v1/sessions/{id}", Token);
        return await ReadAsync(response);
    }

    /// <summary>Asks for a change of state: pause, resume, cancel, retry.</summary>
    public async Task AskAsync(Guid id, string action)
    {
        using HttpResponseMessage response = await Http.PostAsync($"/api/v1/sessions/{id}/{action}", null, Token);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Watches the session until it is in the state; fails at once where it ended otherwise.</summary>
    public Task<FeedEvent> WaitForAsync(Guid id, SessionState state) => WaitForAsync(id, next => next.State == state, state.ToString());

    /// <summary>Watches the session until it is as wished.</summary>
    public async Task<FeedEvent> WaitForAsync(Guid id, Func<FeedEvent, bool> isWished, string wish)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        await using HubConnection hub = await ConnectAsync();
        FeedEvent? last = null;
        try
        {
            await foreach (FeedEvent next in hub.StreamAsync<FeedEvent>("Watch", id, 1, patience.Token))
            {
                last = next;
                if (isWished(next))
                {
                    return next;
                }
            }
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            // Said below, with the state in which it hung.
        }

        throw new TimeoutException($"Session {id} was to be '{wish}', but is {last?.State} at iteration {last?.Iteration} of {last?.TotalIterations}. {last?.Error}");
    }

    /// <summary>A connection to the public hub.</summary>
    public async Task<HubConnection> ConnectAsync(bool usesMessagePack = true)
    {
        IHubConnectionBuilder builder = new HubConnectionBuilder().WithUrl(new Uri(Address, "/hubs/sessions"));
        builder = usesMessagePack
            ? builder.AddMessagePackProtocol()
            : builder.AddJsonProtocol(options => options.PayloadSerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        HubConnection connection = builder.Build();
        await connection.StartAsync(Token);
        return connection;
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        string body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    /// <summary>The reason in problem details of one of the statuses.</summary>
    public static async Task<string> ProblemAsync(HttpResponseMessage response, params HttpStatusCode[] allowed)
    {
        string body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(allowed.Contains(response.StatusCode), $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonSerializer.Deserialize<JsonElement>(body).TryGetProperty("detail", out JsonElement detail) ? detail.GetString()! : "";
    }

    public void Dispose() => Http.Dispose();
}
