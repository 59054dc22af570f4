using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class DraftTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Draft_OfALargeRecipe_ShowsASmallPictureAndKeepsNothing()
    {
        SessionQueue queue = studio.Services.GetRequiredService<SessionQueue>();
        LiveFeeds feeds = studio.Services.GetRequiredService<LiveFeeds>();
        Guid asker = Guid.NewGuid();

        Guid draft = await queue.DraftAsync(asker, await RecipeAsync(studio));
        FeedEvent end = await EndAsync(feeds, draft);

        Assert.Equal(SessionState.Completed, end.State);
        Assert.Equal((DraftRecipe.Size, DraftRecipe.Size), (end.Preview!.Width, end.Preview.Height));
        Assert.Null(await studio.Services.GetRequiredService<SessionCatalog>().FindAsync(draft, Token));
        await queue.WithdrawDraftAsync(asker);
        Assert.Null(await feeds.FindAsync(draft, Token));
    }

    [Fact]
    public async Task Draft_AskedAgain_OnlyTheNewestIsMade()
    {
        SessionQueue queue = studio.Services.GetRequiredService<SessionQueue>();
        LiveFeeds feeds = studio.Services.GetRequiredService<LiveFeeds>();
        Recipe recipe = await RecipeAsync(studio);
        Guid asker = Guid.NewGuid();

        Guid former = await queue.DraftAsync(asker, recipe with { Seed = 1 });
        Guid newest = await queue.DraftAsync(asker, recipe with { Seed = 2 });
        FeedEvent end = await EndAsync(feeds, newest);

        Assert.Equal(SessionState.Completed, end.State);
        Assert.Null(await feeds.FindAsync(former, Token));
        await queue.WithdrawDraftAsync(asker);
    }

    [Fact]
    public async Task Draft_WithdrawnWhileADeskTakesIt_IsFoundAtThatDesk()
    {
        IServiceProvider services = studio.Services;
        Drafts drafts = new(services.GetRequiredService<LiveFeeds>(), services.GetRequiredService<EncoderCatalog>(), services.GetRequiredService<StudioStorage>());
        Guid asker = Guid.NewGuid();
        (Guid draft, _) = drafts.Ask(asker, await RecipeAsync(studio));
        Task<Guid?>? withdrawing = null;

        bool isTaken = drafts.TryTake(
            id =>
            {
                withdrawing = Task.Run(() => drafts.Withdraw(asker), Token);
                Assert.False(withdrawing.Wait(TimeSpan.FromMilliseconds(100), Token), "It was withdrawn before the desk had it.");
            },
            out _);

        Assert.True(isTaken);
        Assert.Equal(draft, await withdrawing!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Draft_HeldByASession_GoesFirstWhenLetAndTheSessionGoesOn(bool isPaused)
    {
        await using StudioApp own = await StudioApp.StartAsync();
        SessionQueue queue = own.Services.GetRequiredService<SessionQueue>();
        LiveFeeds feeds = own.Services.GetRequiredService<LiveFeeds>();
        Guid asker = Guid.NewGuid();
        Guid session = await own.Client.RunAsync(size: 64, iterations: 5000);
        await own.Client.WaitForAsync(session, next => next.Iteration > 3, "begun");
        await queue.SetPausedAsync(isPaused, Token);

        Guid draft = await queue.DraftAsync(asker, await RecipeAsync(own));
        Assert.True(queue.HoldsDrafts);
        Assert.True(await queue.LetDraftsPassAsync());
        FeedEvent end = await EndAsync(feeds, draft);

        Assert.Equal(SessionState.Completed, end.State);
        FeedEvent on = await own.Client.WaitForAsync(session, next => next.State == SessionState.Running, "running again");
        await own.Client.WaitForAsync(session, next => next.State == SessionState.Running && next.Iteration > on.Iteration, "going on");
        await queue.CancelAsync(session, Token);
    }

    private static async Task<Recipe> RecipeAsync(StudioApp studio)
    {
        StudioApp.RequireEncoder();
        string content = await studio.Client.UploadAsync(Drawn.Picture(64, 64, seed: 1));
        string style = await studio.Client.UploadAsync(Drawn.Picture(64, 64, seed: 2));
        JsonElement json = Drawn.Recipe(content, style, size: 1024, iterations: 2);
        return RecipeJson.Read(json.GetRawText());
    }

    private static async Task<FeedEvent> EndAsync(LiveFeeds feeds, Guid id)
    {
        FeedEvent? last = null;
        await foreach (FeedEvent next in (await feeds.FindAsync(id, Token))!.WatchAsync(1, Token))
        {
            last = next;
        }

        return last!;
    }
}
