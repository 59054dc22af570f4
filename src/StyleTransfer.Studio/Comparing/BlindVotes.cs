using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Comparing;

/// <summary>Two results to choose between. Which is shown left is chance.</summary>
/// <param name="Votes">How many were cast among the compared sessions so far.</param>
public sealed record BlindPair(BlindPicture Left, BlindPicture Right, int Votes);

/// <summary>A result without its name.</summary>
public sealed record BlindPicture(Guid Session, string ImageId, int Width, int Height);

/// <summary>A session's place in the ranking, the best first.</summary>
/// <param name="Low">The lower end of the 90 % interval of <paramref name="Strength"/>.</param>
public sealed record RankedSession(Guid Session, string Title, double Strength, double Low, double High, int Wins, int Losses, int Ties);

/// <summary>Votes on results that are shown without their names, and the ranking that follows from them.</summary>
public sealed class BlindVotes(IDbContextFactory<StudioDb> databases, TimeProvider time)
{
    // Of the normal distribution, for 90 %.
    private const double IntervalDeviations = 1.645;

    /// <summary>The pair that was voted on least; null where fewer than two of the sessions have a picture.</summary>
    public async Task<BlindPair?> NextAsync(IReadOnlyList<Guid> sessions, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        List<BlindPicture> pictures = await (
            from session in database.Sessions
            where sessions.Contains(session.Id) && session.DeletedUtc == null
            join image in database.Images on session.ResultImageId ?? session.FrameImageId equals image.Id
            select new BlindPicture(session.Id, image.Id, image.Width, image.Height)).AsNoTracking().ToListAsync(cancellationToken);
        if (pictures.Count < 2)
        {
            return null;
        }

        List<Vote> votes = await AmongAsync(database, sessions, cancellationToken);
        (BlindPicture a, BlindPicture b) = (
            from i in Enumerable.Range(0, pictures.Count)
            from j in Enumerable.Range(0, i)
            select (pictures[i], pictures[j]))
            .OrderBy(pair => votes.Count(vote => IsOf(vote, pair.Item1.Session, pair.Item2.Session)))
            .ThenBy(_ => Random.Shared.Next())
            .First();
        return Random.Shared.Next(2) == 0 ? new BlindPair(a, b, votes.Count) : new BlindPair(b, a, votes.Count);
    }

    /// <exception cref="RecipeException">The two are one, or one of them is not here.</exception>
    public async Task<Vote> CastAsync(Guid left, Guid right, VoteOutcome outcome, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (left == right || await database.Sessions.CountAsync(s => (s.Id == left || s.Id == right) && s.DeletedUtc == null, cancellationToken) != 2)
        {
            throw new RecipeException("A vote is between two sessions, and one of these is not here; it may have been deleted. Ask for the next pair.");
        }

        Vote vote = new() { LeftId = left, RightId = right, Outcome = outcome, CastUtc = time.GetUtcNow().UtcDateTime };
        database.Votes.Add(vote);
        await database.SaveChangesAsync(cancellationToken);
        return vote;
    }

    /// <summary>The sessions in the order in which the votes between them put them.</summary>
    public async Task<IReadOnlyList<RankedSession>> RankAsync(IReadOnlyList<Guid> sessions, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        var known = await database.Sessions.AsNoTracking().Where(s => sessions.Contains(s.Id) && s.DeletedUtc == null)
            .Select(s => new { s.Id, s.Title }).ToListAsync(cancellationToken);
        Dictionary<Guid, int> index = known.Select((session, i) => (session.Id, i)).ToDictionary(pair => pair.Id, pair => pair.i);
        List<Vote> votes = [.. (await AmongAsync(database, sessions, cancellationToken)).Where(vote => index.ContainsKey(vote.LeftId) && index.ContainsKey(vote.RightId))];
        double[,] wins = new double[known.Count, known.Count];
        foreach (Vote vote in votes)
        {
            (int left, int right) = (index[vote.LeftId], index[vote.RightId]);
            double share = vote.Outcome switch { VoteOutcome.Left => 1, VoteOutcome.Right => 0, _ => 0.5 };
            wins[left, right] += share;
            wins[right, left] += 1 - share;
        }

        return
        [
            .. BradleyTerry.Fit(wins).Zip(known, (standing, session) => new RankedSession(
                session.Id, session.Title, standing.Strength,
                standing.Strength - (IntervalDeviations * standing.Error),
                standing.Strength + (IntervalDeviations * standing.Error),
                votes.Count(vote => HasWon(vote, session.Id)),
                votes.Count(vote => IsIn(vote, session.Id) && vote.Outcome != VoteOutcome.Equal && !HasWon(vote, session.Id)),
                votes.Count(vote => IsIn(vote, session.Id) && vote.Outcome == VoteOutcome.Equal)))
                .OrderByDescending(ranked => ranked.Strength),
        ];
    }

    private static Task<List<Vote>> AmongAsync(StudioDb database, IReadOnlyList<Guid> sessions, CancellationToken cancellationToken) =>
        database.Votes.AsNoTracking().Where(vote => sessions.Contains(vote.LeftId) && sessions.Contains(vote.RightId)).ToListAsync(cancellationToken);

    private static bool IsIn(Vote vote, Guid session) => vote.LeftId == session || vote.RightId == session;

    private static bool IsOf(Vote vote, Guid a, Guid b) => IsIn(vote, a) && IsIn(vote, b);

    private static bool HasWon(Vote vote, Guid session) =>
        (vote.Outcome == VoteOutcome.Left && vote.LeftId == session) || (vote.Outcome == VoteOutcome.Right && vote.RightId == session);
}
