using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Comparing;

/// <summary>Gathers what a comparison shows. A live run's trace comes from its feed, so it is as new as the moment of asking.</summary>
public sealed class Comparisons(IDbContextFactory<StudioDb> databases, LiveFeeds feeds, Thumbnails thumbnails)
{
    /// <summary>The sessions in the order asked for; of the same one twice, the first.</summary>
    public async Task<Comparison> OfAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        ids = [.. ids.Distinct().Take(Comparison.MostSessions)];
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        List<Session> found = await database.Sessions.AsNoTracking().Where(s => ids.Contains(s.Id) && s.DeletedUtc == null).ToListAsync(cancellationToken);
        List<Session> sessions = [.. ids.Select(id => found.FirstOrDefault(s => s.Id == id)).OfType<Session>()];
        ILookup<Guid, Frame> frames = (await database.Frames.AsNoTracking().Where(frame => ids.Contains(frame.SessionId)).OrderBy(frame => frame.Iteration)
            .ToListAsync(cancellationToken)).ToLookup(frame => frame.SessionId);
        IReadOnlyDictionary<string, ComparedPicture> pictures = await PicturesAsync(database, sessions, frames, cancellationToken);
        List<ComparedSession> compared = [];
        foreach (Session session in sessions)
        {
            IReadOnlyList<IterationMessage> trace = await feeds.FindAsync(session.Id, cancellationToken) is { } feed ? feed.Trace : [];
            compared.Add(new ComparedSession(
                session.Id, session.Title, session.State, session.Error,
                trace.Count > 0 ? trace[^1].Iteration : session.Iteration, session.TotalIterations,
                trace.Count > 0 ? trace[^1].Total : session.Loss, trace.Count > 0 ? trace[^1].Seconds : session.Seconds,
                Find(session.ResultImageId ?? session.FrameImageId), Find(session.ContentImageId), Find(session.StyleImageId), StandInFor(session),
                [.. frames[session.Id].Select(frame => Find(frame.ImageId) is { } p ? new ComparedFrame(frame.Iteration, p.Id, p.Width, p.Height) : null).OfType<ComparedFrame>()],
                TraceOf(trace, session.Size)));
        }

        return new Comparison(compared, [.. ids.Except(sessions.Select(session => session.Id))], ParametersOf(sessions));

        // Nine large results decoded before anything is seen took ten seconds on a busy machine.
        ComparedPicture? StandInFor(Session session) =>
            Find(session.ResultImageId) is { } result && IsLarge(result) && !thumbnails.ArePrepared(result.Id)
            && Find(frames[session.Id].LastOrDefault()?.ImageId) is { } last && !IsLarge(last) ? last : null;

        ComparedPicture? Find(string? id) => id is null ? null : pictures.GetValueOrDefault(id);
    }

    private static bool IsLarge(ComparedPicture picture) => Math.Max(picture.Width, picture.Height) > Thumbnails.Large;

    /// <summary>Every parameter that one of the recipes has, in the order in which tables show them.</summary>
    internal static IReadOnlyList<ComparedParameter> ParametersOf(IReadOnlyList<Session> sessions)
    {
        Recipe[] recipes = [.. sessions.Select(session => RecipeJson.Read(session.RecipeJson))];
        return [.. RecipeParameter.All.Where(parameter => recipes.Any(parameter.AppliesTo)).Select(parameter => new ComparedParameter(parameter.Name, parameter.Kind, [.. recipes.Select(parameter.Read)]))];
    }

    /// <param name="size">The longer edge that the run goes up to: it may not be there yet.</param>
    internal static ComparedTrace TraceOf(IReadOnlyList<IterationMessage> trace, int size)
    {
        double largest = trace.Count == 0 ? 1 : trace[^1].Width * (double)trace[^1].Height * Math.Pow((double)size / Math.Max(trace[^1].Width, trace[^1].Height), 2);
        float[] evaluations = new float[trace.Count];
        double spent = 0;
        for (int i = 0; i < trace.Count; i++)
        {
            spent += trace[i].Width * (double)trace[i].Height / largest;
            evaluations[i] = (float)spent;
        }

        Dictionary<string, float?[]> terms = new()
        {
            ["total"] = [.. trace.Select(i => Finite(i.Total))],
            ["content"] = [.. trace.Select(i => Finite(i.Content))],
            ["style"] = [.. trace.Select(i => Finite(i.Style))],
            ["tv"] = [.. trace.Select(i => Finite(i.Tv))],
        };
        foreach (string name in trace.SelectMany(i => i.TermNames).Distinct().Where(name => !terms.ContainsKey(name)).ToList())
        {
            terms[name] = [.. trace.Select(i => Array.IndexOf(i.TermNames, name) is >= 0 and int at ? Finite(i.TermValues[at]) : null)];
        }

        return new ComparedTrace([.. trace.Select(i => i.Iteration)], [.. trace.Select(i => i.Scale)], [.. trace.Select(i => (float)i.Seconds)], evaluations, terms);
    }

    // A run that diverged reports infinities, which JSON does not have.
    private static float? Finite(double value) => float.IsFinite((float)value) ? (float)value : null;

    private static async Task<IReadOnlyDictionary<string, ComparedPicture>> PicturesAsync(
        StudioDb database, List<Session> sessions, ILookup<Guid, Frame> frames, CancellationToken cancellationToken)
    {
        string[] ids =
        [
            .. sessions.SelectMany(s => new[] { s.ResultImageId, s.FrameImageId, s.ContentImageId, s.StyleImageId }).OfType<string>()
                .Concat(frames.SelectMany(group => group).Select(frame => frame.ImageId)).Distinct(),
        ];
        return await database.Images.AsNoTracking().Where(image => ids.Contains(image.Id))
            .Select(image => new ComparedPicture(image.Id, image.Width, image.Height))
            .ToDictionaryAsync(picture => picture.Id, cancellationToken);
    }
}
