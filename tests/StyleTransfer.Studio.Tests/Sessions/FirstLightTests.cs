using System.Net;
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

    [Fact]
    public async Task Delete_TheRunningOne_LetsTheNextRunAndGoesOnWhenRestored()
    {
        const int Many = 4000;
        Guid deleted = await studio.Client.RunAsync(size: 64, iterations: Many, title: "Deleted while it runs");
        await studio.Client.WaitForAsync(deleted, seen => seen.Iteration >= 3, "at iteration 3");

        using HttpResponseMessage gone = await studio.Client.Http.DeleteAsync($"/api/v1/sessions/{deleted}", Token);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        FeedEvent stopped = await studio.Client.WaitForAsync(deleted, SessionState.Queued);
        Assert.InRange(stopped.Iteration, 3, Many - 1);
        Guid next = await studio.Client.RunAsync(size: 64, iterations: 3, title: "The next one");
        await studio.Client.WaitForAsync(next, SessionState.Completed);

        await studio.Client.AskAsync(deleted, "restore");
        await studio.Client.WaitForAsync(deleted, seen => seen.Iteration > stopped.Iteration, $"beyond iteration {stopped.Iteration}");
        await studio.Client.AskAsync(deleted, "cancel");
        await studio.Client.WaitForAsync(deleted, SessionState.Cancelled);
    }
}
