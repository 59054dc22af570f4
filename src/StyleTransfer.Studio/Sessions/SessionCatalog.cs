using System.Globalization;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Sessions as people and scripts see them: create, find, edit, delete. Running them is the queue's.</summary>
public sealed class SessionCatalog(IDbContextFactory<StudioDb> databases, EncoderCatalog encoders, QueueSignal queue, TimeProvider time)
{
    /// <summary>Checks the recipe, names its encoder for good, and queues it.</summary>
    /// <exception cref="StyleTransferException">A recipe that makes no sense, or an encoder or picture that is not there.</exception>
    public async Task<Session> CreateAsync(Recipe recipe, string? title, CancellationToken cancellationToken, Guid? parent = null, int? parentIteration = null)
    {
        Session session = await MakeAsync(recipe, title, cancellationToken, parent, parentIteration);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        database.Sessions.Add(session);
        await database.SaveChangesAsync(cancellationToken);
        queue.Wake();
        return session;
    }

    /// <summary>A session as it would be queued, not kept yet.</summary>
    /// <exception cref="StyleTransferException">A recipe that makes no sense, or an encoder or picture that is not there.</exception>
    internal async Task<Session> MakeAsync(Recipe recipe, string? title, CancellationToken cancellationToken, Guid? parent = null, int? parentIteration = null)
    {
        RecipeValidation.Check(recipe);
        EncoderInfo encoder = encoders.Resolve(recipe.Encoder.Name, recipe.Encoder.Sha256);
        recipe = recipe with { Encoder = recipe.Encoder with { Name = encoder.Name, Sha256 = encoder.Sha256 } };
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await CheckImagesAsync(database, recipe, cancellationToken);

        string name = string.IsNullOrWhiteSpace(title) ? await TitleAsync(database, recipe, cancellationToken) : title.Trim();
        return SessionOf(recipe, name, time.GetUtcNow().UtcDateTime, parent, parentIteration);
    }

    public async Task<Session?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Sessions.AsNoTracking().FirstOrDefaultAsync(session => session.Id == id, cancellationToken);
    }

    public async Task<IReadOnlyList<Frame>> FramesAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Frames.AsNoTracking().Where(frame => frame.SessionId == id).OrderBy(frame => frame.Iteration).ToListAsync(cancellationToken);
    }

    /// <summary>Title, notes, rating, favourite and tags; null leaves a value as it is.</summary>
    public async Task<bool> EditAsync(
        Guid id, string? title, string? notes, int? rating, bool? isFavourite, string? tags, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Sessions.FindAsync([id], cancellationToken) is not { } session)
        {
            return false;
        }

        session.Title = string.IsNullOrWhiteSpace(title) ? session.Title : title.Trim();
        session.Notes = notes ?? session.Notes;
        session.Rating = Math.Clamp(rating ?? session.Rating, 0, 5);
        session.IsFavourite = isFavourite ?? session.IsFavourite;
        session.Tags = tags is null ? session.Tags : TagList.Normalize(tags);
        session.SearchText = SearchTextOf(session);
        await database.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>What a session is called with another recipe: a title made of its pictures' names follows them, one that somebody wrote stays.</summary>
    /// <param name="generated">The title that the other recipe's pictures make.</param>
    internal async Task<string> RenamedAsync(Session session, Recipe recipe, string generated, CancellationToken cancellationToken)
    {
        Recipe former = RecipeJson.Read(session.RecipeJson);
        bool isSameContent = former.Content == recipe.Content;
        if (isSameContent && former.Styles.Select(style => style.Image).SequenceEqual(recipe.Styles.Select(style => style.Image)))
        {
            return session.Title;
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        (string? content, string? styles) = await NamesAsync(database, former, cancellationToken);
        if (session.Title == TitleOf(content, styles))
        {
            return generated;
        }

        // The page calls an uploaded photo by its file's name, which no gallery has: only the title still knows it.
        string ending = TitleOf("", styles);
        if (former.Content is null || content is not null || styles is null || !session.Title.EndsWith(ending, StringComparison.Ordinal))
        {
            return session.Title;
        }

        return isSameContent ? TitleOf(session.Title[..^ending.Length], (await NamesAsync(database, recipe, cancellationToken)).Styles) : generated;
    }

    /// <summary>A session that waits for its turn, not yet in the database.</summary>
    /// <param name="recipe">Checked, with its encoder named for good.</param>
    internal static Session SessionOf(Recipe recipe, string title, DateTime now, Guid? parent = null, int? parentIteration = null, Guid? experiment = null)
    {
        string first = recipe.Styles.Length > 0 ? recipe.Styles[0].Image : recipe.Content ?? "";
        Session session = new()
        {
            Title = title,
            State = SessionState.Queued,
            RecipeJson = RecipeJson.Write(recipe),
            Preset = recipe.Preset ?? "",
            Encoder = recipe.Encoder.Name,
            Size = recipe.Schedule.Size,
            ContentImageId = recipe.Content ?? first,
            StyleImageId = first,
            CreatedUtc = now,
            QueuePosition = (now - DateTime.UnixEpoch).TotalMilliseconds,
            TotalIterations = ScalePlan.TotalIterations(recipe),
            ParentId = parent,
            ParentIteration = parentIteration,
            ExperimentId = experiment,
        };
        session.SearchText = SearchTextOf(session);
        return session;
    }

    /// <summary>Every picture that a recipe needs, by its identifier, once.</summary>
    internal static IEnumerable<string> ImagesOf(Recipe recipe) => recipe.Styles.Select(style => (string?)style.Image)
        .Append(recipe.Content)
        .Append(recipe.Initialization.Image)
        .Concat(recipe.Regions.SelectMany(region => new[] { region.ContentMask, region.StyleMask }))
        .OfType<string>()
        .Select(ColorRegions.PictureOf)
        .Distinct();

    internal static string SearchTextOf(Session session) => string.Create(
        CultureInfo.InvariantCulture,
        $"{session.Title} {session.Preset} {session.Encoder} {session.Size} {session.Tags} {session.Notes}").ToLowerInvariant();

    private static async Task CheckImagesAsync(StudioDb database, Recipe recipe, CancellationToken cancellationToken)
    {
        List<string> wanted = [.. ImagesOf(recipe)];
        List<string> found = await database.Images.Where(image => wanted.Contains(image.Id)).Select(image => image.Id).ToListAsync(cancellationToken);
        if (wanted.Except(found).FirstOrDefault() is { } missing)
        {
            throw new RecipeException($"The recipe names the picture {missing}, which this studio does not have. Upload it first; /api/v1/images answers with its id.");
        }
    }

    private static async Task<string> TitleAsync(StudioDb database, Recipe recipe, CancellationToken cancellationToken)
    {
        (string? content, string? styles) = await NamesAsync(database, recipe, cancellationToken);
        return TitleOf(content, styles);
    }

    private static string TitleOf(string? content, string? styles) => (content, styles) switch
    {
        ({ } c, { } s) => $"{c} · {s}",
        (null, { } s) => s,
        ({ } c, null) => c,
        _ => "Untitled",
    };

    // What the gallery calls the pictures; null where it has none of them.
    private static async Task<(string? Content, string? Styles)> NamesAsync(StudioDb database, Recipe recipe, CancellationToken cancellationToken)
    {
        List<string> styles = [];
        foreach (StyleInput style in recipe.Styles)
        {
            if (await NameAsync(style.Image) is { } name)
            {
                styles.Add(name);
            }
        }

        string? content = recipe.Content is null ? null : await NameAsync(recipe.Content);
        return (content, styles.Count == 0 ? null : string.Join(" + ", styles));

        Task<string?> NameAsync(string image) => database.Styles.Where(s => s.ImageId == image).Select(s => s.Title).FirstOrDefaultAsync(cancellationToken);
    }
}
