using System.Globalization;
using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Sessions;

/// <summary>What a gallery page shows of a session.</summary>
public sealed record SessionCard(
    Guid Id,
    string Title,
    SessionState State,
    string? PictureId,
    string ContentImageId,
    string StyleImageId,
    int Iteration,
    int TotalIterations,
    DateTime CreatedUtc,
    int Size,
    string Encoder,
    string Preset,
    int Rating,
    bool IsFavourite,
    string Tags);

public enum SessionOrder { Newest, Oldest, Title, Rating, Longest }

/// <summary>Which sessions, in which order.</summary>
/// <param name="Search">As <see cref="SessionQuery"/> reads it.</param>
public sealed record SessionFilter(string? Search = null, SessionState? State = null, bool FavouritesOnly = false, SessionOrder Order = SessionOrder.Newest);

/// <summary>Finding sessions again.</summary>
public sealed class SessionGallery(IDbContextFactory<StudioDb> databases)
{
    private const int ReadAtOnce = 500;

    private static readonly Expression<Func<Session, SessionCard>> asCard = s => new SessionCard(
        s.Id, s.Title, s.State, s.ResultImageId ?? s.FrameImageId, s.ContentImageId, s.StyleImageId, s.Iteration, s.TotalIterations,
        s.CreatedUtc, s.Size, s.Encoder, s.Preset, s.Rating, s.IsFavourite, s.Tags);

    /// <summary>Those of a few sessions that are there, in the order in which they were named.</summary>
    public async Task<IReadOnlyList<SessionCard>> CardsAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        List<SessionCard> found = await database.Sessions.AsNoTracking().Where(s => ids.Contains(s.Id) && s.DeletedUtc == null).Select(asCard).ToListAsync(cancellationToken);
        return [.. ids.Select(id => found.Find(card => card.Id == id)).OfType<SessionCard>()];
    }

    public async Task<GalleryPage<SessionCard>> PageAsync(SessionFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<Session> sessions = await FilteredAsync(filter, database, cancellationToken);
        int total = await sessions.CountAsync(cancellationToken);
        List<SessionCard> items = await InOrder(sessions, filter.Order)
            .Skip(skip).Take(take)
            .Select(asCard)
            .ToListAsync(cancellationToken);
        return new GalleryPage<SessionCard>(items, total);
    }

    /// <summary>Every session that the filter finds, for what is done to all of them.</summary>
    public async Task<IReadOnlyList<Guid>> IdsAsync(SessionFilter filter, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await InOrder(await FilteredAsync(filter, database, cancellationToken), filter.Order).Select(s => s.Id).ToListAsync(cancellationToken);
    }

    // The identifier last: of two made at once, neither may come twice or never where a page ends between them.
    private static IOrderedQueryable<Session> InOrder(IQueryable<Session> sessions, SessionOrder order) => order switch
    {
        SessionOrder.Oldest => sessions.OrderBy(s => s.CreatedUtc).ThenBy(s => s.Id),
        SessionOrder.Title => sessions.OrderBy(s => s.Title).ThenByDescending(s => s.CreatedUtc).ThenByDescending(s => s.Id),
        SessionOrder.Rating => sessions.OrderByDescending(s => s.Rating).ThenByDescending(s => s.CreatedUtc).ThenByDescending(s => s.Id),
        SessionOrder.Longest => sessions.OrderByDescending(s => s.Seconds).ThenByDescending(s => s.CreatedUtc).ThenByDescending(s => s.Id),
        _ => sessions.OrderByDescending(s => s.CreatedUtc).ThenByDescending(s => s.Id),
    };

    private static async Task<IQueryable<Session>> FilteredAsync(SessionFilter filter, StudioDb database, CancellationToken cancellationToken)
    {
        IQueryable<Session> sessions = database.Sessions.AsNoTracking().Where(s => s.DeletedUtc == null);
        if (filter.State is { } state)
        {
            sessions = sessions.Where(s => s.State == state);
        }

        if (filter.FavouritesOnly)
        {
            sessions = sessions.Where(s => s.IsFavourite);
        }

        SessionQuery query = SessionQuery.Parse(filter.Search);
        if (query.Terms.Any(term => term.Name is not null))
        {
            await ReadRecipesAsync(database, cancellationToken);
        }

        return await sessions.MatchingAsync(query, database, cancellationToken);
    }

    // What the database marked as new or changed; as a rule nothing.
    private static async Task ReadRecipesAsync(StudioDb database, CancellationToken cancellationToken)
    {
        while (true)
        {
            List<SessionParameters> unread = await database.SessionParameters.Where(p => p.Json == null).Take(ReadAtOnce).ToListAsync(cancellationToken);
            if (unread.Count == 0)
            {
                return;
            }

            List<Guid> ids = [.. unread.Select(p => p.SessionId)];
            Dictionary<Guid, string> recipes = await database.Sessions.Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.RecipeJson, cancellationToken);
            foreach (SessionParameters parameters in unread)
            {
                parameters.Json = ParametersOf(recipes.GetValueOrDefault(parameters.SessionId));
            }

            await database.SaveChangesAsync(cancellationToken);
            database.ChangeTracker.Clear();
        }
    }

    private static string ParametersOf(string? recipeJson)
    {
        JsonObject json = [];
        try
        {
            Recipe recipe = RecipeJson.Read(recipeJson ?? "");
            foreach (RecipeParameter parameter in RecipeParameter.All)
            {
                string value = parameter.Read(recipe);
                bool isNumber = parameter.Kind is ParameterKind.Number or ParameterKind.WholeNumber;
                json[parameter.Name] = isNumber && double.Parse(value, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? number : value;
            }
        }
        catch (StyleTransferException)
        {
            // A recipe of another version has no parameters that we know; it is still found by its words.
        }

        return json.ToJsonString();
    }
}
