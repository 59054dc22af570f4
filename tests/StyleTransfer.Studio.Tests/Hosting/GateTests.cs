using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using StyleTransfer.Core.Messages;

namespace StyleTransfer.Studio.Tests.Hosting;

/// <summary>What another site makes in a visitor's browser is refused, whatever it asks for.</summary>
public sealed class GateTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Doors => new()
    {
        { "GET", "/" },
        { "GET", "/api/v1/sessions" },
        { "POST", "/api/v1/images" },
        { "POST", "/api/v1/sessions" },
        { "POST", "/_blazor/negotiate?negotiateVersion=1" },
        { "POST", "/hubs/sessions/negotiate?negotiateVersion=1" },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Request_ForeignOrigin_IsRefused(string method, string path)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        request.Headers.Add("Origin", "https://evil.example");

        using HttpResponseMessage response = await studio.Client.Http.SendAsync(request, Token);

        Assert.Contains("another site", await StudioClient.ProblemAsync(response, HttpStatusCode.Forbidden), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Request_ForeignHost_IsRefused(string method, string path)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        request.Headers.Host = "rebound.example";

        using HttpResponseMessage response = await studio.Client.Http.SendAsync(request, Token);

        Assert.Contains("rebound.example", await StudioClient.ProblemAsync(response, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Request_OriginThatOnlyLooksOwn_IsRefused(string origin)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/sessions");
        request.Headers.Add("Origin", origin);

        using HttpResponseMessage response = await studio.Client.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Request_OwnOrigin_IsServed()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/sessions");
        request.Headers.Add("Origin", studio.Client.Address.GetLeftPart(UriPartial.Authority));

        using HttpResponseMessage response = await studio.Client.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/_blazor")]
    [InlineData("/hubs/sessions")]
    [InlineData("/internal/worker")]
    public async Task WebSocket_ForeignOrigin_IsRefused(string path)
    {
        using ClientWebSocket socket = new();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{studio.Client.Address.Authority}{path}"), Token));

        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task WorkerHub_WithoutTheSecret_IsClosed()
    {
        await using HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri(studio.Client.Address, WorkerEnvironment.HubPath), options => options.Headers[WorkerEnvironment.SecretHeader] = "not the secret")
            .Build();
        TaskCompletionSource closed = new();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };

        await hub.StartAsync(Token);

        await closed.Task.WaitAsync(TimeSpan.FromMinutes(1), Token);
    }
}
