using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sharing;

/// <summary>What a shared page or an exported one shows. It holds nothing that the owner did not choose.</summary>
public sealed record SharedWork(string Title, string Note, ShareKind Kind, DateTime CreatedUtc, ShareParts Parts, IReadOnlyList<SharedPicture> Pictures)
{
    /// <summary>Where an experiment is shared, how its pictures lie.</summary>
    public SharedGrid? Grid { get; init; }

    /// <summary>All pictures were made of the same inputs: shown once, they say as much.</summary>
    public bool HasCommonInputs { get; init; }

    public bool Has(ShareParts part) => Parts.HasFlag(part);

    /// <summary>Zoom and timeline move all pictures together.</summary>
    public bool IsLinked => Kind is ShareKind.Comparison or ShareKind.Experiment;
}

/// <summary>One session of it.</summary>
/// <param name="Label">The session's title, or where those stay private only its number.</param>
/// <param name="Width">Of the picture as it is now; 0 where there is none yet.</param>
/// <param name="Frames">Iterations of which there is a frame; empty where progress is not shown.</param>
/// <param name="Recipe">Null where it is not shown.</param>
public sealed record SharedPicture(
    int Number,
    string Label,
    SessionState State,
    int Iteration,
    int TotalIterations,
    double Seconds,
    int Width,
    int Height,
    bool HasContent,
    int Styles,
    bool HasStart,
    bool HasFull,
    IReadOnlyList<int> Frames,
    IReadOnlyList<CurvePoint> Curve,
    Recipe? Recipe)
{
    public bool HasPicture => Width > 0;
}

/// <summary>A point of the loss curves.</summary>
public sealed record CurvePoint(int Iteration, double Seconds, double Total, double Content, double Style, double Tv)
{
    public static CurvePoint Of(IterationMessage iteration) =>
        new(iteration.Iteration, iteration.Seconds, iteration.Total, iteration.Content, iteration.Style, iteration.Tv);
}

/// <summary>At most so many of a list, evenly, the first and the last always among them.</summary>
internal static class Thinning
{
    public static IReadOnlyList<T> Thin<T>(this IReadOnlyList<T> items, int most) => items.Count <= most
        ? items
        : [.. Enumerable.Range(0, most).Select(i => items[(int)Math.Round(i * (items.Count - 1.0) / (most - 1))])];
}
