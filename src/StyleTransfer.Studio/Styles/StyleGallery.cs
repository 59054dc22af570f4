using Microsoft.EntityFrameworkCore;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Styles;

/// <summary>What a gallery page shows of a style.</summary>
public sealed record StyleCard(Guid Id, string ImageId, string Title, string Artist, string Tags, int Width, int Height);

/// <summary>A page of a gallery, and how many there are.</summary>
public sealed record GalleryPage<T>(IReadOnlyList<T> Items, int Total);

/// <summary>The style gallery: search, add, edit, delete and bring back.</summary>
public sealed class StyleGallery(IDbContextFactory<StudioDb> databases, TimeProvider time)
{
    public async Task<GalleryPage<StyleCard>> PageAsync(string? search, int skip, int take, CancellationToken cancellationToken, bool scenes = false)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<Style> styles = database.Styles.AsNoTracking().Where(style => style.IsScene == scenes && style.DeletedUtc == null);
        foreach (string word in SearchWords.Of(search))
        {
            styles = styles.Where(style => EF.Functions.Like(style.SearchText, word, SearchWords.Escape));
        }

        int total = await styles.CountAsync(cancellationToken);
        List<StyleCard> items = await styles
            .OrderByDescending(style => style.CreatedUtc).ThenBy(style => style.Id)
            .Skip(skip).Take(take)
            .Select(style => new StyleCard(style.Id, style.ImageId, style.Title, style.Artist, style.Tags, style.Image!.Width, style.Image.Height))
            .ToListAsync(cancellationToken);
        return new GalleryPage<StyleCard>(items, total);
    }

    public async Task<Style?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Styles.AsNoTracking().Include(style => style.Image).FirstOrDefaultAsync(style => style.Id == id, cancellationToken);
    }

    /// <summary>What the gallery calls a picture; null where it is in no gallery.</summary>
    public async Task<string?> TitleAsync(string imageId, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Styles.Where(style => style.ImageId == imageId && style.DeletedUtc == null).Select(style => style.Title).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<Style> AddAsync(string imageId, string title, CancellationToken cancellationToken)
    {
        Style style = new() { ImageId = imageId, Title = Named(title), CreatedUtc = time.GetUtcNow().UtcDateTime };
        style.SearchText = SearchTextOf(style);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        database.Styles.Add(style);
        await database.SaveChangesAsync(cancellationToken);
        return style;
    }

    public async Task<bool> EditAsync(Guid id, string title, string artist, string source, string licence, string tags, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Styles.FindAsync([id], cancellationToken) is not { } style)
        {
            return false;
        }

        style.Title = Named(title);
        style.Artist = artist.Trim();
        style.Source = source.Trim();
        style.Licence = licence.Trim();
        style.Tags = TagList.Normalize(tags);
        style.SearchText = SearchTextOf(style);
        await database.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>Takes the style out of the gallery; <see cref="RestoreAsync"/> brings it back.</summary>
    public Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken) => MarkAsync(id, time.GetUtcNow().UtcDateTime, cancellationToken);

    public Task<bool> RestoreAsync(Guid id, CancellationToken cancellationToken) => MarkAsync(id, null, cancellationToken);

    internal static string SearchTextOf(Style style) => $"{style.Title} {style.Artist} {style.Tags} {style.Source}".ToLowerInvariant();

    private async Task<bool> MarkAsync(Guid id, DateTime? deleted, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Styles.Where(style => style.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(style => style.DeletedUtc, deleted), cancellationToken) > 0;
    }

    private static string Named(string title) => string.IsNullOrWhiteSpace(title) ? "Untitled" : title.Trim() is { Length: > 200 } longTitle ? longTitle[..200] : title.Trim();
}

/// <summary>Comma-separated tags, each once, lower case.</summary>
public static class TagList
{
    public static string[] Split(string tags) => tags.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static string Normalize(string tags) => string.Join(
        ", ",
        Split(tags).Select(tag => tag.ToLowerInvariant()).Distinct());
}

/// <summary>A search's words as LIKE patterns: every word must occur, in any order.</summary>
internal static class SearchWords
{
    public const string Escape = "\\";

    public static IEnumerable<string> Of(string? search) => (search ?? "")
        .ToLowerInvariant()
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Take(8)
        .Select(word => $"%{word.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%");
}
