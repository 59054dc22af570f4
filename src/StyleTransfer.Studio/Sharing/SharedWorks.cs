using System.Globalization;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sharing;

/// <summary>Reads what is shared as it stands now: a run that goes on is shown at its newest state.</summary>
public sealed class SharedWorks(IDbContextFactory<StudioDb> databases, LiveFeeds feeds, PublicRecipes recipes, CellPlanner planner)
{
    /// <summary>All that a run keeps.</summary>
    public const int MostFrames = 400;

    private const int MostPoints = 300;

    // Nine pictures have every frame and a smooth curve; of more, each has fewer, so that a page of 400 still opens on a phone.
    private const int InFull = 9;
    private const int FewestFrames = 6;
    private const int FewestPoints = 40;

    public async Task<SharedWork> OfShareAsync(Share share, CancellationToken cancellationToken, int mostFrames = MostFrames)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        List<(int, Session)> sessions = [.. (await database.Set<SharedSession>().AsNoTracking()
            .Where(shared => shared.ShareId == share.Id)
            .Join(database.Sessions.AsNoTracking().Where(session => session.DeletedUtc == null), shared => shared.SessionId, session => session.Id, (shared, session) => new { shared.Number, session })
            .OrderBy(pair => pair.Number)
            .ToListAsync(cancellationToken)).Select(pair => (pair.Number, pair.session))];
        SharedWork work = new(share.Title, share.Note, share.Kind, share.CreatedUtc, share.Parts, await PicturesAsync(database, sessions, share.Parts, mostFrames, cancellationToken));
        return await ArrangedAsync(work, database, sessions, share.ExperimentId, cancellationToken);
    }

    /// <summary>One's own sessions, for an export.</summary>
    /// <exception cref="ShareException">None of them is there.</exception>
    public async Task<(SharedWork Work, IReadOnlyList<Session> Sessions)> OfSessionsAsync(NewShare wanted, int mostFrames, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        Dictionary<Guid, Session> found = await database.Sessions.AsNoTracking().Where(s => wanted.Sessions.Contains(s.Id) && s.DeletedUtc == null).ToDictionaryAsync(s => s.Id, cancellationToken);
        List<Session> sessions = [.. wanted.Sessions.Distinct().Where(found.ContainsKey).Select(id => found[id])];
        int most = Shares.MostOf(wanted.Kind);
        if (sessions.Count == 0 || sessions.Count > most)
        {
            throw new ShareException(sessions.Count == 0
                ? "None of these sessions is there any more; choose others in Sessions."
                : $"These are {sessions.Count} sessions; at most {most} go together. Take them in parts.");
        }

        List<(int, Session)> numbered = [.. sessions.Select((session, index) => (index + 1, session))];
        IReadOnlyList<SharedPicture> pictures = await PicturesAsync(database, numbered, wanted.Parts, mostFrames, cancellationToken);
        string title = string.IsNullOrWhiteSpace(wanted.Title) ? sessions[0].Title : wanted.Title.Trim();
        SharedWork work = new(title, "", wanted.Kind, sessions.Max(s => s.CreatedUtc), wanted.Parts, pictures);
        return (await ArrangedAsync(work, database, numbered, wanted.ExperimentId, cancellationToken), sessions);
    }

    /// <summary>One session of a share; null where the share has no such place or the session was deleted.</summary>
    public async Task<Session?> SessionAsync(Guid share, int number, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<SharedSession>()
            .Where(shared => shared.ShareId == share && shared.Number == number)
            .Join(database.Sessions.AsNoTracking(), shared => shared.SessionId, session => session.Id, (_, session) => session)
            .FirstOrDefaultAsync(session => session.DeletedUtc == null, cancellationToken);
    }

    private async Task<SharedWork> ArrangedAsync(SharedWork work, StudioDb database, List<(int Number, Session Session)> sessions, Guid? experiment, CancellationToken cancellationToken)
    {
        Recipe[] recipes = [.. sessions.Select(pair => RecipeJson.Read(pair.Session.RecipeJson))];
        work = work with
        {
            HasCommonInputs = recipes.Length > 1 && work.Has(ShareParts.Inputs) && recipes.All(recipe => HaveSameInputs(recipe, recipes[0])),
        };
        if (work.Kind != ShareKind.Experiment || experiment is not { } id || await database.Experiments.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } found)
        {
            return work;
        }

        ExperimentGrid grid = ExperimentCatalog.GridOf(found);
        return SharedGrid.Of(id, grid, await planner.NamesAsync(grid, cancellationToken), sessions, work.Parts) is not { } arranged
            ? work
            : work with
            {
                Grid = arranged,
                Pictures = work.Has(ShareParts.Titles) ? [.. work.Pictures.Select(picture => picture with { Label = arranged.NameOf(picture.Number) ?? picture.Label })] : work.Pictures,
            };
    }

    private async Task<IReadOnlyList<SharedPicture>> PicturesAsync(
        StudioDb database, List<(int Number, Session Session)> sessions, ShareParts parts, int mostFrames, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. sessions.Select(pair => pair.Session.Id)];
        string[] images = [.. sessions.SelectMany(pair => new[] { pair.Session.ResultImageId, pair.Session.FrameImageId, pair.Session.ContentImageId }).OfType<string>().Distinct()];
        Dictionary<string, (int Width, int Height)> sizes = await database.Images.Where(image => images.Contains(image.Id))
            .ToDictionaryAsync(image => image.Id, image => (image.Width, image.Height), cancellationToken);
        int frameCount = EachOf(mostFrames, FewestFrames, sessions.Count);
        int pointCount = EachOf(MostPoints, FewestPoints, sessions.Count);
        bool showsProgress = parts.HasFlag(ShareParts.Progress);
        ILookup<Guid, int> frames = (showsProgress
            ? await database.Frames.Where(frame => ids.Contains(frame.SessionId)).OrderBy(frame => frame.Iteration).Select(frame => new { frame.SessionId, frame.Iteration }).ToListAsync(cancellationToken)
            : []).ToLookup(frame => frame.SessionId, frame => frame.Iteration);

        List<SharedPicture> pictures = [];
        foreach ((int number, Session session) in sessions)
        {
            Recipe recipe = RecipeJson.Read(session.RecipeJson);
            SessionFeed? feed = await feeds.FindAsync(session.Id, cancellationToken);
            IReadOnlyList<IterationMessage> trace = feed?.Trace ?? [];
            (int width, int height) = SizeOf(session, feed, sizes);
            pictures.Add(new SharedPicture(
                number,
                parts.HasFlag(ShareParts.Titles) ? session.Title : number.ToString(CultureInfo.InvariantCulture),
                session.State,
                trace.Count > 0 ? trace[^1].Iteration : session.Iteration,
                Math.Max(session.TotalIterations, ScalePlan.TotalIterations(recipe)),
                trace.Count > 0 ? trace[^1].Seconds : session.Seconds,
                width,
                height,
                parts.HasFlag(ShareParts.Inputs) && recipe.Content is not null,
                parts.HasFlag(ShareParts.Inputs) ? recipe.Styles.Length : 0,
                parts.HasFlag(ShareParts.Inputs) && StartOf(recipe) is not null,
                parts.HasFlag(ShareParts.Download) && session.ResultImageId is not null,
                frames[session.Id].ToList().Thin(frameCount),
                showsProgress ? [.. trace.Thin(pointCount).Select(CurvePoint.Of)] : [],
                parts.HasFlag(ShareParts.Recipe) ? recipes.Of(recipe) : null));
        }

        return pictures;
    }

    internal static string? StartOf(Recipe recipe) => recipe.Initialization is { Kind: InitializationKind.Image, Image: { Length: > 0 } image } ? image : null;

    private static bool HaveSameInputs(Recipe a, Recipe b) => a.Content == b.Content && StartOf(a) == StartOf(b)
        && a.Styles.Select(style => style.Image).SequenceEqual(b.Styles.Select(style => style.Image));

    private static int EachOf(int most, int fewest, int pictures) => Math.Clamp(most * InFull / Math.Max(1, pictures), fewest, most);

    // A frame is smaller than the picture it is of, but has its shape.
    private static (int Width, int Height) SizeOf(Session session, SessionFeed? feed, Dictionary<string, (int, int)> sizes)
    {
        if (session.ResultImageId is { } result && sizes.TryGetValue(result, out (int, int) size))
        {
            return size;
        }

        return feed?.NewestPreview is { } preview ? (preview.Version.Width, preview.Version.Height)
            : session.FrameImageId is { } frame && sizes.TryGetValue(frame, out size) ? size
            : (0, 0);
    }
}
