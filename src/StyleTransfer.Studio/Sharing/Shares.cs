using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sharing;

/// <summary>What one asks for when sharing.</summary>
public sealed record NewShare
{
    public required ShareKind Kind { get; init; }

    /// <summary>In the order in which they are shown.</summary>
    public required IReadOnlyList<Guid> Sessions { get; init; }

    public string? Title { get; init; }
    public string? Note { get; init; }
    public TimeSpan Lifetime { get; init; } = Shares.UsualLifetime;
    public string? Password { get; init; }
    public ShareParts Parts { get; init; } = Shares.UsualParts;
    public Guid? ExperimentId { get; init; }
}

/// <summary>A share that was just made, and its token: the only time that anybody sees it.</summary>
public sealed record MadeShare(Share Share, string Token);

/// <summary>A line of the list of links.</summary>
public sealed record ShareLine(
    Guid Id, ShareKind Kind, string Title, string Note, ShareParts Parts, bool HasPassword, int Sessions,
    DateTime CreatedUtc, DateTime ExpiresUtc, DateTime? RevokedUtc, int Views, DateTime? LastViewUtc)
{
    public bool IsLive(DateTime now) => RevokedUtc is null && ExpiresUtc > now;
}

/// <summary>The links that were given away: make, list, revoke, open.</summary>
public sealed class Shares(IDbContextFactory<StudioDb> databases, TimeProvider time)
{
    public const int MostSessions = 100;
    public const int LongestTitle = 200;
    public const int LongestNote = 4000;

    // SQLite takes some thousand parameters; a selection that is deleted may be larger.
    private const int AtOnce = 500;

    public static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(30);
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(3660);
    public const ShareParts UsualParts = ShareParts.Inputs | ShareParts.Progress | ShareParts.Download;

    /// <summary>How many sessions one link shows: of an experiment, every cell that a grid may have.</summary>
    public static int MostOf(ShareKind kind) => kind == ShareKind.Experiment ? ExperimentGrid.MaxCells : MostSessions;

    /// <exception cref="ShareException">Nothing to share, a session that is gone, or a password or time that makes no sense.</exception>
    public async Task<MadeShare> CreateAsync(NewShare wanted, CancellationToken cancellationToken)
    {
        Guid[] sessions = [.. wanted.Sessions.Distinct()];
        Check(wanted, sessions);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        var found = await database.Sessions.Where(s => sessions.Contains(s.Id) && s.DeletedUtc == null).Select(s => new { s.Id, s.Title }).ToListAsync(cancellationToken);
        if (sessions.Except(found.Select(session => session.Id)).ToList() is { Count: > 0 } missing)
        {
            throw new ShareException($"{missing.Count} of the {sessions.Length} sessions were deleted meanwhile; share those that are left, or bring them back in Sessions.");
        }

        string token = ShareToken.Create();
        DateTime now = time.GetUtcNow().UtcDateTime;
        string? password = wanted.Password is { Length: > 0 } given ? await Task.Run(() => SharePassword.Hash(given), cancellationToken) : null;
        Share share = new()
        {
            TokenHash = ShareToken.HashOf(token),
            Kind = wanted.Kind,
            Title = string.IsNullOrWhiteSpace(wanted.Title) ? found.First(session => session.Id == sessions[0]).Title : wanted.Title.Trim(),
            Note = wanted.Note?.Trim() ?? "",
            Parts = wanted.Parts,
            PasswordHash = password,
            ExperimentId = wanted.ExperimentId,
            CreatedUtc = now,
            ExpiresUtc = now + wanted.Lifetime,
        };
        share.Sessions.AddRange(sessions.Select((session, index) => new SharedSession { ShareId = share.Id, Number = index + 1, SessionId = session }));
        database.Shares.Add(share);
        await database.SaveChangesAsync(cancellationToken);
        return new MadeShare(share, token);
    }

    /// <summary>The live share of a token. Unknown, expired and revoked take the same one look-up and are the same null.</summary>
    public async Task<Share?> OpenAsync(string token, CancellationToken cancellationToken)
    {
        string hash = ShareToken.HashOf(token);
        DateTime now = time.GetUtcNow().UtcDateTime;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Shares.AsNoTracking()
            .FirstOrDefaultAsync(share => share.TokenHash == hash && share.RevokedUtc == null && share.ExpiresUtc > now, cancellationToken);
    }

    public async Task<Share?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Shares.AsNoTracking().FirstOrDefaultAsync(share => share.Id == id, cancellationToken);
    }

    public async Task CountViewAsync(Guid id, CancellationToken cancellationToken)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Shares.Where(share => share.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(share => share.Views, share => share.Views + 1).SetProperty(share => share.LastViewUtc, now), cancellationToken);
    }

    /// <summary>Every link that was ever made, newest first.</summary>
    public async Task<IReadOnlyList<ShareLine>> ListAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Shares.AsNoTracking()
            .OrderByDescending(share => share.CreatedUtc)
            .Select(s => new ShareLine(
                s.Id, s.Kind, s.Title, s.Note, s.Parts, s.PasswordHash != null, s.Sessions.Count, s.CreatedUtc, s.ExpiresUtc, s.RevokedUtc, s.Views, s.LastViewUtc))
            .ToListAsync(cancellationToken);
    }

    /// <summary>The titles of the live links that show any of these sessions: who deletes one should know.</summary>
    public async Task<IReadOnlyList<string>> ShowingAsync(IReadOnlyCollection<Guid> sessions, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        List<Share> showing = [];
        foreach (Guid[] some in sessions.Chunk(AtOnce))
        {
            showing.AddRange(await Live(database).Where(share => share.Sessions.Any(shared => some.Contains(shared.SessionId))).ToListAsync(cancellationToken));
        }

        return Titles(showing);
    }

    /// <summary>The titles of the live links that show a cell of the experiment, whether they share the experiment or only the cell.</summary>
    public async Task<IReadOnlyList<string>> ShowingExperimentAsync(Guid experiment, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<Guid> cells = database.Sessions.Where(s => s.ExperimentId == experiment && s.DeletedUtc == null).Select(s => s.Id);
        return Titles(await Live(database).Where(share => share.Sessions.Any(shared => cells.Contains(shared.SessionId))).ToListAsync(cancellationToken));
    }

    /// <summary>Holds from the next request on. It cannot be taken back: a link that came back would not be one that was revoked.</summary>
    public async Task<bool> RevokeAsync(Guid id, CancellationToken cancellationToken)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Shares.Where(share => share.Id == id && share.RevokedUtc == null)
            .ExecuteUpdateAsync(set => set.SetProperty(share => share.RevokedUtc, now), cancellationToken) > 0;
    }

    /// <returns>How many links went.</returns>
    public async Task<int> RevokeAllAsync(CancellationToken cancellationToken)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Shares.Where(share => share.RevokedUtc == null && share.ExpiresUtc > now)
            .ExecuteUpdateAsync(set => set.SetProperty(share => share.RevokedUtc, now), cancellationToken);
    }

    /// <summary>A new token in the old one's place, since the old one can be shown to nobody. The old link is gone from then on.</summary>
    public async Task<string?> RenewAsync(Guid id, CancellationToken cancellationToken)
    {
        string token = ShareToken.Create();
        string hash = ShareToken.HashOf(token);
        DateTime now = time.GetUtcNow().UtcDateTime;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Shares.Where(share => share.Id == id && share.RevokedUtc == null && share.ExpiresUtc > now)
            .ExecuteUpdateAsync(set => set.SetProperty(share => share.TokenHash, hash), cancellationToken) > 0
            ? token
            : null;
    }

    private IQueryable<Share> Live(StudioDb database)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        return database.Shares.AsNoTracking().Where(share => share.RevokedUtc == null && share.ExpiresUtc > now);
    }

    private static string[] Titles(IEnumerable<Share> shares) => [.. shares.DistinctBy(share => share.Id).OrderByDescending(share => share.CreatedUtc).Select(share => share.Title)];

    private static void Check(NewShare wanted, Guid[] sessions)
    {
        int most = MostOf(wanted.Kind);
        if (sessions.Length == 0 || sessions.Length > most)
        {
            throw new ShareException(sessions.Length == 0
                ? "There is nothing to share yet; choose one session or several, then share them."
                : $"These are {sessions.Length} sessions; one link shows at most {most}. Share them in parts.");
        }

        if (wanted.Title is { Length: > LongestTitle } || wanted.Note is { Length: > LongestNote })
        {
            throw new ShareException($"The title may have {LongestTitle} characters and the note {LongestNote}; shorten them.");
        }

        if (wanted.Password is { Length: > 0 and < SharePassword.Shortest } or { Length: > SharePassword.Longest })
        {
            throw new ShareException(
                $"The password has {wanted.Password.Length} {(wanted.Password.Length == 1 ? "character" : "characters")}; give {SharePassword.Shortest} to {SharePassword.Longest}, or none: the link by itself cannot be guessed.");
        }

        if (wanted.Lifetime <= TimeSpan.Zero || wanted.Lifetime > LongestLifetime)
        {
            throw new ShareException($"A link holds for {wanted.Lifetime.TotalDays:0.#} days; allowed are more than 0 and at most {LongestLifetime.TotalDays:0}. Usual are {UsualLifetime.TotalDays:0}.");
        }
    }
}
