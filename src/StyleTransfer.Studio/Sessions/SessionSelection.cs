using Microsoft.EntityFrameworkCore;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Sessions;

/// <summary>What is done to many sessions at once; one is many, too.</summary>
public sealed class SessionSelection(IDbContextFactory<StudioDb> databases, SessionQueue queue, QueueSignal signal, TimeProvider time)
{
    // SQLite takes some thousand parameters; a selection may be larger.
    private const int AtOnce = 500;

    /// <summary>Deleted, and what of it runs stops with a checkpoint: should it come back, it goes on there.</summary>
    /// <returns>The sessions that were there and are deleted now; <see cref="RestoreAsync"/> with them undoes it.</returns>
    public async Task<IReadOnlyList<Guid>> DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        List<Guid> deleted = [];
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (Guid[] some in ids.Chunk(AtOnce))
        {
            IQueryable<Session> those = database.Sessions.Where(s => some.Contains(s.Id) && s.DeletedUtc == null);
            deleted.AddRange(await those.Select(s => s.Id).ToListAsync(cancellationToken));
            await those.ExecuteUpdateAsync(set => set.SetProperty(s => s.DeletedUtc, now), cancellationToken);
        }

        foreach (Guid gone in deleted)
        {
            await queue.YieldAsync(gone);
        }

        return deleted;
    }

    /// <returns>How many are there again.</returns>
    public async Task<int> RestoreAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        int restored = 0;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (Guid[] some in ids.Chunk(AtOnce))
        {
            restored += await database.Sessions.Where(s => some.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.DeletedUtc, (DateTime?)null), cancellationToken);
        }

        // Some of them may have waited for their turn.
        signal.Wake();
        return restored;
    }

    /// <summary>Whether every one of them is a favourite.</summary>
    public async Task<bool> AreFavouritesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (Guid[] some in ids.Chunk(AtOnce))
        {
            if (await database.Sessions.AnyAsync(s => some.Contains(s.Id) && !s.IsFavourite, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    public async Task MarkFavouriteAsync(IReadOnlyCollection<Guid> ids, bool isFavourite, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (Guid[] some in ids.Chunk(AtOnce))
        {
            await database.Sessions.Where(s => some.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.IsFavourite, isFavourite), cancellationToken);
        }
    }

    /// <param name="add">With commas.</param>
    /// <param name="remove">With commas.</param>
    /// <returns>The former tags of the sessions that have others now; <see cref="RestoreTagsAsync"/> with them undoes it.</returns>
    public async Task<IReadOnlyDictionary<Guid, string>> TagAsync(IReadOnlyCollection<Guid> ids, string add, string remove, CancellationToken cancellationToken)
    {
        HashSet<string> gone = [.. TagList.Split(TagList.Normalize(remove))];
        return await RetagAsync(
            ids, session => TagList.Normalize(string.Join(',', TagList.Split(session.Tags).Where(tag => !gone.Contains(tag)).Append(add))), cancellationToken);
    }

    public Task RestoreTagsAsync(IReadOnlyDictionary<Guid, string> former, CancellationToken cancellationToken) =>
        RetagAsync([.. former.Keys], session => former[session.Id], cancellationToken);

    /// <summary>The tags that the sessions have, the most frequent first.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        List<string> lists = [];
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (Guid[] some in ids.Chunk(AtOnce))
        {
            lists.AddRange(await database.Sessions.Where(s => some.Contains(s.Id) && s.Tags != "").Select(s => s.Tags).ToListAsync(cancellationToken));
        }

        return [.. lists.SelectMany(TagList.Split).CountBy(tag => tag).OrderByDescending(tag => tag.Value).ThenBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => tag.Key)];
    }

    private async Task<Dictionary<Guid, string>> RetagAsync(IReadOnlyCollection<Guid> ids, Func<Session, string> tagsOf, CancellationToken cancellationToken)
    {
        Dictionary<Guid, string> former = [];
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (Guid[] some in ids.Chunk(AtOnce))
        {
            foreach (Session session in await database.Sessions.Where(s => some.Contains(s.Id)).ToListAsync(cancellationToken))
            {
                string tags = tagsOf(session);
                if (tags != session.Tags)
                {
                    former[session.Id] = session.Tags;
                    session.Tags = tags;
                    session.SearchText = SessionCatalog.SearchTextOf(session);
                }
            }

            await database.SaveChangesAsync(cancellationToken);
            database.ChangeTracker.Clear();
        }

        return former;
    }
}
