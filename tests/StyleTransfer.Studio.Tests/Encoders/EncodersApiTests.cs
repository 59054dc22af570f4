using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using StyleTransfer.Core.Encoders;

namespace StyleTransfer.Studio.Tests.Encoders;

public sealed class EncodersApiTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_FreshStudio_HasOurOwnEncoderAndNamesVgg19()
    {
        using HttpResponseMessage response = await studio.Client.Http.GetAsync("/api/v1/encoders", Token);

        JsonElement[] list = [.. (await StudioClient.ReadAsync(response)).EnumerateArray()];
        JsonElement compact = list.Single(encoder => encoder.GetProperty("name").GetString() == EncoderCatalog.Compact);
        Assert.True(compact.GetProperty("installed").GetBoolean());
        Assert.True(compact.GetProperty("version").GetInt32() >= 1);
        Assert.Equal(64, compact.GetProperty("sha256").GetString()!.Length);
        Assert.Equal(16, list.Single(encoder => encoder.GetProperty("name").GetString() == EncoderCatalog.Vgg19).GetProperty("layers").GetArrayLength());
    }

    [Fact]
    public async Task Upload_Pickle_IsRefusedWithTheReason()
    {
        using ByteArrayContent body = new([0x80, 2, (byte)'}', 0]);

        using HttpResponseMessage response = await studio.Client.Http.PutAsync("/api/v1/encoders/vgg19/installation/file?name=vgg19.pth", body, Token);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("pickle", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using HttpResponseMessage status = await studio.Client.Http.GetAsync("/api/v1/encoders/vgg19/installation", Token);
        JsonElement installation = await StudioClient.ReadAsync(status);
        Assert.Equal("failed", installation.GetProperty("state").GetString());
        Assert.Contains("pickle", installation.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Inside the program")]
    [InlineData("ko", "프로그램에 내장됨")]
    public async Task Page_EitherLanguage_ShowsTheCatalogue(string language, string expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/encoders");
        request.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue(language));

        using HttpResponseMessage response = await studio.Client.Http.SendAsync(request, Token);

        string html = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(expected, html, StringComparison.Ordinal);
        Assert.Contains("relu1_1 … relu5_1", html, StringComparison.Ordinal);
    }
}
