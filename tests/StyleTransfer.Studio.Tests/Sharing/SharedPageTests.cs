using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Sharing;

namespace StyleTransfer.Studio.Tests.Sharing;

/// <summary>What stands on a shared page, and what does not.</summary>
public sealed partial class SharedPageTests(StudioApp studio)
{
    private const ShareParts Everything = ShareParts.Inputs | ShareParts.Progress | ShareParts.Download | ShareParts.Recipe;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Shares Shares => studio.Services.GetRequiredService<Shares>();

    [Fact]
    public async Task Page_OneSession_IsStaticAndComplete()
    {
        Session session = await Finished.AddAsync(studio, seed: 20);
        MadeShare share = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Title = "For <you> & me", Note = "First line\nSecond line", Parts = Everything }, Token);

        string page = await ReadAsync($"/s/{share.Token}");

        Assert.Contains("<h1>For &lt;you&gt; &amp; me</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<p>Second line</p>", page, StringComparison.Ordinal);
        Assert.Contains("og:title", page, StringComparison.Ordinal);
        Assert.Contains($"http://{studio.Client.Address.Authority}/s/{share.Token}/preview.jpg", page, StringComparison.Ordinal);
        Assert.Contains("line-total", page, StringComparison.Ordinal);
        Assert.DoesNotContain("blazor", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("/media/", page, StringComparison.Ordinal);
        Assert.DoesNotContain(session.Id.ToString(), page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Finished.SecretName, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Korean_IsKorean()
    {
        Session session = await Finished.AddAsync(studio, seed: 21);
        MadeShare share = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id] }, Token);
        using HttpRequestMessage request = new(HttpMethod.Get, $"/s/{share.Token}") { Headers = { { "Accept-Language", "ko" } } };

        using HttpResponseMessage answer = await studio.Client.Http.SendAsync(request, Token);
        string page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Token));

        Assert.Contains("lang=\"ko\"", page, StringComparison.Ordinal);
        Assert.Contains("콘텐츠", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithPassword_ShowsNoTitleAndNoPreview()
    {
        Session session = await Finished.AddAsync(studio, seed: 22);
        MadeShare share = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Title = "A secret title", Password = "open sesame" }, Token);

        using HttpResponseMessage answer = await studio.Client.Http.GetAsync($"/s/{share.Token}", Token);
        string page = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("secret", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("og:", page, StringComparison.Ordinal);
        Assert.Contains("type=\"password\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selection_WithoutTitles_ShowsNumbersOnly()
    {
        Session first = await Finished.AddAsync(studio, seed: 23, title: Finished.SecretName);
        Session second = await Finished.AddAsync(studio, seed: 24, title: Finished.SecretName);
        MadeShare without = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Selection, Sessions = [first.Id, second.Id], Title = "Two" }, Token);
        MadeShare with = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Selection, Sessions = [first.Id, second.Id], Title = "Two", Parts = Shares.UsualParts | ShareParts.Titles }, Token);

        Assert.DoesNotContain(Finished.SecretName, await ReadAsync($"/s/{without.Token}"), StringComparison.Ordinal);
        Assert.Contains(Finished.SecretName, await ReadAsync($"/s/{with.Token}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_OfPictureWithExif_CarryNone()
    {
        // A photograph with a place and a name in it, as a telephone makes them.
        byte[] photo;
        using (Image pixels = Image.Black(80, 60, bands: 3).Copy(interpretation: Enums.Interpretation.Srgb))
        using (Image tagged = pixels.Mutate(header =>
        {
            header.Set(GValue.GStrType, "exif-ifd0-ImageDescription", Finished.SecretName + " (x, ASCII, 17 components, 17 bytes)");
            header.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "52/1 31/1 0/1");
            header.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes($"<x>{Finished.SecretName}</x>"));
        }))
        {
            photo = tagged.JpegsaveBuffer(keep: Enums.ForeignKeep.All);
        }

        Assert.Contains(Finished.SecretName, Encoding.Latin1.GetString(photo), StringComparison.Ordinal);
        StoredImage image = await studio.Services.GetRequiredService<ImageLibrary>().AddAsync(photo, Token);
        Session session = await Finished.AddAsync(studio, seed: 25);
        string recipe = RecipeJson.Write(RecipeJson.Read(session.RecipeJson) with { Content = image.Id, Styles = [new StyleInput { Image = image.Id }] });
        await using (StudioDb database = await studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(Token))
        {
            await database.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.ResultImageId, image.Id).SetProperty(s => s.RecipeJson, recipe), Token);
        }

        MadeShare share = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Title = "x", Parts = Everything }, Token);
        foreach (string name in new[] { "picture-640.webp", "content-1280.webp", "style1-640.webp", "full.png", "recipe.json" })
        {
            byte[] file = await studio.Client.Http.GetByteArrayAsync($"/s/{share.Token}/1/{name}", Token);
            string bytes = Encoding.Latin1.GetString(file);
            Assert.DoesNotContain(Finished.SecretName, bytes, StringComparison.Ordinal);
            Assert.DoesNotContain("Exif", bytes, StringComparison.Ordinal);
            Assert.DoesNotContain("GPS", bytes, StringComparison.Ordinal);
        }

        JsonElement package = JsonSerializer.Deserialize<JsonElement>(await studio.Client.Http.GetByteArrayAsync($"/api/v1/sessions/{session.Id}/recipe?inputs=true", Token));
        Assert.All(package.GetProperty("inputs").EnumerateArray(), input =>
            Assert.DoesNotContain(Finished.SecretName, Encoding.Latin1.GetString(input.GetProperty("data").GetBytesFromBase64()), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Full_RecipeNotChosen_HasNoneInside()
    {
        Session session = await Finished.AddAsync(studio, seed: 26);
        MadeShare without = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Parts = ShareParts.Download }, Token);
        MadeShare with = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Parts = ShareParts.Download | ShareParts.Recipe }, Token);

        Assert.Null(EmbeddedRecipe.Find(await studio.Client.Http.GetByteArrayAsync($"/s/{without.Token}/1/full.png", Token)));
        Recipe recipe = RecipeJson.Read(EmbeddedRecipe.Find(await studio.Client.Http.GetByteArrayAsync($"/s/{with.Token}/1/full.png", Token))!);
        Assert.Equal("auto", recipe.Encoder.Name);
    }

    [Fact]
    public async Task Share_SessionDeletedAndRestored_LeavesAndReturns()
    {
        Session session = await Finished.AddAsync(studio, seed: 27);
        MadeShare share = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id] }, Token);
        SessionSelection selection = studio.Services.GetRequiredService<SessionSelection>();
        Assert.Single(await Shares.ShowingAsync([session.Id], Token));

        await selection.DeleteAsync([session.Id], Token);
        using HttpResponseMessage deleted = await studio.Client.Http.GetAsync($"/s/{share.Token}/1/picture-320.webp", Token);
        Assert.Equal(HttpStatusCode.NotFound, deleted.StatusCode);
        Assert.DoesNotContain("<article", await ReadAsync($"/s/{share.Token}"), StringComparison.Ordinal);

        await selection.RestoreAsync([session.Id], Token);
        Assert.Contains("<article", await ReadAsync($"/s/{share.Token}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiDelete_SharedSession_SaysSoFirst()
    {
        Session session = await Finished.AddAsync(studio, seed: 31);
        MadeShare share = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Title = "For grandfather" }, Token);

        using HttpResponseMessage refused = await studio.Client.Http.DeleteAsync($"/api/v1/sessions/{session.Id}", Token);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        JsonElement problem = JsonSerializer.Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync(Token));
        Assert.Contains("For grandfather", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("For grandfather", Assert.Single(problem.GetProperty("links").EnumerateArray()).GetString());
        Assert.Contains("<article", await ReadAsync($"/s/{share.Token}"), StringComparison.Ordinal);

        using HttpResponseMessage deleted = await studio.Client.Http.DeleteAsync($"/api/v1/sessions/{session.Id}?shared=true", Token);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.DoesNotContain("<article", await ReadAsync($"/s/{share.Token}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Showing_RevokedExpiredOrOther_IsNotNamed()
    {
        Session session = await Finished.AddAsync(studio, seed: 32);
        Session other = await Finished.AddAsync(studio, seed: 33);
        MadeShare revoked = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Title = "revoked" }, Token);
        await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Title = "expired", Lifetime = TimeSpan.FromTicks(1) }, Token);
        await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [other.Id], Title = "another's" }, Token);
        await Shares.CreateAsync(new NewShare { Kind = ShareKind.Comparison, Sessions = [session.Id, other.Id], Title = "both" }, Token);
        await Shares.RevokeAsync(revoked.Share.Id, Token);

        // More than SQLite takes parameters at once, and the one link once only.
        Guid[] many = [session.Id, .. Enumerable.Range(0, 1200).Select(_ => Guid.NewGuid()), session.Id];
        Assert.Equal(["both"], await Shares.ShowingAsync(many, Token));
    }

    [Fact]
    public async Task Page_Comparison_ShowsCommonInputsOnce()
    {
        Session first = await Finished.AddAsync(studio, seed: 34);
        Session second = await Finished.AddAsync(studio, seed: 34, title: "Of the same pictures");
        Session third = await Finished.AddAsync(studio, seed: 35);
        MadeShare same = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Comparison, Sessions = [first.Id, second.Id] }, Token);
        MadeShare different = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Comparison, Sessions = [first.Id, third.Id] }, Token);

        Assert.Single(Inputs().Matches(await ReadAsync($"/s/{same.Token}")));
        Assert.Equal(2, Inputs().Count(await ReadAsync($"/s/{different.Token}")));
    }

    [Fact]
    public async Task Page_Experiment_IsAGridWithItsAxesWhereTitlesAreChosen()
    {
        (Guid experiment, Guid[] cells) = await ExperimentAsync();
        NewShare wanted = new() { Kind = ShareKind.Experiment, Sessions = cells, Title = "Weights", ExperimentId = experiment, Parts = Shares.UsualParts | ShareParts.Titles };
        MadeShare named = await Shares.CreateAsync(wanted, Token);
        MadeShare nameless = await Shares.CreateAsync(wanted with { Parts = Shares.UsualParts }, Token);

        string page = WebUtility.HtmlDecode(await ReadAsync($"/s/{named.Token}"));
        Assert.Contains("content weight →", page, StringComparison.Ordinal);
        Assert.Contains("seed ↓", page, StringComparison.Ordinal);
        Assert.Equal(4, GridCells().Count(page));
        Assert.Contains("content weight 0.5 · seed 7", page, StringComparison.Ordinal);
        string bare = await ReadAsync($"/s/{nameless.Token}");
        Assert.DoesNotContain("content weight", bare, StringComparison.Ordinal);
        Assert.DoesNotContain("Cell 0", bare, StringComparison.Ordinal);
        Assert.Equal(4, GridCells().Count(bare));

        string kept = WebUtility.HtmlDecode(await studio.Client.Http.GetStringAsync(
            $"/api/v1/exports/page?as=html&kind=Experiment&experiment={experiment}&titles=true&sessions={string.Join(',', cells)}", Token));
        Assert.Contains("content weight →", kept, StringComparison.Ordinal);

        using HttpResponseMessage refused = await studio.Client.Http.DeleteAsync($"/api/v1/experiments/{experiment}", Token);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using HttpResponseMessage deleted = await studio.Client.Http.DeleteAsync($"/api/v1/experiments/{experiment}?shared=true", Token);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task Page_StartPicturesAxis_HasTheirLooksOnlyWhereInputsAreChosen()
    {
        (Guid experiment, Guid[] cells) = await ExperimentAsync();
        await StartFromAsync(experiment, cells);
        NewShare wanted = new() { Kind = ShareKind.Experiment, Sessions = cells, ExperimentId = experiment, Parts = ShareParts.Titles };
        MadeShare bare = await Shares.CreateAsync(wanted, Token);
        MadeShare shown = await Shares.CreateAsync(wanted with { Parts = ShareParts.Titles | ShareParts.Inputs }, Token);

        string[] headings = [.. ColumnHeadings().Matches(WebUtility.HtmlDecode(await ReadAsync($"/s/{shown.Token}"))).Select(match => match.Value)];
        Assert.Equal(2, headings.Length);
        Assert.Contains("none", headings[0], StringComparison.Ordinal);
        Assert.DoesNotContain("<img", headings[0], StringComparison.Ordinal);
        Assert.Contains($"src=\"/s/{shown.Token}/2/start-320.webp\"", headings[1], StringComparison.Ordinal);
        Assert.NotEmpty(await studio.Client.Http.GetByteArrayAsync($"/s/{shown.Token}/2/start-320.webp", Token));
        await GoneAsync($"/s/{shown.Token}/1/start-320.webp");
        Assert.DoesNotContain("start-", await ReadAsync($"/s/{bare.Token}"), StringComparison.Ordinal);
        await GoneAsync($"/s/{bare.Token}/2/start-320.webp");
        await Shares.RevokeAsync(shown.Share.Id, Token);
        await GoneAsync($"/s/{shown.Token}/2/start-320.webp");

        string page = WebUtility.HtmlDecode(await ReadAsync($"/experiments/{experiment}"));
        Assert.DoesNotContain("/media//", page, StringComparison.Ordinal);
        Assert.Contains(">none", Spaces().Replace(page, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_MakeListRenewRevoke_FollowsTheLink()
    {
        Session session = await Finished.AddAsync(studio, seed: 28);
        using HttpResponseMessage created = await studio.Client.Http.PostAsJsonAsync("/api/v1/shares", new { sessions = new[] { session.Id }, title = "By script", days = 2.0 }, Token);
        JsonElement share = await StudioClient.ReadAsync(created);
        string first = share.GetProperty("url").GetString()!;
        Guid id = share.GetProperty("id").GetGuid();
        await ReadAsync(first);

        using HttpResponseMessage listed = await studio.Client.Http.GetAsync("/api/v1/shares", Token);
        JsonElement line = (await StudioClient.ReadAsync(listed)).EnumerateArray().Single(s => s.GetProperty("id").GetGuid() == id);
        Assert.Equal(1, line.GetProperty("views").GetInt32());
        Assert.Equal(JsonValueKind.Null, line.GetProperty("url").ValueKind);

        using HttpResponseMessage renewed = await studio.Client.Http.PostAsync($"/api/v1/shares/{id}/renew", null, Token);
        string second = (await StudioClient.ReadAsync(renewed)).GetProperty("url").GetString()!;
        await ReadAsync(second);
        await GoneAsync(first);

        using HttpResponseMessage revoked = await studio.Client.Http.DeleteAsync($"/api/v1/shares/{id}", Token);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await GoneAsync(second);
    }

    [Theory]
    [InlineData("""{ "sessions": [] }""", "nothing to share")]
    [InlineData("""{ "sessions": ["SESSION"], "password": "x" }""", "1 character")]
    [InlineData("""{ "sessions": ["SESSION"], "days": 0 }""", "0 days")]
    [InlineData("""{ "sessions": ["6b8f3a50-0000-0000-0000-000000000000"] }""", "deleted")]
    public async Task Api_BadWish_IsASentenceThatSaysWhatToDo(string body, string says)
    {
        Session session = await Finished.AddAsync(studio, seed: 29);
        using StringContent content = new(body.Replace("SESSION", session.Id.ToString(), StringComparison.Ordinal), Encoding.UTF8, "application/json");

        using HttpResponseMessage answer = await studio.Client.Http.PostAsync("/api/v1/shares", content, Token);
        JsonElement problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Token));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_InDatabase_IsNowhere()
    {
        Session session = await Finished.AddAsync(studio, seed: 30);
        MadeShare share = await Shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Password = "open sesame" }, Token);

        Assert.Equal(43, share.Token.Length);
        foreach (string file in Directory.EnumerateFiles(studio.DataRoot, "studio.db*"))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using MemoryStream bytes = new();
            await stream.CopyToAsync(bytes, Token);
            string text = Encoding.Latin1.GetString(bytes.ToArray());
            Assert.DoesNotContain(share.Token, text, StringComparison.Ordinal);
            Assert.DoesNotContain("open sesame", text, StringComparison.Ordinal);
        }
    }

    // Two by two finished cells, as an experiment leaves them.
    private async Task<(Guid Experiment, Guid[] Cells)> ExperimentAsync()
    {
        List<Guid> cells = [];
        await using StudioDb database = await studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(Token);
        Experiment? experiment = null;
        foreach ((int row, int column) in new[] { (0, 0), (0, 1), (1, 0), (1, 1) })
        {
            Session session = await Finished.AddAsync(studio, seed: 36, title: $"Cell {row} {column}");
            experiment ??= new Experiment
            {
                Title = "Weights",
                RecipeJson = session.RecipeJson,
                AxesJson = new ExperimentAxes(new ExperimentAxis("contentWeight", ["0.1", "0.5"]), new ExperimentAxis("seed", ["3", "7"])).Write(),
                CreatedUtc = session.CreatedUtc,
            };
            if (cells.Count == 0)
            {
                database.Experiments.Add(experiment);
                await database.SaveChangesAsync(Token);
            }

            Guid id = experiment.Id;
            await database.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.ExperimentId, id).SetProperty(s => s.Row, row).SetProperty(s => s.Column, column), Token);
            cells.Add(session.Id);
        }

        return (experiment!.Id, [.. cells]);
    }

    // The experiment goes from the content in its first column, and from a picture in its second.
    private async Task StartFromAsync(Guid experiment, Guid[] cells)
    {
        StoredImage start = await studio.Services.GetRequiredService<ImageLibrary>().AddAsync(Drawn.Picture(64, 48, 5036), Token);
        await using StudioDb database = await studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(Token);
        string axes = new ExperimentAxes(new ExperimentAxis("startPicture", ["", start.Id]), new ExperimentAxis("seed", ["3", "7"])).Write();
        await database.Experiments.Where(e => e.Id == experiment).ExecuteUpdateAsync(set => set.SetProperty(e => e.AxesJson, axes), Token);
        foreach (Session session in await database.Sessions.Where(s => cells.Contains(s.Id) && s.Column == 1).ToListAsync(Token))
        {
            session.RecipeJson = RecipeJson.Write(RecipeParameter.Named("startPicture").Write(RecipeJson.Read(session.RecipeJson), start.Id));
        }

        await database.SaveChangesAsync(Token);
    }

    private async Task<string> ReadAsync(string address)
    {
        using HttpResponseMessage answer = await studio.Client.Http.GetAsync(address, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    private async Task GoneAsync(string address)
    {
        using HttpResponseMessage answer = await studio.Client.Http.GetAsync(address, Token);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [GeneratedRegex("<div class=\"inputs\"")]
    private static partial Regex Inputs();

    [GeneratedRegex("<th scope=\"col\">.*?</th>", RegexOptions.Singleline)]
    private static partial Regex ColumnHeadings();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("data-of=\"w\\d+\"")]
    private static partial Regex GridCells();
}
