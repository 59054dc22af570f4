using Microsoft.EntityFrameworkCore;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Experiments;

/// <summary>
/// What there is to choose a content from: what sessions had as theirs and what was brought since, the latest first, then the starter scenes.
/// </summary>
public sealed class ContentPictures(IDbContextFactory<StudioDb> databases, StyleGallery gallery)
{
    private const int Most = 100;

    public async Task<IReadOnlyList<StyleCard>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<StyleCard> scenes = (await gallery.PageAsync(null, 0, Most, cancellationToken, scenes: true)).Items;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        IEnumerable<StyleCard> own = (await UsedAsync(database, cancellationToken)).Concat(await UnusedAsync(database, cancellationToken))
            .OrderByDescending(picture => picture.Last).Take(Most).Select(picture => picture.Card);
        return [.. own.Where(card => scenes.All(scene => scene.ImageId != card.ImageId)), .. scenes];
    }

    private static async Task<List<Dated>> UsedAsync(StudioDb database, CancellationToken cancellationToken)
    {
        // Of a style reconstruction, which has no content, the style stands for it.
        IQueryable<Session> sessions = database.Sessions.AsNoTracking().Where(s => s.DeletedUtc == null && s.ContentImageId != s.StyleImageId);
        // Who brought a picture or put it into the gallery gave it a name; of another the session that had it last has one.
        return await sessions
            .GroupBy(s => s.ContentImageId)
            .Select(group => new { Image = group.Key, Last = group.Max(s => s.CreatedUtc) })
            .OrderByDescending(use => use.Last).Take(Most)
            .Join(database.Images, use => use.Image, image => image.Id, (use, image) => new { use.Last, image })
            .Select(use => new Dated(use.Last, new StyleCard(
                Guid.Empty, use.image.Id, use.image.BroughtAs
                    ?? database.Styles.Where(style => style.ImageId == use.image.Id).Select(style => style.Title).FirstOrDefault()
                    ?? sessions.Where(s => s.ContentImageId == use.image.Id).OrderByDescending(s => s.CreatedUtc).First().Title,
                "", "", use.image.Width, use.image.Height)))
            .ToListAsync(cancellationToken);
    }

    // What only deleted sessions had was put away with them; what was brought as a style is in the gallery of styles.
    private static async Task<List<Dated>> UnusedAsync(StudioDb database, CancellationToken cancellationToken) => await database.Images.AsNoTracking()
        .Where(image => image.BroughtAs != null
            && !database.Sessions.Any(s => s.ContentImageId == image.Id || s.StyleImageId == image.Id)
            && !database.Styles.Any(style => style.ImageId == image.Id))
        .OrderByDescending(image => image.CreatedUtc).Take(Most)
        .Select(image => new Dated(image.CreatedUtc, new StyleCard(Guid.Empty, image.Id, image.BroughtAs!, "", "", image.Width, image.Height)))
        .ToListAsync(cancellationToken);

    private sealed record Dated(DateTime Last, StyleCard Card);
}
