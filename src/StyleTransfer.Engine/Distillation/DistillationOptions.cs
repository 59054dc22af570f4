namespace StyleTransfer.Engine.Distillation;

/// <summary>What <c>styletransfer distill</c> is asked to do.</summary>
public sealed record DistillationOptions
{
    /// <summary>A folder of pictures.</summary>
    public required string Images { get; init; }

    /// <summary>The weights file to write; checkpoints lie beside it.</summary>
    public required string Output { get; init; }

    /// <summary>How long to train; the step size falls to zero over this time.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How many steps to train, instead of <see cref="Duration"/>: the same seed then gives the same file, however busy the machine.</summary>
    public int? Steps { get; init; }

    /// <summary>Steps between two reports.</summary>
    public int ReportEvery { get; init; } = 50;

    public long Seed { get; init; }

    /// <summary>Goes on from the checkpoint beside <see cref="Output"/>.</summary>
    public bool Resume { get; init; }

    /// <summary>For the file's metadata.</summary>
    public string Command { get; init; } = "";
}

/// <summary>Where training stands.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Elapsed">Of all sittings together.</param>
/// <param name="Loss">Averaged over the last steps.</param>
/// <param name="Errors">Relative squared error per layer, averaged over the last steps.</param>
public sealed record DistillationReport(int Step, TimeSpan Elapsed, double Loss, IReadOnlyDictionary<string, double> Errors);
