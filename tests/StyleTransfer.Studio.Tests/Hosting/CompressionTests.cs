using System.IO.Compression;

namespace StyleTransfer.Studio.Tests.Hosting;

/// <summary>What comes over a slow line: scripts and styles squeezed, pages with their secrets as they are.</summary>
public sealed class CompressionTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/css/app.css")]
    [InlineData("/js/curves.js")]
    [InlineData("/openapi/v1.json")]
    public async Task Get_TextWithoutSecrets_IsSqueezedAndTheSame(string path)
    {
        string plain = await studio.Client.Http.GetStringAsync(path, Token);
        using HttpRequestMessage request = Asking(path);

        using HttpResponseMessage response = await studio.Client.Http.SendAsync(request, Token);

        Assert.Equal(["br"], response.Content.Headers.ContentEncoding);
        await using BrotliStream squeezed = new(await response.Content.ReadAsStreamAsync(Token), CompressionMode.Decompress);
        using StreamReader reader = new(squeezed);
        Assert.Equal(plain, await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Get_Page_IsNotSqueezed()
    {
        using HttpRequestMessage request = Asking("/styles");

        using HttpResponseMessage response = await studio.Client.Http.SendAsync(request, Token);

        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Contains("<html", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Asking(string path)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.ParseAdd("br");
        return request;
    }
}
