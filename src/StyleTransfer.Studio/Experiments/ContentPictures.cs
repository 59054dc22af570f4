using Microsoft.EntityFrameworkCore;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Experiments;

/// <summary>What there is to choose a content from: what sessions had as theirs, the latest first, then the starter scenes.</summary>
public sealed class ContentPictures(IDbContextFactory<StudioDb> databases, StyleGallery gallery)
{
    private const int Most = 100;

    public async Task<IReadOnlyList<StyleCard>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<StyleCard> scenes = (await gallery.PageAsync(null, 0, Most, cancellationToken, scenes: true)).Items;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        // Of a style reconstruction, which has no content, the style stands for it.
        IQueryable<Session> sessions = database.Sessions.AsNoTracking().Where(s => s.DeletedUtc == null && s.ContentImageId != s.StyleImageId);
        // A picture has no name of its own; the session that had it last does.
        List<StyleCard> used = await sessions
            .GroupBy(s => s.ContentImageId)
            .Select(group => new { Image = group.Key, Last = group.Max(s => s.CreatedUtc) })
            .OrderByDescending(use => use.Last).Take(Most)
            .Join(database.Images, use => use.Image, image => image.Id, (use, image) => new { use.Last, image })
            .OrderByDescending(use => use.Last)
            .Select(use => new StyleCard(
                Guid.Empty, use.image.Id, sessions.Where(s => s.ContentImageId == use.image.Id).OrderByDescending(s => s.CreatedUtc).First().Title, "", "", use.image.Width, use.image.Height))
            .ToListAsync(cancellationToken);
        return [.. used.Where(card => scenes.All(scene => scene.ImageId != card.ImageId)), .. scenes];
    }
}
