using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace StyleTransfer.Studio.Live;

/// <summary>The public live feed: the same for the studio's own pages, a second screen and any SignalR client.</summary>
public sealed class SessionsHub(LiveFeeds feeds) : Hub
{
    /// <summary>Streams the state so far, then what follows, and ends when the session does.</summary>
    /// <param name="fromIteration">The first iteration that the caller does not have yet; 1 for all.</param>
    public async IAsyncEnumerable<FeedEvent> Watch(Guid sessionId, int fromIteration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await feeds.FindAsync(sessionId, cancellationToken) is not { } feed)
        {
            throw new HubException($"There is no session {sessionId}. GET /api/v1/sessions lists them.");
        }

        await foreach (FeedEvent next in feed.WatchAsync(fromIteration, cancellationToken))
        {
            yield return next;
        }
    }
}
