using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;

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
    public void Makespan_TwoWorkers_SharesTheWork()
    {
        Assert.Equal(30, RunForecast.Makespan([10, 20, 20], workers: 2));
        Assert.Equal(50, RunForecast.Makespan([10, 20, 20], workers: 1));
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
