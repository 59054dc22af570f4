using System.Collections.Immutable;

namespace StyleTransfer.Core.Runs;

/// <summary>
/// One iteration, as the progress bar, the trace, the loss curves and the API all read it. Losses are weighted: they add up to <see cref="Total"/>.
/// </summary>
public sealed record IterationReport
{
    /// <summary>From 1, over the whole run.</summary>
    public required int Iteration { get; init; }

    /// <summary>Index into the schedule, from 0.</summary>
    public required int Scale { get; init; }

    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>Since the run began, without pauses.</summary>
    public required double Seconds { get; init; }

    public required double Total { get; init; }
    public required double Content { get; init; }
    public required double Style { get; init; }
    public required double Tv { get; init; }

    /// <summary>The matting Laplacian; 0 where the recipe has none.</summary>
    public double Matting { get; init; }

    /// <summary>Every term by itself: per layer, per style, per region.</summary>
    public ImmutableArray<TermValue> Terms { get; init; } = [];

    /// <summary>What happened at this iteration that a reader of the trace should know, such as a step back after divergence.</summary>
    public string? Note { get; init; }
}

/// <summary>A term's weighted value, such as <c>style/relu3_1/0</c>.</summary>
public sealed record TermValue(string Name, double Value);
