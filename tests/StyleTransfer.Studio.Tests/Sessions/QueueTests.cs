using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Tests.Sessions;

/// <summary>A studio of its own, whose only worker finds no device: what is queued stays queued.</summary>
public sealed class IdleStudio : IAsyncLifetime
{
    public StudioApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await StudioApp.StartAsync(("Worker:Devices:0", "cuda:99"));

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class QueueTests(IdleStudio idle) : IClassFixture<IdleStudio>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SessionQueue Queue => idle.App.Services.GetRequiredService<SessionQueue>();

    private RunRecords Records => idle.App.Services.GetRequiredService<RunRecords>();

    [Fact]
    public async Task PlaceBefore_ManyMoves_KeepsTheOrderOfAList()
    {
        List<Guid> model = await AddAsync(7);
        Random random = new(3);
        for (int move = 0; move < 40; move++)
        {
            Guid moved = model[random.Next(model.Count)];
            model.Remove(moved);
            int at = random.Next(model.Count + 1);
            Guid? before = at < model.Count ? model[at] : null;
            model.Insert(at, moved);

            Assert.True(await Queue.PlaceBeforeAsync(moved, before, Token));

            Assert.Equal(model, await WaitingAsync());
        }

        await ClearAsync(model);
    }

    [Fact]
    public async Task PlaceFirst_TheLast_RunsNext()
    {
        List<Guid> added = await AddAsync(3);

        await Queue.PlaceFirstAsync(added[2], Token);

        Assert.Equal([added[2], added[0], added[1]], await WaitingAsync());
        await ClearAsync(added);
    }

    [Fact]
    public async Task Claim_ManyAtOnce_EachTakesAnother()
    {
        List<Guid> added = await AddAsync(6);

        Session?[] claimed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Records.ClaimNextAsync(_ => { }, Token))));

        Assert.Equal(added.Order(), claimed.OfType<Session>().Select(session => session.Id).Order());
    }

    [Fact]
    public async Task Claim_PausedQueue_TakesNothing()
    {
        List<Guid> added = await AddAsync(1);
        await Queue.SetPausedAsync(true, Token);

        Assert.Null(await Records.ClaimNextAsync(_ => { }, Token));

        await Queue.SetPausedAsync(false, Token);
        Assert.Equal(added[0], (await Records.ClaimNextAsync(_ => { }, Token))!.Id);
    }

    [Fact]
    public async Task Pause_OneThatWaits_LetsTheNextPass()
    {
        List<Guid> added = await AddAsync(2);

        Assert.True(await Queue.PauseAsync(added[0], Token));

        Assert.Equal(added[1], (await Records.ClaimNextAsync(_ => { }, Token))!.Id);
        await Queue.CancelAsync(added[0], Token);
    }

    [Fact]
    public async Task Edit_WhileItWaits_RunsTheNewRecipe()
    {
        List<Guid> added = await AddAsync(1);
        SessionCatalog catalog = idle.App.Services.GetRequiredService<SessionCatalog>();
        Recipe recipe = RecipeJson.Read((await catalog.FindAsync(added[0], Token))!.RecipeJson);

        Assert.True(await Queue.EditAsync(added[0], recipe with { Seed = 42 }, Token));
        Session claimed = (await Records.ClaimNextAsync(_ => { }, Token))!;

        Assert.Equal(42, RecipeJson.Read(claimed.RecipeJson).Seed);
        Assert.False(await Queue.EditAsync(added[0], recipe with { Seed = 43 }, Token));
    }

    [Fact]
    public async Task Edit_OtherPictures_RenamesWhatWasNamedAfterThem()
    {
        StudioApp.RequireEncoder();
        string harbour = await HangAsync("Harbour", seed: 11);
        string night = await HangAsync("Night", seed: 12);
        string wave = await HangAsync("Wave", seed: 13);
        string photo = await idle.App.Client.UploadAsync(Drawn.Picture(64, 64, seed: 14));
        string another = await idle.App.Client.UploadAsync(Drawn.Picture(64, 64, seed: 15));

        Assert.Equal("Harbour · Wave", await EditedTitleAsync(null, RecipeOf(harbour, night), RecipeOf(harbour, wave)));
        Assert.Equal("Harbour · Wave", await EditedTitleAsync("Harbour · Night + Wave", RecipeOf(harbour, night, wave), RecipeOf(harbour, wave)));
        Assert.Equal("Harbour · Night + Wave", await EditedTitleAsync(null, RecipeOf(harbour, night), RecipeOf(harbour, night, wave)));
        // The page calls a photo by its file's name.
        Assert.Equal("IMG_7 · Wave", await EditedTitleAsync("IMG_7 · Night", RecipeOf(photo, night), RecipeOf(photo, wave), "Wave"));
        Assert.Equal("IMG_8 · Wave", await EditedTitleAsync("IMG_7 · Night", RecipeOf(photo, night), RecipeOf(another, wave), "IMG_8 · Wave"));
    }

    [Fact]
    public async Task Edit_OtherPictures_KeepsATitleThatSomebodyWrote()
    {
        StudioApp.RequireEncoder();
        string harbour = await HangAsync("Harbour", seed: 11);
        string night = await HangAsync("Night", seed: 12);
        string wave = await HangAsync("Wave", seed: 13);
        string photo = await idle.App.Client.UploadAsync(Drawn.Picture(64, 64, seed: 14));

        Assert.Equal("For the hall", await EditedTitleAsync("For the hall", RecipeOf(harbour, night), RecipeOf(harbour, wave), "Harbour · Wave"));
        Assert.Equal("The hall · Night", await EditedTitleAsync("The hall · Night", RecipeOf(harbour, night), RecipeOf(harbour, wave)));
        Assert.Equal("For the hall", await EditedTitleAsync("For the hall", RecipeOf(photo, night), RecipeOf(photo, wave)));
        Assert.Equal("IMG_7 · Night", await EditedTitleAsync("IMG_7 · Night", RecipeOf(photo, night), RecipeOf(photo, night) with { Seed = 42 }, "Night"));
    }

    [Fact]
    public void Makespan_TwoWorkers_SharesTheWork()
    {
        Assert.Equal(30, RunForecast.Makespan([10, 20, 20], workers: 2));
        Assert.Equal(50, RunForecast.Makespan([10, 20, 20], workers: 1));
    }

    private static Recipe RecipeOf(string content, params string[] styles) => RecipeJson.Read(Drawn.Recipe(content, styles[0], size: 64, iterations: 3).GetRawText()) with
    {
        Styles = [.. styles.Select(style => new StyleInput { Image = style })],
    };

    /// <summary>A picture with a name in the gallery.</summary>
    private async Task<string> HangAsync(string title, int seed)
    {
        string image = await idle.App.Client.UploadAsync(Drawn.Picture(64, 64, seed));
        await idle.App.Services.GetRequiredService<StyleGallery>().AddAsync(image, title, Token);
        return image;
    }

    /// <summary>What a session is called after its recipe was edited, and found by.</summary>
    /// <param name="generated">What the page makes of the new pictures.</param>
    private async Task<string> EditedTitleAsync(string? title, Recipe recipe, Recipe edited, string? generated = null)
    {
        SessionCatalog catalog = idle.App.Services.GetRequiredService<SessionCatalog>();
        Session added = await catalog.CreateAsync(recipe, title, Token);
        Assert.True(await Queue.EditAsync(added.Id, edited, Token, generated));
        await ClearAsync([added.Id]);
        Session found = (await catalog.FindAsync(added.Id, Token))!;
        Assert.Contains(found.Title.ToLowerInvariant(), found.SearchText, StringComparison.Ordinal);
        return found.Title;
    }

    private async Task<List<Guid>> AddAsync(int count)
    {
        List<Guid> added = [];
        for (int i = 0; i < count; i++)
        {
            added.Add(await idle.App.Client.RunAsync(size: 64, iterations: 3, title: $"Waiting {i}"));
        }

        return added;
    }

    private async Task<List<Guid>> WaitingAsync() => [.. (await Queue.ListAsync(Token)).Where(s => s.State == SessionState.Queued).Select(s => s.Id)];

    private async Task ClearAsync(List<Guid> added)
    {
        foreach (Guid id in added)
        {
            await Queue.CancelAsync(id, Token);
        }
    }
}
