using System.IO.Compression;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Tests.Sessions;

/// <summary>Finding again, over the real database. Each test marks its sessions with a word of its own.</summary>
public sealed class SessionGalleryTests(StudioApp studio)
{
    // Without a, b and c, which are the titles' last letters.
    private readonly string mark = "mark" + string.Concat(Guid.NewGuid().ToString("N").Select(c => char.IsAsciiDigit(c) ? c : (char)(c + 10)));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SessionGallery Gallery => studio.Services.GetRequiredService<SessionGallery>();

    private SessionSelection Selection => studio.Services.GetRequiredService<SessionSelection>();

    [Theory]
    [InlineData("size:512", "a")]
    [InlineData("size:>=512", "a b")]
    [InlineData("size:<600", "a c")]
    [InlineData("optimizer:adam", "b")]
    [InlineData("-optimizer:adam", "a c")]
    [InlineData("rating:>3 size:512", "a")]
    [InlineData("rating:>3 size:1024", "")]
    [InlineData("styleWeight:3", "c")]
    [InlineData("tag:poster", "a b")]
    [InlineData("tag:post -tag:gift", "a")]
    [InlineData("favourite:yes", "c")]
    [InlineData("state:comp", "a c")]
    [InlineData("created:2031-02", "b")]
    [InlineData("created:>2031-02-10", "c")]
    [InlineData("title:b", "b")]
    [InlineData("styleLayers:relu1_1 seed:7", "a b")]
    [InlineData("FAVORITE:yes", "c")]
    public async Task Search_Condition_FindsWhatFits(string search, string expected)
    {
        await AddThreeAsync();

        GalleryPage<SessionCard> page = await Gallery.PageAsync(new SessionFilter($"{mark} {search}", Order: SessionOrder.Title), 0, 10, Token);

        Assert.Equal(expected, string.Join(' ', page.Items.Select(card => card.Title[^1])));
        Assert.Equal(page.Items.Count, page.Total);
    }

    [Fact]
    public async Task Search_StyleByName_FindsByWordAndByCondition()
    {
        await AddThreeAsync();
        string style = (await Gallery.PageAsync(new SessionFilter($"{mark} title:a"), 0, 1, Token)).Items[0].StyleImageId;
        string name = $"Zebra{mark[4..12]}";
        await studio.Services.GetRequiredService<StyleGallery>().AddAsync(style, name, Token);

        Assert.Equal(3, (await Gallery.PageAsync(new SessionFilter($"{mark} {name}"), 0, 10, Token)).Total);
        Assert.Equal(3, (await Gallery.PageAsync(new SessionFilter($"{mark} style:{name}"), 0, 10, Token)).Total);
        Assert.Equal(0, (await Gallery.PageAsync(new SessionFilter($"{mark} style:{name}x"), 0, 10, Token)).Total);
    }

    [Fact]
    public async Task Search_RecipeThatChangedByAnyWay_IsFoundAsItIsNow()
    {
        await AddThreeAsync();
        Assert.Equal(1, (await Gallery.PageAsync(new SessionFilter($"{mark} optimizer:adam"), 0, 10, Token)).Total);

        // As the queue does it: past every tracked entity.
        await using (StudioDb database = await DatabaseAsync())
        {
            Session a = await database.Sessions.AsNoTracking().SingleAsync(s => s.Title == mark + " a", Token);
            Recipe recipe = RecipeJson.Read(a.RecipeJson);
            string json = RecipeJson.Write(recipe with { Optimizer = recipe.Optimizer with { Kind = OptimizerKind.Adam } });
            await database.Sessions.Where(s => s.Id == a.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.RecipeJson, json), Token);
        }

        Assert.Equal(2, (await Gallery.PageAsync(new SessionFilter($"{mark} optimizer:adam"), 0, 10, Token)).Total);
    }

    [Fact]
    public async Task Page_EveryOrderAndFilter_SkipsAndCounts()
    {
        await AddThreeAsync();
        string Titles(GalleryPage<SessionCard> page) => string.Join(' ', page.Items.Select(card => card.Title[^1]));

        Assert.Equal("c b a", Titles(await Gallery.PageAsync(new SessionFilter(mark), 0, 10, Token)));
        Assert.Equal("a b c", Titles(await Gallery.PageAsync(new SessionFilter(mark, Order: SessionOrder.Oldest), 0, 10, Token)));
        Assert.Equal("a b c", Titles(await Gallery.PageAsync(new SessionFilter(mark, Order: SessionOrder.Rating), 0, 10, Token)));
        Assert.Equal("b a c", Titles(await Gallery.PageAsync(new SessionFilter(mark, Order: SessionOrder.Longest), 0, 10, Token)));
        Assert.Equal("c", Titles(await Gallery.PageAsync(new SessionFilter(mark, FavouritesOnly: true), 0, 10, Token)));
        Assert.Equal("b", Titles(await Gallery.PageAsync(new SessionFilter(mark, SessionState.Failed), 0, 10, Token)));
        GalleryPage<SessionCard> second = await Gallery.PageAsync(new SessionFilter(mark), 1, 1, Token);
        Assert.Equal(("b", 3), (Titles(second), second.Total));
        Assert.Equal(3, (await Gallery.IdsAsync(new SessionFilter(mark), Token)).Count);
    }

    [Fact]
    public async Task Selection_DeletedAndRestored_IsAsBefore()
    {
        await AddThreeAsync();
        IReadOnlyList<Guid> ids = await Gallery.IdsAsync(new SessionFilter(mark), Token);

        IReadOnlyList<Guid> deleted = await Selection.DeleteAsync([.. ids, Guid.NewGuid()], Token);
        int left = (await Gallery.PageAsync(new SessionFilter(mark), 0, 10, Token)).Total;
        await Selection.RestoreAsync(deleted, Token);

        Assert.Equal(3, deleted.Count);
        Assert.Equal(0, left);
        Assert.Equal(3, (await Gallery.PageAsync(new SessionFilter(mark), 0, 10, Token)).Total);
    }

    [Fact]
    public async Task Selection_Tagged_IsFoundByIt()
    {
        await AddThreeAsync();
        IReadOnlyList<Guid> ids = await Gallery.IdsAsync(new SessionFilter(mark), Token);

        await Selection.TagAsync(ids, "Wall, wall", "poster", Token);

        Assert.Equal(3, (await Gallery.PageAsync(new SessionFilter($"{mark} tag:wall"), 0, 10, Token)).Total);
        Assert.Equal(0, (await Gallery.PageAsync(new SessionFilter($"{mark} tag:poster"), 0, 10, Token)).Total);
        Assert.Equal(["wall", "gift"], await Selection.TagsAsync(ids, Token));
    }

    [Fact]
    public async Task Selection_WithOneThatIsNoFavourite_IsNotAllFavourites()
    {
        await AddThreeAsync();
        IReadOnlyList<Guid> ids = await Gallery.IdsAsync(new SessionFilter(mark), Token);
        IReadOnlyList<Guid> loved = await Gallery.IdsAsync(new SessionFilter($"{mark} favourite:yes"), Token);

        Assert.Single(loved);
        Assert.True(await Selection.AreFavouritesAsync(loved, Token));
        Assert.False(await Selection.AreFavouritesAsync(ids, Token));
    }

    [Fact]
    public async Task Selection_TaggedAndUndone_HasItsFormerTags()
    {
        await AddThreeAsync();
        IReadOnlyList<Guid> ids = await Gallery.IdsAsync(new SessionFilter(mark), Token);

        IReadOnlyDictionary<Guid, string> former = await Selection.TagAsync(ids, "poster", "gift", Token);
        await Selection.RestoreTagsAsync(former, Token);

        // The first had no other tags before, so that there is nothing to undo.
        Assert.Equal(2, former.Count);
        IReadOnlyList<SessionCard> cards = (await Gallery.PageAsync(new SessionFilter(mark, Order: SessionOrder.Title), 0, 10, Token)).Items;
        Assert.Equal(["poster", "poster, gift", ""], cards.Select(card => card.Tags));
        Assert.Equal(1, (await Gallery.PageAsync(new SessionFilter($"{mark} tag:gift"), 0, 10, Token)).Total);
    }

    [Fact]
    public async Task Export_Selection_IsAZipOfPicturesRecipesAndInputs()
    {
        await AddThreeAsync();
        IReadOnlyList<Guid> ids = await Gallery.IdsAsync(new SessionFilter(mark), Token);
        using FormUrlEncodedContent form = new([new("ids", string.Join(',', ids))]);

        using HttpResponseMessage response = await studio.Client.Http.PostAsync("/api/v1/sessions/export", form, Token);

        Assert.Equal("application/zip", response.Content.Headers.ContentType?.MediaType);
        using MemoryStream bytes = new(await response.Content.ReadAsByteArrayAsync(Token));
        using ZipArchive zip = new(bytes);
        Assert.Equal(3, zip.Entries.Count(entry => entry.FullName.EndsWith("/recipe.json", StringComparison.Ordinal)));
        Assert.Equal(3, zip.Entries.Count(entry => entry.FullName.EndsWith("/result.png", StringComparison.Ordinal)));
        // Two pictures, which all three name, once each.
        Assert.Equal(2, zip.Entries.Count(entry => entry.FullName.StartsWith("inputs/", StringComparison.Ordinal)));
        using StreamReader recipe = new(zip.Entries.First(entry => entry.Name == "recipe.json").Open());
        Assert.Equal(7, RecipeJson.Read(await recipe.ReadToEndAsync(Token)).Seed);
        using Stream picture = zip.Entries.First(entry => entry.Name == "result.png").Open();
        using MemoryStream png = new();
        await picture.CopyToAsync(png, Token);
        Assert.Equal(32, ImageReader.Inspect(png.ToArray(), ImageLimits.Default).Width);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task Export_NoOrUnreadableIds_IsRefusedWithTheReason(string ids)
    {
        using FormUrlEncodedContent form = new([new("ids", ids)]);

        using HttpResponseMessage response = await studio.Client.Http.PostAsync("/api/v1/sessions/export", form, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("ids", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private Task<StudioDb> DatabaseAsync() => studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(Token);

    // They have ended, so that no worker is needed.
    private async Task AddThreeAsync()
    {
        string content = await studio.Client.UploadAsync(Drawn.Picture(32, 32, seed: 11));
        string style = await studio.Client.UploadAsync(Drawn.Picture(32, 32, seed: 12));
        await using StudioDb database = await DatabaseAsync();
        database.Sessions.AddRange(
            Ended("a", 512, OptimizerKind.Lbfgs, 1, SessionState.Completed, 1, rating: 5, seconds: 20, "poster"),
            Ended("b", 1024, OptimizerKind.Adam, 2, SessionState.Failed, 2, rating: 3, seconds: 30, "poster, gift"),
            Ended("c", 256, OptimizerKind.Lbfgs, 3, SessionState.Completed, 3, rating: 0, seconds: 10, ""));
        await database.SaveChangesAsync(Token);

        Session Ended(string name, int size, OptimizerKind optimizer, double weight, SessionState state, int month, int rating, double seconds, string tags)
        {
            Recipe recipe = Presets.Named(Presets.Default).At(size);
            recipe = recipe with
            {
                Content = content,
                Styles = [new StyleInput { Image = style }],
                Optimizer = recipe.Optimizer with { Kind = optimizer },
                Objective = recipe.Objective with { Style = recipe.Objective.Style with { Weight = weight } },
                Seed = 7,
            };
            recipe = name == "c" ? recipe with { Objective = recipe.Objective with { Style = recipe.Objective.Style with { Layers = [new LayerWeight("relu3_1", 1)] } } } : recipe;
            Session session = new()
            {
                Title = $"{mark} {name}",
                State = state,
                RecipeJson = RecipeJson.Write(recipe),
                Preset = Presets.Default,
                Encoder = "compact",
                Size = size,
                ContentImageId = content,
                StyleImageId = style,
                CreatedUtc = new DateTime(2031, month, 5, 12, 0, 0, DateTimeKind.Utc),
                QueuePosition = 0,
                Seconds = seconds,
                Rating = rating,
                IsFavourite = name == "c",
                Tags = tags,
                ResultImageId = content,
            };
            session.SearchText = SessionCatalog.SearchTextOf(session);
            return session;
        }
    }
}
