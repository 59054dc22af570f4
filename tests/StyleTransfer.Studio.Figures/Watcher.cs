using System.Diagnostics;
using Microsoft.AspNetCore.SignalR.Client;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Figures;

/// <summary>Somebody who looks at a session as its page does: the hub's events, and each newest preview fetched over HTTP.</summary>
internal sealed class Watcher(StudioClient client, HubConnection hub, Guid session)
{
    private Task fetching = Task.CompletedTask;

    public HashSet<int> Iterations { get; } = [];

    public int Events { get; private set; }

    public int Pictures { get; private set; }

    public TimeSpan LongestSilence { get; private set; }

    /// <summary>When each preview was first heard of; its making is at most some milliseconds before.</summary>
    public SortedDictionary<int, DateTimeOffset> Made { get; } = [];

    /// <summary>Until the session ends.</summary>
    /// <param name="fetches">Whether the previews are fetched.</param>
    public async Task WatchAsync(bool fetches, CancellationToken cancellationToken)
    {
        long heard = Stopwatch.GetTimestamp();
        await foreach (FeedEvent next in hub.StreamAsync<FeedEvent>("Watch", session, 1, cancellationToken))
        {
            if (Iterations.Count > 0)
            {
                LongestSilence = TimeSpan.FromTicks(Math.Max(LongestSilence.Ticks, Stopwatch.GetElapsedTime(heard).Ticks));
            }

            heard = Stopwatch.GetTimestamp();
            Events++;
            foreach (IterationMessage iteration in next.Iterations)
            {
                Iterations.Add(iteration.Iteration);
            }

            if (next.Preview is { } preview && Made.TryAdd(preview.Iteration, TimeProvider.System.GetUtcNow()) && fetches && fetching.IsCompleted)
            {
                fetching = FetchAsync(preview.Iteration, cancellationToken);
            }
        }

        await fetching;
    }

    private async Task FetchAsync(int iteration, CancellationToken cancellationToken)
    {
        await client.Http.GetByteArrayAsync($"/media/sessions/{session}/preview/{iteration}", cancellationToken);
        Pictures++;
    }
}
