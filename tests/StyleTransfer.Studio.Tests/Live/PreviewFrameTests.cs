using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Tests.Live;

/// <summary>Live previews over HTTP: whole, or small for a slow line.</summary>
public sealed class PreviewFrameTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(320, 320, 240)]
    [InlineData(192, 192, 144)]
    public async Task Preview_SmallerAskedFor_HasThatEdgeAndFewerBytes(int edge, int width, int height)
    {
        (string address, byte[] whole) = await ShowAsync(512, 384);

        using HttpResponseMessage answer = await studio.Client.Http.GetAsync($"{address}?edge={edge}", Token);
        byte[] small = await answer.Content.ReadAsByteArrayAsync(Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("image/webp", answer.Content.Headers.ContentType!.MediaType);
        ImageHeader header = ImageReader.Inspect(small, ImageLimits.None);
        Assert.Equal((width, height), (header.Width, header.Height));
        Assert.True(small.Length < whole.Length * edge / 512, $"{small.Length} bytes instead of {whole.Length}");
    }

    [Fact]
    public async Task Preview_NoLargerThanAskedFor_IsSentAsItIs()
    {
        (string address, byte[] whole) = await ShowAsync(160, 120);

        Assert.Equal(whole, await studio.Client.Http.GetByteArrayAsync($"{address}?edge=192", Token));
    }

    [Fact]
    public async Task Preview_OfAnotherEdge_IsRefusedInWords()
    {
        (string address, _) = await ShowAsync(512, 384);

        using HttpResponseMessage answer = await studio.Client.Http.GetAsync($"{address}?edge=300", Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("a longer edge of 300 pixels; 320 and 192 are made", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public void Small_ByManyAtOnce_IsMadeOnce()
    {
        PreviewFrame frame = new(new PreviewVersion(1, 512, 384), Jpeg(512, 384));
        byte[][] copies = new byte[8][];

        Parallel.For(0, copies.Length, i => copies[i] = frame.Small(192));

        Assert.All(copies, copy => Assert.Same(copies[0], copy));
    }

    private static byte[] Jpeg(int width, int height) =>
        ImageWriter.Write(ImageReader.Read(Drawn.Picture(width, height, seed: 71), ImageLimits.None), new ImageWriteOptions { Format = ImageFormat.Jpeg, Quality = 72 });

    // A session's own previews are as small as the session.
    private async Task<(string Address, byte[] Jpeg)> ShowAsync(int width, int height)
    {
        Guid id = await studio.Client.RunAsync(iterations: 2);
        await studio.Client.WaitForAsync(id, SessionState.Completed);
        byte[] jpeg = Jpeg(width, height);
        (await studio.Services.GetRequiredService<LiveFeeds>().FindAsync(id, Token))!.Show(new PreviewVersion(7, width, height), jpeg);
        return ($"/media/sessions/{id}/preview/7", jpeg);
    }
}
