namespace StyleTransfer.Core.Recipes;

/// <summary>The pyramid of scales: Size ⁄ Ratioᵏ down to MinSize, coarse to fine.</summary>
public sealed record ScheduleSettings
{
    /// <summary>Longer edge of the result in pixels.</summary>
    public int Size { get; init; } = 512;

    /// <summary>No scale is smaller than this longer edge, unless <see cref="Size"/> is.</summary>
    public int MinSize { get; init; } = 128;

    /// <summary>Between neighbouring scales; √2 and 2 are usual.</summary>
    public double Ratio { get; init; } = 1.4142135623730951;

    /// <summary>False for one scale only.</summary>
    public bool Pyramid { get; init; } = true;

    /// <summary>Iterations at the coarsest scale.</summary>
    public int FirstIterations { get; init; } = 60;

    /// <summary>Iterations at every further scale.</summary>
    public int Iterations { get; init; } = 30;

    /// <summary>Decay of the exponential moving average of iterates, restarted at each scale; 0 takes the last iterate.</summary>
    public double Averaging { get; init; }

    /// <summary>Resamples the optimiser's state to the next scale instead of starting anew.</summary>
    public bool CarryState { get; init; }

    /// <summary>
    /// How much of the content's own detail a finer scale starts with: of what the enlarged picture of the scale before cannot have. 0 for
    /// none, as published; 1 for all of it, from which fewer iterations reach a lower objective, and thin things stay whole.
    /// </summary>
    public double ContentDetail { get; init; }

    /// <summary>A scale ends early when the objective fell by less than this fraction over 10 iterations; 0 never.</summary>
    public double Tolerance { get; init; }
}
