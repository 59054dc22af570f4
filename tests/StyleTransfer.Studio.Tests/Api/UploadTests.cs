using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Tests.Api;

/// <summary>What is not a whole picture of a sane size is refused with the reason, and nothing of it stays.</summary>
public sealed class UploadTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "text", Encoding.UTF8.GetBytes("This is no picture, whatever its name says."), "not" },
        { "empty", [], "empty" },
        { "script.svg", Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "SVG drawing" },
        { "truncated.png", Drawn.Picture(80, 60, 1)[..2000], "cut off" },
        { "truncated.jpg", Jpeg()[..1500], "cut off" },
        { "damaged.png", Damaged(Drawn.Picture(80, 60, 2)), "damaged" },
        { "huge.png", Huge(), "megapixels" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task Upload_NotAWholePicture_IsRefusedAndNotStored(string name, byte[] file, string reason)
    {
        using HttpResponseMessage response = await studio.Client.PostFileAsync("/api/v1/images", file, name);

        string detail = await StudioClient.ProblemAsync(response, HttpStatusCode.UnprocessableEntity);
        Assert.Contains(reason, detail, StringComparison.OrdinalIgnoreCase);
        await AssertNotStoredAsync(file);
    }

    [Theory]
    [InlineData(26)]
    [InlineData(40)]
    public async Task Upload_TooManyBytes_IsRefusedWithTheLimit(int megabytes)
    {
        byte[] file = new byte[megabytes * 1024 * 1024];

        using HttpResponseMessage response = await studio.Client.PostFileAsync("/api/v1/images", file);

        Assert.Contains("at most 25 MB", await StudioClient.ProblemAsync(response, HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
        await AssertNotStoredAsync(file);
    }

    [Fact]
    public async Task Upload_UnannouncedLength_IsCutOffAtTheLimit()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/images");
        using MultipartFormDataContent form = new() { { new ByteArrayContent(new byte[30 * 1024 * 1024]), "file", "big.png" } };
        request.Content = form;
        request.Headers.TransferEncodingChunked = true;

        using HttpResponseMessage response = await studio.Client.Http.SendAsync(request, Token);

        await StudioClient.ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Upload_NoForm_SaysWhatToSend()
    {
        using HttpResponseMessage response = await studio.Client.Http.PostAsync("/api/v1/images", new StringContent("x"), Token);

        Assert.Contains("multipart/form-data", await StudioClient.ProblemAsync(response, HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_FormCutOff_Is400()
    {
        using StringContent body = new("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nhalf of it");
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        using HttpResponseMessage response = await studio.Client.Http.PostAsync("/api/v1/images", body, Token);

        Assert.Contains("cut off", await StudioClient.ProblemAsync(response, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_SamePictureTwice_IsOneEntry()
    {
        byte[] file = Drawn.Picture(40, 30, seed: 77);

        string first = await studio.Client.UploadAsync(file);
        string second = await studio.Client.UploadAsync(file);

        Assert.Equal(first, second);
        JsonElement image = await StudioClient.ReadAsync(await studio.Client.Http.GetAsync($"/api/v1/images/{first}", Token));
        Assert.Equal((40, 30, "image/png"), (image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32(), image.GetProperty("mediaType").GetString()));
        using HttpResponseMessage media = await studio.Client.Http.GetAsync(image.GetProperty("url").GetString(), Token);
        Assert.Equal(file, await media.Content.ReadAsByteArrayAsync(Token));
        Assert.Contains("immutable", media.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.NotNull(media.Headers.ETag);
    }

    private static byte[] Jpeg() => ImageWriter.Write(Drawn.Pixels(120, 90, 3), new ImageWriteOptions { Format = ImageFormat.Jpeg });

    private static byte[] Damaged(byte[] png)
    {
        byte[] copy = [.. png];
        Array.Fill(copy, (byte)0xA5, copy.Length / 3, copy.Length / 3);
        return copy;
    }

    // 48 megapixels in a few kilobytes.
    private static byte[] Huge()
    {
        using NetVips.Image black = NetVips.Image.Black(8000, 6000);
        return black.PngsaveBuffer();
    }

    private async Task AssertNotStoredAsync(byte[] file)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(file));
        Assert.False(studio.Services.GetRequiredService<StudioStorage>().Store.Contains(id));
        using HttpResponseMessage found = await studio.Client.Http.GetAsync($"/api/v1/images/{id}", Token);
        Assert.Equal(HttpStatusCode.NotFound, found.StatusCode);
    }
}
