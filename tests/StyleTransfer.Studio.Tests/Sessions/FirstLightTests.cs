using System.Text.Json;
using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class FirstLightTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_TwoPictures_BecomesAPicture()
    {
        Guid id = await studio.Client.RunAsync(size: 96, iterations: 5, title: "First light");

        FeedEvent end = await studio.Client.WaitForAsync(id, SessionState.Completed);

        Assert.Equal(5, end.Iteration);
        Assert.Equal(5, end.TotalIterations);
        JsonElement session = await studio.Client.SessionAsync(id);
        Assert.Equal("First light", session.GetProperty("title").GetString());
        Assert.Equal("completed", session.GetProperty("state").GetString());
        JsonElement loss = await StudioClient.ReadAsync(await studio.Client.Http.GetAsync($"/api/v1/sessions/{id}/loss", Token));
        Assert.Equal([1, 2, 3, 4, 5], loss.EnumerateArray().Select(iteration => iteration.GetProperty("iteration").GetInt32()));
        using HttpResponseMessage redirect = await studio.Client.Http.GetAsync(session.GetProperty("result").GetString(), Token);
        byte[] png = await studio.Client.Http.GetByteArrayAsync(redirect.Headers.Location, Token);
        ImageHeader header = ImageReader.Inspect(png, ImageLimits.Default);
        Assert.Equal((96, 96), (header.Width, header.Height));
    }
}
