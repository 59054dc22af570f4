using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Comparing;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Tests.Experiments;
using StyleTransfer.Studio.Tests.Sharing;

namespace StyleTransfer.Studio.Tests.Comparing;

public sealed class ComparisonTests(PausedStudio studio) : IClassFixture<PausedStudio>
{
    private readonly Comparisons comparisons = studio.App.Services.GetRequiredService<Comparisons>();
    private readonly BlindVotes votes = studio.App.Services.GetRequiredService<BlindVotes>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Comparison_DeletedAndUnknown_AreNamedAndTheRestIsShown()
    {
        Guid[] sessions = await ThreeAsync();
        Guid unknown = Guid.NewGuid();
        await studio.App.Services.GetRequiredService<SessionSelection>().DeleteAsync([sessions[1]], Token);

        Comparison found = await comparisons.OfAsync([sessions[2], sessions[1], unknown, sessions[0]], Token);

        Assert.Equal([sessions[2], sessions[0]], found.Sessions.Select(session => session.Id));
        Assert.Equal([sessions[1], unknown], found.Missing);
    }

    [Fact]
    public async Task Comparison_LargeResultWithoutSmallCopies_HasItsLastFrameToStandIn()
    {
        Session large = await Finished.AddAsync(studio.App, seed: 90, edge: Thumbnails.Large + 64);
        Session small = await Finished.AddAsync(studio.App, seed: 91);

        Comparison before = await comparisons.OfAsync([large.Id, small.Id], Token);
        await studio.App.Services.GetRequiredService<Thumbnails>().PrepareAsync(large.ResultImageId!);
        Comparison after = await comparisons.OfAsync([large.Id], Token);

        Assert.Equal(before.Sessions[0].Frames[^1].Id, before.Sessions[0].StandIn?.Id);
        Assert.Null(before.Sessions[1].StandIn);
        Assert.Null(after.Sessions[0].StandIn);
    }

    [Fact]
    public async Task Parameters_TwoSeeds_DifferInTheSeedOnly()
    {
        Guid[] sessions = await ThreeAsync();

        Comparison found = await comparisons.OfAsync(sessions[..2], Token);

        ComparedParameter different = Assert.Single(found.Parameters, parameter => parameter.Differs);
        Assert.Equal("seed", different.Name);
        Assert.Equal(["0", "1"], different.Values);
    }

    [Fact]
    public void Trace_Pyramid_CountsEvaluationsByPixels()
    {
        IterationMessage[] trace = [At(1, 32, 32), At(2, 32, 32), At(3, 64, 64), At(4, 64, 64)];

        ComparedTrace compared = Comparisons.TraceOf(trace, size: 64);

        Assert.Equal([0.25f, 0.5f, 1.5f, 2.5f], compared.Evaluations);
        Assert.Equal([1f, 2f, null, 4f], compared.Terms["total"]);
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f], compared.Terms["style/relu1_1/0"]);

        static IterationMessage At(int iteration, int width, int height) =>
            new(iteration, width == 32 ? 0 : 1, width, height, iteration, iteration == 3 ? double.PositiveInfinity : iteration, 0, 0.5, 0, ["style/relu1_1/0"], [0.5], null);
    }

    [Fact]
    public async Task Votes_AlwaysTheSecond_RankItFirst()
    {
        Guid[] sessions = await ThreeAsync();
        foreach ((Guid loser, int times) in new[] { (sessions[0], 6), (sessions[2], 6) })
        {
            for (int i = 0; i < times; i++)
            {
                await votes.CastAsync(sessions[1], loser, VoteOutcome.Left, Token);
            }
        }

        await votes.CastAsync(sessions[0], sessions[2], VoteOutcome.Equal, Token);

        IReadOnlyList<RankedSession> ranking = await votes.RankAsync(sessions, Token);

        Assert.Equal(sessions[1], ranking[0].Session);
        Assert.Equal((12, 0, 0), (ranking[0].Wins, ranking[0].Losses, ranking[0].Ties));
        Assert.True(ranking[0].Low > ranking[1].Strength);
        Assert.Equal(ranking[1].Strength, ranking[2].Strength, 6);
    }

    [Fact]
    public async Task Next_Pairs_AreThoseVotedOnLeast()
    {
        Guid[] sessions = await ThreeAsync();
        await votes.CastAsync(sessions[0], sessions[1], VoteOutcome.Left, Token);
        await votes.CastAsync(sessions[1], sessions[2], VoteOutcome.Left, Token);

        BlindPair pair = (await votes.NextAsync(sessions, Token))!;

        Assert.Equal(new HashSet<Guid> { sessions[0], sessions[2] }, [pair.Left.Session, pair.Right.Session]);
        Assert.Equal(2, pair.Votes);
    }

    [Fact]
    public async Task Api_OneSessionWithoutAPicture_HasNoPair()
    {
        Guid[] sessions = await ThreeAsync();

        using HttpResponseMessage none = await studio.App.Client.Http.GetAsync($"/api/v1/votes/next?s={sessions[0]}", Token);
        using HttpResponseMessage nothing = await studio.App.Client.Http.GetAsync("/api/v1/comparison?s=nonsense", Token);
        using HttpResponseMessage alone = await studio.App.Client.Http.PostAsJsonAsync(
            "/api/v1/votes", new { left = sessions[0], right = sessions[0], outcome = "left" }, Token);

        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, nothing.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, alone.StatusCode);
    }

    [Fact]
    public async Task Api_Comparison_IsWhatTheViewersRead()
    {
        Guid[] sessions = await ThreeAsync();

        JsonElement model = await StudioClient.ReadAsync(await studio.App.Client.Http.GetAsync($"/api/v1/comparison?s={SessionChoice.Write(sessions)}", Token));

        JsonElement first = model.GetProperty("sessions")[0];
        Assert.Equal("completed", first.GetProperty("state").GetString());
        Assert.Equal(64, first.GetProperty("picture").GetProperty("width").GetInt32());
        Assert.Equal(0, first.GetProperty("trace").GetProperty("iterations").GetArrayLength());
    }

    // Three sessions that ended with a picture, without running them.
    private async Task<Guid[]> ThreeAsync()
    {
        string[] pictures = [.. await Task.WhenAll(Enumerable.Range(3, 3).Select(seed => studio.App.Client.UploadAsync(Drawn.Picture(64, 48, seed))))];
        await using StudioDb database = await studio.App.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(Token);
        List<Session> sessions = [];
        for (int i = 0; i < 3; i++)
        {
            Recipe recipe = studio.Recipe with { Seed = i };
            Session session = SessionCatalog.SessionOf(recipe, $"Run {i}", TimeProvider.System.GetUtcNow().UtcDateTime);
            session.State = SessionState.Completed;
            session.ResultImageId = pictures[i];
            sessions.Add(session);
        }

        database.Sessions.AddRange(sessions);
        await database.SaveChangesAsync(Token);
        return [.. sessions.Select(session => session.Id)];
    }
}
