using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Tests.Api;

/// <summary>The contract that scripts rely on.</summary>
public sealed class SessionsApiTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Http => studio.Client.Http;

    [Fact]
    public async Task Create_PresetAndPictures_QueuesAndNamesItsPlace()
    {
        StudioApp.RequireEncoder();
        string content = await studio.Client.UploadAsync(Drawn.Picture(96, 64, 11));
        string style = await studio.Client.UploadAsync(Drawn.Picture(64, 64, 12));

        using HttpResponseMessage response = await Http.PostAsJsonAsync("/api/v1/sessions", new { title = "By preset", preset = "fast", content, styles = new[] { style }, size = 96 }, Token);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        JsonElement created = await StudioClient.ReadAsync(response);
        Guid id = created.GetProperty("id").GetGuid();
        Assert.Equal($"/api/v1/sessions/{id}", response.Headers.Location!.OriginalString);
        Assert.Equal("By preset", created.GetProperty("title").GetString());
        Assert.Equal(64, created.GetProperty("recipe").GetProperty("encoder").GetProperty("sha256").GetString()!.Length);
        JsonElement page = await StudioClient.ReadAsync(await Http.GetAsync("/api/v1/sessions?search=preset&take=200", Token));
        Assert.Contains(page.GetProperty("items").EnumerateArray(), item => item.GetProperty("id").GetGuid() == id);
        await studio.Client.AskAsync(id, "cancel");
        await studio.Client.WaitForAsync(id, SessionState.Cancelled);
    }

    [Fact]
    public async Task Session_PausedResumedCancelled_GoesThroughTheStatesAndKeepsItsFrames()
    {
        Guid id = await studio.Client.RunAsync(iterations: 100_000);
        await studio.Client.WaitForAsync(id, seen => seen.Iteration >= 3, "at iteration 3");

        await studio.Client.AskAsync(id, "pause");
        int paused = (await studio.Client.WaitForAsync(id, SessionState.Paused)).Iteration;
        using HttpResponseMessage again = await Http.PostAsync($"/api/v1/sessions/{id}/pause", null, Token);
        await studio.Client.AskAsync(id, "resume");
        await studio.Client.WaitForAsync(id, seen => seen.Iteration > paused, "beyond the pause");
        await studio.Client.AskAsync(id, "cancel");
        await studio.Client.WaitForAsync(id, SessionState.Cancelled);

        Assert.Contains("running or queued", await StudioClient.ProblemAsync(again, HttpStatusCode.Conflict), StringComparison.Ordinal);
        JsonElement frames = await StudioClient.ReadAsync(await Http.GetAsync($"/api/v1/sessions/{id}/frames", Token));
        Assert.NotEqual(0, frames.GetArrayLength());
        using HttpResponseMessage frame = await Http.GetAsync($"/api/v1/sessions/{id}/frames/1", Token);
        byte[] picture = await Http.GetByteArrayAsync(frame.Headers.Location, Token);
        Assert.Equal(96, ImageReader.Inspect(picture, ImageLimits.Default).Width);
    }

    [Fact]
    public async Task Session_ThatCannotRun_FailsWithTheReasonAndTheNextRuns()
    {
        StudioApp.RequireEncoder();
        string lost = await studio.Client.UploadAsync(Drawn.Picture(64, 64, seed: 991));
        File.Delete(studio.Services.GetRequiredService<StudioStorage>().Store.PathOf(lost));

        using HttpResponseMessage response = await Http.PostAsJsonAsync("/api/v1/sessions", new { recipe = Drawn.Recipe(lost, lost, 96, 3) }, Token);
        Guid failing = (await StudioClient.ReadAsync(response)).GetProperty("id").GetGuid();
        Guid next = await studio.Client.RunAsync(iterations: 3);

        Assert.Contains(lost, (await studio.Client.WaitForAsync(failing, SessionState.Failed)).Error, StringComparison.Ordinal);
        await studio.Client.WaitForAsync(next, SessionState.Completed);
    }

    [Fact]
    public async Task Session_RegionByTheColourOfAMap_RunsToItsEnd()
    {
        StudioApp.RequireEncoder();
        string picture = await studio.Client.UploadAsync(Drawn.Picture(64, 64, seed: 21));
        // Red on the left, blue on the right.
        float[] colors = [.. Enumerable.Range(0, 64 * 64).SelectMany(at => at % 64 < 32 ? new[] { 1f, 0, 0 } : [0, 0, 1f])];
        string map = await studio.Client.UploadAsync(ImageWriter.Write(new PixelImage(64, 64, colors), new ImageWriteOptions()));
        Recipe recipe = Presets.Named("fast").At(96) with
        {
            Content = picture,
            Styles = [new StyleInput { Image = picture }],
            Regions = [new GuidanceRegion { ContentMask = ColorRegions.Reference(map, "#ff0000") }],
        };
        using StringContent body = new($"{{\"recipe\":{RecipeJson.Write(recipe)}}}", Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await Http.PostAsync("/api/v1/sessions", body, Token);

        Guid session = (await StudioClient.ReadAsync(response)).GetProperty("id").GetGuid();
        await studio.Client.WaitForAsync(session, SessionState.Completed);
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "{}", "give `recipe`, or `content` and `styles`" },
        { """{"preset":"nonsense","content":"a","styles":["b"]}""", "balanced" },
        { """{"preset":"fast","content":"a","styles":["b"],"size":-5}""", "-5" },
        { """{"recipe":{"version":1,"layers":"no"}}""", "layers" },
        { """{"preset":"fast","content":"0000000000000000000000000000000000000000000000000000000000000000","styles":["0000000000000000000000000000000000000000000000000000000000000000"]}""", "Upload it first" },
        { "{ not json", "JSON" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Create_Nonsense_Is400WithWhatIsAllowed(string body, string reason)
    {
        StudioApp.RequireEncoder();

        using HttpResponseMessage response = await Http.PostAsync("/api/v1/sessions", new StringContent(body, Encoding.UTF8, "application/json"), Token);

        Assert.Contains(reason, await StudioClient.ProblemAsync(response, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/loss")]
    [InlineData("/frames")]
    [InlineData("/frames/1")]
    [InlineData("/result")]
    public async Task Get_UnknownSession_Is404Problem(string what)
    {
        using HttpResponseMessage response = await Http.GetAsync($"/api/v1/sessions/{Guid.Empty}{what}", Token);

        await StudioClient.ProblemAsync(response, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    [InlineData("fork")]
    public async Task Ask_UnknownSession_IsRefused(string action)
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync($"/api/v1/sessions/{Guid.Empty}/{action}", new { }, Token);

        await StudioClient.ProblemAsync(response, HttpStatusCode.NotFound, HttpStatusCode.Conflict);
    }
}
