using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace StyleTransfer.Studio.Tests.Api;

public sealed class ContractTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Http => studio.Client.Http;

    [Fact]
    public async Task OpenApi_Document_HasEveryPathOfTheContract()
    {
        JsonElement document = await StudioClient.ReadAsync(await Http.GetAsync("/openapi/v1.json", Token));

        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name.TrimEnd('/'))];
        string[] contract =
        [
            "/api/v1/images", "/api/v1/styles", "/api/v1/sessions", "/api/v1/sessions/{id}", "/api/v1/sessions/{id}/loss",
            "/api/v1/sessions/{id}/frames/{iteration}", "/api/v1/sessions/{id}/result", "/api/v1/sessions/{id}/pause",
            "/api/v1/sessions/{id}/resume", "/api/v1/sessions/{id}/cancel", "/api/v1/sessions/{id}/fork",
        ];
        Assert.Empty(contract.Except(paths));
    }

    [Fact]
    public async Task OpenApi_Requests_RequireNothingThatMayBeNull()
    {
        JsonElement document = await StudioClient.ReadAsync(await Http.GetAsync("/openapi/v1.json", Token));
        JsonElement schemas = document.GetProperty("components").GetProperty("schemas");

        string[] requests =
        [
            .. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
                .Where(operation => operation.Value.TryGetProperty("requestBody", out JsonElement _))
                .SelectMany(operation => operation.Value.GetProperty("requestBody").GetProperty("content").EnumerateObject())
                .Where(content => content.Value.TryGetProperty("schema", out JsonElement schema) && schema.TryGetProperty("$ref", out JsonElement _))
                .Select(content => content.Value.GetProperty("schema").GetProperty("$ref").GetString()!.Split('/')[^1]).Distinct(),
        ];
        Assert.Contains("NewSession", requests);
        Assert.All(requests, request =>
        {
            JsonElement schema = schemas.GetProperty(request);
            IEnumerable<string> required = schema.TryGetProperty("required", out JsonElement names) ? names.EnumerateArray().Select(name => name.GetString()!) : [];
            Assert.DoesNotContain(required, name => MayBeNull(schema.GetProperty("properties").GetProperty(name)));
        });

        static bool MayBeNull(JsonElement property) =>
            (property.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(one => one.GetString() == "null"))
            || (property.TryGetProperty("oneOf", out JsonElement choices) && choices.EnumerateArray().Any(MayBeNullItself));

        static bool MayBeNullItself(JsonElement choice) => choice.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "null";
    }

    [Fact]
    public async Task Health_RunningStudio_IsHealthy() => Assert.Equal("Healthy", await Http.GetStringAsync("/healthz", Token));

    [Fact]
    public async Task Page_UnknownAddress_Is404AsAPage()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/no-such-page");
        request.Headers.Accept.ParseAdd("text/html");
        using HttpResponseMessage response = await Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Api_UnknownAddress_Is404AsAProblem()
    {
        using HttpResponseMessage response = await Http.GetAsync("/api/v1/no-such-thing", Token);

        await StudioClient.ProblemAsync(response, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Style_AddedSearchedDeletedRestored_IsBack()
    {
        string image = await studio.Client.UploadAsync(Drawn.Picture(60, 40, seed: 31));
        JsonElement style = await StudioClient.ReadAsync(await Http.PostAsJsonAsync("/api/v1/styles", new { image, title = "Quixotic Zebra", tags = "Ink, ink, wash" }, Token));
        string id = style.GetProperty("id").GetString()!;

        Assert.Equal("ink, wash", style.GetProperty("tags").GetString());
        Assert.Equal(1, await FoundAsync());
        using HttpResponseMessage deleted = await Http.DeleteAsync($"/api/v1/styles/{id}", Token);
        Assert.Equal(0, await FoundAsync());
        using HttpResponseMessage restored = await Http.PostAsync($"/api/v1/styles/{id}/restore", null, Token);
        Assert.Equal(1, await FoundAsync());

        async Task<int> FoundAsync() =>
            (await StudioClient.ReadAsync(await Http.GetAsync("/api/v1/styles?search=zebra+wash", Token))).GetProperty("total").GetInt32();
    }

    [Fact]
    public async Task Style_OfAPictureThatIsNotThere_SaysUploadFirst()
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync("/api/v1/styles", new { image = new string('0', 64), title = "Nothing" }, Token);

        Assert.Contains("Upload it first", await StudioClient.ProblemAsync(response, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/media/../../studio.db")]
    [InlineData("/media/..%2f..%2fstudio.db")]
    [InlineData("/media/0000000000000000000000000000000000000000000000000000000000000000/161")]
    public async Task Media_AnythingButAStoredPicture_Is404(string path)
    {
        using HttpResponseMessage response = await Http.GetAsync(path, Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
