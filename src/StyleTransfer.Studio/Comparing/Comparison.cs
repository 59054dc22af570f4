using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Comparing;

/// <summary>Sessions side by side, with everything that a viewer needs: it asks for nothing but pixels afterwards.</summary>
/// <param name="Missing">Those that were asked for and are deleted, or were never here.</param>
public sealed record Comparison(IReadOnlyList<ComparedSession> Sessions, IReadOnlyList<Guid> Missing, IReadOnlyList<ComparedParameter> Parameters)
{
    /// <summary>More do not fit on a screen so that one still sees something.</summary>
    public const int MostSessions = 9;
}

/// <summary>One run of a comparison.</summary>
/// <param name="Picture">The result, or the newest frame while it runs; null where nothing was made yet.</param>
/// <param name="StandIn">To look at until there are smaller copies of a large result: its last frame. Null where they are there.</param>
public sealed record ComparedSession(
    Guid Id,
    string Title,
    SessionState State,
    string? Error,
    int Iteration,
    int TotalIterations,
    double? Loss,
    double Seconds,
    ComparedPicture? Picture,
    ComparedPicture? Content,
    ComparedPicture? Style,
    ComparedPicture? StandIn,
    IReadOnlyList<ComparedFrame> Frames,
    ComparedTrace Trace);

public sealed record ComparedPicture(string Id, int Width, int Height);

public sealed record ComparedFrame(int Iteration, string Id, int Width, int Height);

/// <summary>A loss trace by columns, all of the same length. Values in single precision: a curve needs no more.</summary>
/// <param name="Evaluations">
/// Of the objective, in units of one at the largest scale: an evaluation costs in proportion to its pixels, so this axis is fair to
/// runs with and without a pyramid.
/// </param>
/// <param name="Terms"><c>total</c>, <c>content</c>, <c>style</c>, <c>tv</c>, and each layer's and style's own, weighted as they were summed.</param>
public sealed record ComparedTrace(int[] Iterations, int[] Scales, float[] Seconds, float[] Evaluations, IReadOnlyDictionary<string, float?[]> Terms);

/// <summary>One parameter over all compared recipes, as text.</summary>
public sealed record ComparedParameter(string Name, ParameterKind Kind, IReadOnlyList<string> Values)
{
    public bool Differs => Values.Distinct().Skip(1).Any();
}
