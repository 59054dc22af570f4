namespace StyleTransfer.Studio.Data;

/// <summary>
/// A recipe varied over one or two parameters. Its cells are ordinary sessions that name it: <see cref="Session.ExperimentId"/>,
/// <see cref="Session.Column"/> and <see cref="Session.Row"/>. The paper lab's grids are experiments, too, with a <see cref="Figure"/>.
/// </summary>
public sealed class Experiment
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Title { get; set; }

    /// <summary>What every cell starts from.</summary>
    public required string RecipeJson { get; init; }

    /// <summary>The columns' axis and, where there is one, the rows', as JSON; see <see cref="Experiments.ExperimentAxes"/>.</summary>
    public required string AxesJson { get; set; }

    public string Notes { get; set; } = "";

    /// <summary>The experiment around whose cell this one was refined.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>The figure of the paper that it reproduces, such as <c>figure4</c>; null for one that somebody designed.</summary>
    public string? Figure { get; init; }

    public required DateTime CreatedUtc { get; init; }

    /// <summary>Deleted, but may still be brought back.</summary>
    public DateTime? DeletedUtc { get; set; }
}
