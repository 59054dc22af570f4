using Microsoft.EntityFrameworkCore;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sessions;

/// <summary>A session in its family: forks stand under what they branched off.</summary>
/// <param name="Depth">0 for the first of the family.</param>
public sealed record FamilyMember(Guid Id, string Title, Guid? ParentId, int? ParentIteration, SessionState State, string? PictureId, string ContentImageId, int Depth);

/// <summary>The family tree of sessions, by their forks.</summary>
public sealed class SessionFamily(IDbContextFactory<StudioDb> databases)
{
    // A tree of more is not looked at as a whole.
    private const int MostMembers = 200;

    /// <summary>Everybody who is related, in the order of a printed tree; one alone where nobody is.</summary>
    public async Task<IReadOnlyList<FamilyMember>> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        HashSet<Guid> climbed = [];
        Guid root = id;
        while (climbed.Add(root)
            && await database.Sessions.Where(s => s.Id == root && s.DeletedUtc == null).Select(s => s.ParentId).FirstOrDefaultAsync(cancellationToken) is { } parent
            && await database.Sessions.AnyAsync(s => s.Id == parent && s.DeletedUtc == null, cancellationToken))
        {
            root = parent;
        }

        List<FamilyMember> members = await MembersAsync(database.Sessions.Where(s => s.Id == root), 0, cancellationToken);
        List<Guid> generation = [root];
        for (int depth = 1; generation.Count > 0 && members.Count < MostMembers; depth++)
        {
            List<Guid> parents = generation;
            List<FamilyMember> children = await MembersAsync(database.Sessions.Where(s => s.ParentId != null && parents.Contains(s.ParentId.Value) && s.DeletedUtc == null), depth, cancellationToken);
            members.AddRange(children);
            generation = [.. children.Select(child => child.Id)];
        }

        return [.. Printed(members, members.Where(member => member.Depth == 0))];
    }

    /// <summary>The session itself, what it branched off, what branched off the same, and its own forks: what one compares it with first.</summary>
    public async Task<IReadOnlyList<Guid>> NearestAsync(Guid id, CancellationToken cancellationToken)
    {
        IReadOnlyList<FamilyMember> all = await FindAsync(id, cancellationToken);
        Guid? parent = all.FirstOrDefault(member => member.Id == id)?.ParentId;
        IEnumerable<Guid> above = all.Where(member => member.Id == parent).Select(member => member.Id);
        IEnumerable<Guid> beside = all.Where(member => parent is not null && member.ParentId == parent).Select(member => member.Id);
        IEnumerable<Guid> below = all.Where(member => member.ParentId == id).Select(member => member.Id);
        return [.. above.Concat(beside).Concat(below).Prepend(id).Distinct()];
    }

    private static IEnumerable<FamilyMember> Printed(List<FamilyMember> members, IEnumerable<FamilyMember> siblings) =>
        siblings.SelectMany(member => Printed(members, members.Where(child => child.ParentId == member.Id && child.Depth == member.Depth + 1)).Prepend(member));

    private static Task<List<FamilyMember>> MembersAsync(IQueryable<Session> sessions, int depth, CancellationToken cancellationToken) => sessions
        .OrderBy(s => s.CreatedUtc).Take(MostMembers)
        .Select(s => new FamilyMember(s.Id, s.Title, s.ParentId, s.ParentIteration, s.State, s.ResultImageId ?? s.FrameImageId, s.ContentImageId, depth))
        .ToListAsync(cancellationToken);
}
