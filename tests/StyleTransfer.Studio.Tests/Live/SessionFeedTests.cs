using System.Diagnostics;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Tests.Live;

public sealed class SessionFeedTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_ByFifty_TellsEachOfThemEverythingInFewPieces()
    {
        const int Watchers = 50;
        const int Batches = 100;
        long begun = Stopwatch.GetTimestamp();
        SessionFeed feed = new();
        feed.Begin(SessionState.Running, [], Batches);
        Task<(int Events, List<int> Iterations)>[] watching = [.. Enumerable.Range(0, Watchers).Select(_ => WatchAsync(feed))];

        for (int i = 1; i <= Batches; i++)
        {
            feed.Append([new IterationMessage(i, 0, 64, 64, i, 1, 1, 0, 0, [], [], null)], Batches);
            await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
        }

        feed.Enter(SessionState.Completed);
        (int Events, List<int> Iterations)[] watched = await Task.WhenAll(watching);

        Assert.All(watched, watcher => Assert.Equal(Enumerable.Range(1, Batches), watcher.Iterations));
        // Each batch by itself would be five thousand. Fifty are told twice a second, and of the beginning and the end.
        double most = Watchers * ((2 * Stopwatch.GetElapsedTime(begun).TotalSeconds) + 3);
        Assert.True(watched.Sum(watcher => watcher.Events) <= most, $"{watched.Sum(watcher => watcher.Events)} events, at most {most}");
    }

    private static async Task<(int Events, List<int> Iterations)> WatchAsync(SessionFeed feed)
    {
        int events = 0;
        List<int> iterations = [];
        await foreach (FeedEvent next in feed.WatchAsync(1, Token))
        {
            events++;
            iterations.AddRange(next.Iterations.Select(iteration => iteration.Iteration));
        }

        return (events, iterations);
    }
}
