using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.SignalR.Client;

namespace StyleTransfer.Studio.Tests.Hosting;

/// <summary>A studio with a password: everything asks for it, at the door, in a header or by the cookie.</summary>
public sealed class DoorTests(DoorTests.LockedStudio locked) : IClassFixture<DoorTests.LockedStudio>
{
    private const string Password = "correct horse battery";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private StudioClient Client => locked.Studio.Client;

    [Theory]
    [InlineData("/api/v1/sessions")]
    [InlineData("/api/v1/styles")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/media/0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Script_WithoutPassword_Is401WithTheReason(string path)
    {
        using HttpResponseMessage response = await Client.Http.GetAsync(path, Token);

        Assert.Contains("password", await StudioClient.ProblemAsync(response, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        Assert.Equal("Basic", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Theory]
    [InlineData("/", "/login")]
    [InlineData("/sessions?search=a", "/login?back=%2Fsessions%3Fsearch%3Da")]
    public async Task Page_WithoutCookie_LeadsToTheDoor(string path, string door)
    {
        using HttpResponseMessage response = await GetPageAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(door, response.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/login")]
    [InlineData("/css/login.css")]
    public async Task Open_WithoutPassword_IsServed(string path)
    {
        using HttpResponseMessage response = await GetPageAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Login_RightPassword_OpensPagesAndApiAndComesBack()
    {
        using HttpResponseMessage entered = await LogInAsync(Client, Password, "/styles");

        Assert.Equal("/styles", entered.Headers.Location!.OriginalString);
        string cookie = entered.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        foreach (string path in new[] { "/styles", "/api/v1/sessions" })
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
            using HttpResponseMessage response = await Client.Http.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Login_BackToAnotherSite_GoesToTheFrontPage()
    {
        using HttpResponseMessage entered = await LogInAsync(Client, Password, "//evil.example");

        Assert.Equal("/", entered.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Login_Korean_SpeaksKorean()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/login");
        request.Headers.AcceptLanguage.ParseAdd("ko");
        using HttpResponseMessage response = await Client.Http.SendAsync(request, Token);

        Assert.Contains("비밀번호", WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer", Password)]
    [InlineData("Basic", "anyone:" + Password)]
    public async Task Script_PasswordInHeader_IsServed(string scheme, string credentials)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/sessions");
        string parameter = scheme == "Basic" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)) : credentials;
        // HttpClient's own checks would refuse the spaces of this password in a Bearer header.
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {parameter}");

        using HttpResponseMessage response = await Client.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Hub_WithoutPassword_IsRefused()
    {
        await using HubConnection hub = new HubConnectionBuilder().WithUrl(new Uri(Client.Address, "/hubs/sessions")).Build();

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => hub.StartAsync(Token));

        Assert.Equal(HttpStatusCode.Unauthorized, e.StatusCode);
    }

    [Fact]
    public async Task Hub_WithPassword_Connects()
    {
        await using HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri(Client.Address, "/hubs/sessions"), options => options.Headers["Authorization"] = "Bearer " + Password)
            .Build();

        await hub.StartAsync(Token);

        Assert.Equal(HubConnectionState.Connected, hub.State);
    }

    [Fact]
    public async Task Login_FiveWrongPasswords_MakesTheAddressWait()
    {
        await using StudioApp own = await StudioApp.StartAsync(("Security:Password", Password));
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage wrong = await LogInAsync(own.Client, "guess " + i, "/");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using HttpResponseMessage sixth = await LogInAsync(own.Client, Password, "/");
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/sessions") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "guess") } };
        using HttpResponseMessage script = await own.Client.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.TooManyRequests, sixth.StatusCode);
        Assert.Equal(TimeSpan.FromMinutes(1), sixth.Headers.RetryAfter!.Delta);
        await StudioClient.ProblemAsync(script, HttpStatusCode.TooManyRequests);
    }

    private static async Task<HttpResponseMessage> LogInAsync(StudioClient client, string password, string back)
    {
        using FormUrlEncodedContent form = new(new Dictionary<string, string> { ["password"] = password, ["back"] = back });
        return await client.Http.PostAsync("/login", form, Token);
    }

    private async Task<HttpResponseMessage> GetPageAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        return await Client.Http.SendAsync(request, Token);
    }

    /// <summary>One locked studio for the class.</summary>
    public sealed class LockedStudio : IAsyncLifetime
    {
        public StudioApp Studio { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Studio = await StudioApp.StartAsync(("Security:Password", Password));

        public ValueTask DisposeAsync() => Studio.DisposeAsync();
    }
}
