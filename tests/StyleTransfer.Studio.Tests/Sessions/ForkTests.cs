using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class ForkTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SessionForks Forks => studio.Services.GetRequiredService<SessionForks>();

    private SessionCatalog Catalog => studio.Services.GetRequiredService<SessionCatalog>();

    [Fact]
    public async Task Fork_AnotherWeight_EndsAsItsRecipeRunFromTheStart()
    {
        Guid parent = await studio.Client.RunAsync(size: 64, iterations: 9);
        await studio.Client.WaitForAsync(parent, SessionState.Completed);
        Recipe recipe = RecipeJson.Read((await Catalog.FindAsync(parent, Token))!.RecipeJson);
        Recipe wanted = recipe with { Objective = recipe.Objective with { Style = recipe.Objective.Style with { Weight = 5 } } };

        Session fork = (await Forks.ForkAsync(parent, 6, wanted, "Fork", Token))!;
        await studio.Client.WaitForAsync(fork.Id, SessionState.Completed);

        Session forked = (await Catalog.FindAsync(fork.Id, Token))!;
        Recipe replay = RecipeJson.Read(forked.RecipeJson);
        RecipeChange change = Assert.Single(replay.Changes);
        Assert.Equal((6, 5.0), (change.Iteration, change.StyleWeight));
        Session again = await Catalog.CreateAsync(replay, "Replay", Token);
        await studio.Client.WaitForAsync(again.Id, SessionState.Completed);
        Assert.Equal(forked.ResultImageId, (await Catalog.FindAsync(again.Id, Token))!.ResultImageId);
        Assert.NotEqual((await Catalog.FindAsync(parent, Token))!.ResultImageId, forked.ResultImageId);
    }

    [Fact]
    public async Task Fork_AnotherPresetsObjective_EndsAsItsRecipeRunFromTheStart()
    {
        Guid parent = await studio.Client.RunAsync(size: 64, iterations: 8);
        await studio.Client.WaitForAsync(parent, SessionState.Completed);
        Recipe recipe = RecipeJson.Read((await Catalog.FindAsync(parent, Token))!.RecipeJson);

        Session fork = (await Forks.ForkAsync(parent, 4, recipe with { Objective = Presets.Johnson2015.Template.Objective, Preset = "johnson2015" }, "Fork", Token))!;
        await studio.Client.WaitForAsync(fork.Id, SessionState.Completed);

        Session forked = (await Catalog.FindAsync(fork.Id, Token))!;
        Recipe replay = RecipeJson.Read(forked.RecipeJson);
        Assert.Equal("johnson2015", Assert.Single(replay.Changes).Preset);
        Session again = await Catalog.CreateAsync(replay, "Replay", Token);
        await studio.Client.WaitForAsync(again.Id, SessionState.Completed);
        Assert.Equal(forked.ResultImageId, (await Catalog.FindAsync(again.Id, Token))!.ResultImageId);
    }

    [Fact]
    public async Task Fork_Unchanged_HasItsParentsCurvesAndPicture()
    {
        Guid parent = await studio.Client.RunAsync(size: 64, iterations: 6);
        await studio.Client.WaitForAsync(parent, SessionState.Completed);

        Session fork = (await Forks.ForkAsync(parent, 4, null, null, Token))!;
        FeedEvent end = await studio.Client.WaitForAsync(fork.Id, SessionState.Completed);

        LiveFeeds feeds = studio.Services.GetRequiredService<LiveFeeds>();
        Assert.Equal(6, end.Iteration);
        Assert.Equal(
            (await feeds.FindAsync(parent, Token))!.Trace.Select(i => (i.Iteration, i.Total)),
            (await feeds.FindAsync(fork.Id, Token))!.Trace.Select(i => (i.Iteration, i.Total)));
        Assert.Equal((await Catalog.FindAsync(parent, Token))!.ResultImageId, (await Catalog.FindAsync(fork.Id, Token))!.ResultImageId);
    }

    [Fact]
    public async Task Fork_AnotherSize_StartsFromThePictureThere()
    {
        Guid parent = await studio.Client.RunAsync(size: 64, iterations: 4);
        await studio.Client.WaitForAsync(parent, SessionState.Completed);
        Recipe recipe = RecipeJson.Read((await Catalog.FindAsync(parent, Token))!.RecipeJson);
        Recipe wanted = recipe with { Schedule = recipe.Schedule with { Size = 96 } };

        Session fork = (await Forks.ForkAsync(parent, 2, wanted, null, Token))!;

        Initialization start = RecipeJson.Read(fork.RecipeJson).Initialization;
        Assert.Equal(InitializationKind.Image, start.Kind);
        Assert.Contains(await Catalog.FramesAsync(parent, Token), frame => frame.Iteration == 2 && frame.ImageId == start.Image);
    }

    [Fact]
    public async Task Fork_BeyondTheEnd_SaysWhatIsAllowed()
    {
        Guid parent = await studio.Client.RunAsync(size: 64, iterations: 3);
        await studio.Client.WaitForAsync(parent, SessionState.Completed);

        RecipeException refused = await Assert.ThrowsAsync<RecipeException>(() => Forks.ForkAsync(parent, 9, null, null, Token));

        Assert.Contains("1 to 3", refused.Message);
    }

    [Fact]
    public async Task Family_ForkOfAFork_IsATree()
    {
        Guid first = await studio.Client.RunAsync(size: 64, iterations: 3, title: "First");
        await studio.Client.WaitForAsync(first, SessionState.Completed);
        Session second = (await Forks.ForkAsync(first, 2, null, "Second", Token))!;
        Session third = (await Forks.ForkAsync(second.Id, null, null, "Third", Token))!;

        IReadOnlyList<FamilyMember> family = await studio.Services.GetRequiredService<SessionFamily>().FindAsync(third.Id, Token);

        Assert.Equal([(first, 0), (second.Id, 1), (third.Id, 2)], family.Select(member => (member.Id, member.Depth)));
        Assert.Equal([null, 2, null], family.Select(member => member.ParentIteration));
    }

    [Fact]
    public async Task Steering_WhileItRuns_IsInTheRecipeAtOnce()
    {
        Guid id = await studio.Client.RunAsync(size: 64, iterations: 3000);
        await studio.Client.WaitForAsync(id, next => next.Iteration >= 2, "running");

        using HttpResponseMessage answer = await studio.Client.Http.PostAsJsonAsync($"/api/v1/sessions/{id}/adjust", new { iteration = 0, styleWeight = 7 }, Token);
        answer.EnsureSuccessStatusCode();
        await studio.Client.WaitForAsync(id, next => next.Changes == 1, "changed");

        JsonElement change = Assert.Single((await studio.Client.SessionAsync(id)).GetProperty("recipe").GetProperty("changes").EnumerateArray());
        Assert.Equal(7, change.GetProperty("styleWeight").GetDouble());
        Assert.True(change.GetProperty("iteration").GetInt32() >= 2);
        await studio.Client.AskAsync(id, "cancel");
        await studio.Client.WaitForAsync(id, SessionState.Cancelled);
    }
}
