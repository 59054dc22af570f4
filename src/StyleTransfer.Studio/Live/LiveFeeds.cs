using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Live;

/// <summary>The feeds of sessions that are running or were just looked at; others are read from the database when asked for.</summary>
public sealed class LiveFeeds(IDbContextFactory<StudioDb> databases)
{
    // Ended sessions that somebody looks at; a trace is some hundred kilobytes.
    private const int MaxKept = 40;

    private readonly ConcurrentDictionary<Guid, SessionFeed> feeds = new();

    /// <summary>The session's feed, with its whole trace; null where there is no such session.</summary>
    public async Task<SessionFeed?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (feeds.TryGetValue(id, out SessionFeed? feed))
        {
            return feed;
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancellationToken) is not { } session)
        {
            return null;
        }

        SessionFeed loaded = new();
        loaded.Begin(session.State, await ReadTraceAsync(database, id, int.MaxValue, cancellationToken), session.TotalIterations, RecipeJson.Read(session.RecipeJson).Changes.Length);
        loaded.Enter(session.State, session.Error);
        Trim();
        return feeds.GetOrAdd(id, loaded);
    }

    /// <summary>A feed without a session, which only lives here.</summary>
    internal SessionFeed Open(Guid id) => feeds.GetOrAdd(id, _ => new SessionFeed());

    /// <summary>Forgets a session's feed; a deleted session leaves nothing in memory.</summary>
    public void Forget(Guid id) => feeds.TryRemove(id, out _);

    internal static async Task<List<IterationMessage>> ReadTraceAsync(StudioDb database, Guid id, int upTo, CancellationToken cancellationToken)
    {
        List<string> chunks = await database.TraceChunks.AsNoTracking()
            .Where(chunk => chunk.SessionId == id && chunk.FirstIteration <= upTo)
            .OrderBy(chunk => chunk.FirstIteration)
            .Select(chunk => chunk.Json)
            .ToListAsync(cancellationToken);
        return [.. chunks.SelectMany(json => JsonSerializer.Deserialize<IterationMessage[]>(json)!).Where(iteration => iteration.Iteration <= upTo)];
    }

    private void Trim()
    {
        if (feeds.Count < MaxKept)
        {
            return;
        }

        foreach ((Guid id, SessionFeed feed) in feeds)
        {
            if (feed.IsOver)
            {
                feeds.TryRemove(id, out _);
            }
        }
    }
}
