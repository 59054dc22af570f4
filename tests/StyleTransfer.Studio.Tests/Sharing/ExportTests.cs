using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Sharing;

namespace StyleTransfer.Studio.Tests.Sharing;

/// <summary>What one takes along: pages, recipes, time-lapses.</summary>
public sealed partial class ExportTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Folder_EveryAddress_IsInIt()
    {
        Session first = await Finished.AddAsync(studio, seed: 40);
        Session second = await Finished.AddAsync(studio, seed: 41);
        byte[] file = await studio.Client.Http.GetByteArrayAsync($"/api/v1/exports/page?as=zip&sessions={first.Id},{second.Id}&title=Two", Token);
        using ZipArchive zip = new(new MemoryStream(file));
        using StreamReader reader = new(zip.GetEntry("index.html")!.Open());
        string page = await reader.ReadToEndAsync(Token);

        string[] named = [.. Addresses().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).Where(address => !address.StartsWith('#')).Distinct()];
        Assert.NotEmpty(named);
        Assert.All(named, address => Assert.NotNull(zip.GetEntry(address)));
        Assert.NotNull(zip.GetEntry("2/frame-30.webp"));
        Assert.Contains("2/frame-30.webp", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_EveryFile_IsTheLinksOwn()
    {
        Session first = await Finished.AddAsync(studio, seed: 46);
        Session second = await Finished.AddAsync(studio, seed: 47);
        MadeShare share = await ShareAsync(first, second);

        using ZipArchive zip = new(new MemoryStream(await studio.Client.Http.GetByteArrayAsync($"/s/{share.Token}/all.zip", Token)));

        Assert.Contains(zip.Entries, entry => entry.FullName == "2/full.png");
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.FullName != "index.html"))
        {
            using MemoryStream packed = new();
            await using (Stream file = await entry.OpenAsync(Token))
            {
                await file.CopyToAsync(packed, Token);
            }

            Assert.Equal(await studio.Client.Http.GetByteArrayAsync($"/s/{share.Token}/{entry.FullName}", Token), packed.ToArray());
        }
    }

    [Fact]
    public async Task Folder_RevokedOnTheWay_GoesOutFileByFileAndEnds()
    {
        MadeShare share = await ShareAsync(await Finished.AddAsync(studio, seed: 48));
        using MemoryStream sent = new();
        List<long> lengths = [];
        PageFolder folder = await studio.Services.GetRequiredService<PageExport>().FolderAsync(
            share.Share,
            () =>
            {
                lengths.Add(sent.Length);
                return Task.FromResult(lengths.Count < 4);
            },
            Token);

        await Assert.ThrowsAsync<ShareException>(() => folder.WriteAsync(sent, Token));

        Assert.Equal(4, lengths.Distinct().Count());
        Assert.Throws<InvalidDataException>(() => new ZipArchive(new MemoryStream(sent.ToArray())));
    }

    [Fact]
    public async Task Folder_FailureInTheMiddle_IsABrokenTransferAndNoArchive()
    {
        Session first = await Finished.AddAsync(studio, seed: 49);
        Session damaged = await Finished.AddAsync(studio, seed: 61);
        MadeShare share = await ShareAsync(first, damaged);
        await File.WriteAllTextAsync(studio.Services.GetRequiredService<StudioStorage>().Store.PathOf(damaged.ResultImageId!), "no picture any more", Token);
        using HttpResponseMessage answer = await studio.Client.Http.GetAsync($"/s/{share.Token}/all.zip", HttpCompletionOption.ResponseHeadersRead, Token);
        using MemoryStream came = new();

        await using Stream body = await answer.Content.ReadAsStreamAsync(Token);
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(came, Token));

        Assert.True(came.Length > 0);
        Assert.Throws<InvalidDataException>(() => new ZipArchive(new MemoryStream(came.ToArray())));
    }

    [Fact]
    public async Task File_IsOneAndAsksForNothing()
    {
        Session session = await Finished.AddAsync(studio, seed: 42);

        string page = await studio.Client.Http.GetStringAsync($"/api/v1/exports/page?as=html&sessions={session.Id}", Token);

        Assert.All(Addresses().Matches(page), match => Assert.Matches("^(data:|#)", match.Groups[1].Value));
        Assert.DoesNotMatch(@"url\(|@import|fetch\(|https?://(?!www\.w3\.org)", page);
        Assert.Contains("data:image/webp;base64,", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recipe_WithInputs_OpensInAnotherStudio()
    {
        Session session = await Finished.AddAsync(studio, seed: 43, title: "To travel");
        byte[] package = await studio.Client.Http.GetByteArrayAsync($"/api/v1/sessions/{session.Id}/recipe?inputs=true", Token);
        await using StudioApp other = await StudioApp.StartAsync();

        using HttpResponseMessage answer = await other.Client.PostFileAsync("/api/v1/recipes/import", package, "recipe.json");
        JsonElement imported = await StudioClient.ReadAsync(answer);

        Assert.Equal("To travel", imported.GetProperty("title").GetString());
        Assert.Empty(imported.GetProperty("missing").EnumerateArray());
        Recipe recipe = RecipeJson.Read(imported.GetProperty("recipe").GetRawText());
        Recipe original = RecipeJson.Read(session.RecipeJson);
        Assert.Equal(original.Objective.Style.Weight, recipe.Objective.Style.Weight);
        byte[] there = await other.Client.Http.GetByteArrayAsync($"/media/{recipe.Content}", Token);
        byte[] here = await studio.Client.Http.GetByteArrayAsync($"/media/{original.Content}", Token);
        ImageLimits limits = new() { MaxBytes = long.MaxValue, MaxPixels = long.MaxValue };
        Assert.Equal(ImageReader.Read(here, limits).Rgb, ImageReader.Read(there, limits).Rgb);
    }

    [Fact]
    public async Task Import_BareRecipeTraceAndPicture_AreTaken()
    {
        Session session = await Finished.AddAsync(studio, seed: 44);
        RecipePackage package = studio.Services.GetRequiredService<RecipePackage>();
        byte[] picture = await studio.Client.Http.GetByteArrayAsync($"/media/{session.ResultImageId}", Token);
        byte[] trace = System.Text.Encoding.UTF8.GetBytes($$"""{ "device": "cpu", "recipe": {{session.RecipeJson}}, "iterations": [] }""");

        foreach (byte[] file in new[] { System.Text.Encoding.UTF8.GetBytes(session.RecipeJson), trace, picture })
        {
            ImportedRecipe imported = await package.ImportAsync(file, Token);
            Assert.Equal(session.ContentImageId, imported.Recipe.Content);
            Assert.Empty(imported.Missing);
        }
    }

    [Theory]
    [InlineData("{ \"recipe\": { \"version\": 99 } }", "version 99")]
    [InlineData("{ \"recipe\": ", "damaged")]
    [InlineData("{}", "Nothing is left")]
    public async Task Import_WhatIsNoRecipe_SaysSo(string file, string says)
    {
        RecipePackage package = studio.Services.GetRequiredService<RecipePackage>();
        StyleTransferException error = await Assert.ThrowsAnyAsync<StyleTransferException>(() => package.ImportAsync(System.Text.Encoding.UTF8.GetBytes(file), Token));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_DamagedInput_IsRefused()
    {
        Session session = await Finished.AddAsync(studio, seed: 45);
        RecipePackage package = studio.Services.GetRequiredService<RecipePackage>();
        string text = System.Text.Encoding.UTF8.GetString((await package.ExportAsync(session.Id, withInputs: true, Token))!);
        string id = JsonDocument.Parse(text).RootElement.GetProperty("inputs")[0].GetProperty("id").GetString()!;
        string wrong = text.Replace(id, new string('a', 64), StringComparison.Ordinal);

        StyleTransferException error = await Assert.ThrowsAnyAsync<StyleTransferException>(() => package.ImportAsync(System.Text.Encoding.UTF8.GetBytes(wrong), Token));
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TimelapseFormat.WebP, 1)]
    [InlineData(TimelapseFormat.Gif, 1)]
    [InlineData(TimelapseFormat.WebP, 3)]
    public async Task Timelapse_Runs_MoveAtOneSize(TimelapseFormat format, int runs)
    {
        List<Guid> sessions = [];
        for (int i = 0; i < runs; i++)
        {
            sessions.Add((await Finished.AddAsync(studio, seed: 50 + i, frames: 3 + i)).Id);
        }

        Timelapses timelapses = studio.Services.GetRequiredService<Timelapses>();
        Timelapse made = await timelapses.StartAsync(new NewTimelapse(sessions, format, Seconds: 2, Edge: 64), Token);
        while (!timelapses.Find(made.Id)!.IsDone)
        {
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }

        Assert.Null(timelapses.Find(made.Id)!.Error);
        byte[] file = await studio.Client.Http.GetByteArrayAsync($"/api/v1/timelapses/{made.Id}/file", Token);
        using Image first = format == TimelapseFormat.Gif ? Image.GifloadBuffer(file, n: -1) : Image.WebploadBuffer(file, n: -1);
        // Frames at 10, 20, 30 (…, of the longest run), and each run's result after its own last frame.
        Assert.Equal(2 + runs + runs, (int)first.Get("n-pages"));
        Assert.Equal(48, (int)first.Get("page-height"));
        Assert.Equal((runs * 64) + ((runs - 1) * 8), first.Width);
    }

    [Fact]
    public async Task Timelapse_RunWithoutFrames_IsASentence()
    {
        Session session = await Finished.AddAsync(studio, seed: 60, title: "Nothing yet", frames: 0);

        using HttpResponseMessage answer = await studio.Client.Http.PostAsJsonAsync("/api/v1/timelapses", new { sessions = new[] { session.Id }, format = "webP" }, Token);
        JsonElement problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Token));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("“Nothing yet” has no frames yet", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private Task<MadeShare> ShareAsync(params Session[] sessions) => studio.Services.GetRequiredService<Shares>().CreateAsync(
        new NewShare { Kind = ShareKind.Selection, Sessions = [.. sessions.Select(session => session.Id)], Parts = Shares.UsualParts | ShareParts.Recipe }, Token);

    [GeneratedRegex("(?:src|href|data-full|data-before)=\"([^\"]*)\"")]
    private static partial Regex Addresses();
}
