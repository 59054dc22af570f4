using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Components.Run;

/// <summary>A session as its page shows it now: the stored row, and what the feed has told since.</summary>
public sealed class LiveRun(Session session)
{
    private readonly RunPace pace = new(RecipeJson.Read(session.RecipeJson));

    public Session Session { get; private set; } = session;

    public Recipe Recipe => pace.Recipe;

    public SessionState State { get; private set; } = session.State;

    public int Iteration { get; private set; } = session.Iteration;

    public int Total { get; private set; } = session.TotalIterations;

    public int Changes { get; private set; }

    /// <summary>What had been told when the page was opened.</summary>
    public IReadOnlyList<IterationMessage> Former { get; private set; } = [];

    public IterationMessage? Last { get; private set; }

    public PreviewVersion? Preview { get; private set; }

    public string? Error { get; private set; } = session.Error;

    public bool HasEnded => State is SessionState.Completed or SessionState.Failed or SessionState.Cancelled;

    public double Percent => Total == 0 ? 0 : Math.Min(100, 100.0 * Iteration / Total);

    /// <summary>The values that hold now, with every change so far.</summary>
    public Recipe Effective => ForkRecipe.EffectiveAt(Recipe, int.MaxValue);

    public string? PictureUrl => Session.ResultImageId is { } result && (HasEnded || Preview is null)
        ? $"/media/{result}"
        : Preview is { } preview ? PreviewUrl(preview) : Session.FrameImageId is { } frame ? $"/media/{frame}" : null;

    public double? SecondsLeft => State == SessionState.Running ? pace.SecondsLeft : null;

    /// <summary>Width over height, known from the first iteration on.</summary>
    public string? AspectRatio => Last is not null
        ? $"{Last.Width} / {Last.Height}"
        : Preview is not null ? $"{Preview.Width} / {Preview.Height}" : null;

    public string PreviewUrl(PreviewVersion version) => $"/media/sessions/{Session.Id}/preview/{version.Iteration}";

    /// <summary>The feed as it stands, before the first event.</summary>
    public void Begin(SessionFeed feed)
    {
        Former = feed.Trace;
        Count(Former);
        Iteration = Last?.Iteration ?? Session.Iteration;
        Total = Math.Max(Session.TotalIterations, ScalePlan.TotalIterations(Recipe));
        Changes = Recipe.Changes.Length;
        Preview = feed.NewestPreview?.Version;
    }

    /// <returns>Whether the stored row is worth reading again, and whether there is another picture.</returns>
    public (bool IsStale, bool HasPicture) Take(FeedEvent next)
    {
        bool isStale = next.State != State || next.Changes != Changes;
        bool hasPicture = next.Preview is not null && next.Preview != Preview;
        State = next.State;
        Error = next.Error;
        Iteration = next.Iteration > 0 ? next.Iteration : Iteration;
        Total = next.TotalIterations > 0 ? Math.Max(next.TotalIterations, next.Iteration) : Total;
        Count(next.Iterations);
        Preview = next.Preview ?? Preview;
        Changes = next.Changes;
        return (isStale, hasPicture);
    }

    public void Reload(Session row)
    {
        Session = row;
        pace.Recipe = RecipeJson.Read(row.RecipeJson);
    }

    private void Count(IReadOnlyList<IterationMessage> iterations)
    {
        foreach (IterationMessage iteration in iterations)
        {
            pace.Take(iteration);
            Last = iteration;
        }
    }
}
