using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Tests.Live;

/// <summary>The public feed, as any SignalR client sees it.</summary>
public sealed class SessionsHubTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Watch_WhileItRuns_TellsEveryIterationOnceAndEnds(bool usesMessagePack)
    {
        Guid id = await studio.Client.RunAsync(iterations: 30);
        await using HubConnection hub = await studio.Client.ConnectAsync(usesMessagePack);

        List<int> seen = [];
        FeedEvent? last = null;
        await foreach (FeedEvent next in hub.StreamAsync<FeedEvent>("Watch", id, 1, Token))
        {
            seen.AddRange(next.Iterations.Select(iteration => iteration.Iteration));
            last = next;
        }

        Assert.Equal(Enumerable.Range(1, 30), seen);
        Assert.Equal(SessionState.Completed, last!.State);
        Assert.NotNull(last.Preview);
    }

    [Fact]
    public async Task Watch_AfterTheEnd_GivesTheWholeCurveAtOnce()
    {
        Guid id = await studio.Client.RunAsync(iterations: 12);
        await studio.Client.WaitForAsync(id, SessionState.Completed);
        await using HubConnection hub = await studio.Client.ConnectAsync();

        List<FeedEvent> events = [];
        await foreach (FeedEvent next in hub.StreamAsync<FeedEvent>("Watch", id, 1, Token))
        {
            events.Add(next);
        }

        Assert.Equal(Enumerable.Range(1, 12), Assert.Single(events).Iterations.Select(iteration => iteration.Iteration));
    }

    [Fact]
    public async Task Watch_FromAnIteration_SendsOnlyWhatTheCallerLacks()
    {
        Guid id = await studio.Client.RunAsync(iterations: 12);
        await studio.Client.WaitForAsync(id, SessionState.Completed);
        await using HubConnection hub = await studio.Client.ConnectAsync();

        List<int> seen = [];
        await foreach (FeedEvent next in hub.StreamAsync<FeedEvent>("Watch", id, 9, Token))
        {
            seen.AddRange(next.Iterations.Select(iteration => iteration.Iteration));
        }

        Assert.Equal([9, 10, 11, 12], seen);
    }

    [Fact]
    public async Task Watch_UnknownSession_SaysWhereToLook()
    {
        await using HubConnection hub = await studio.Client.ConnectAsync();

        HubException e = await Assert.ThrowsAsync<HubException>(async () =>
        {
            await foreach (FeedEvent _ in hub.StreamAsync<FeedEvent>("Watch", Guid.Empty, 1, Token))
            {
            }
        });

        Assert.Contains("/api/v1/sessions", e.Message, StringComparison.Ordinal);
    }
}
