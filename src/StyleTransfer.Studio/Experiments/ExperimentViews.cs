using StyleTransfer.Core.Experiments;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Experiments;

/// <summary>A cell as it stands. Pictures and traces are its session's.</summary>
public sealed record CellView(
    Guid Session,
    int Column,
    int Row,
    SessionState State,
    int Iteration,
    int TotalIterations,
    double? Loss,
    double Seconds,
    string? ResultImageId,
    string? FrameImageId,
    int? PictureWidth,
    int? PictureHeight,
    string? Error)
{
    public string? PictureId => ResultImageId ?? FrameImageId;
}

/// <summary>An experiment with its grid and every cell that was not deleted.</summary>
/// <param name="Names">What people call the pictures on the axes.</param>
public sealed record ExperimentView(Experiment Experiment, ExperimentGrid Grid, IReadOnlyList<CellView> Cells, IReadOnlyDictionary<string, string> Names)
{
    public CellView? At(int column, int row) => Cells.FirstOrDefault(cell => cell.Column == column && cell.Row == row);

    /// <summary>A value of the axis as people read it.</summary>
    public string NameOf(ExperimentAxis axis, string value) => Names.GetValueOrDefault(value) ?? ChoiceNames.Of(axis.Parameter, value);

    /// <summary>What varies across, and what down.</summary>
    public string AxesTitle => ParameterNames.Of(Grid.Columns.Parameter) + (Grid.Rows is { } rows ? $" → · {ParameterNames.Of(rows.Parameter)} ↓" : " →");

    public int Ended => Cells.Count(cell => cell.State is SessionState.Completed or SessionState.Failed or SessionState.Cancelled);

    /// <summary>Something of it waits or runs.</summary>
    public bool IsActive => Cells.Any(cell => cell.State is SessionState.Queued or SessionState.Running);
}

/// <summary>What the list of experiments shows.</summary>
/// <param name="Pictures">Some of its cells' pictures, in the grid's order.</param>
public sealed record ExperimentCard(
    Guid Id, string Title, DateTime CreatedUtc, string? Figure, ExperimentAxes Axes, int Cells, int Completed, int Failed, int Active, IReadOnlyList<string> Pictures);

/// <summary>Where a run ended: the last iteration's losses, weighted as they were summed.</summary>
public sealed record FinalLoss(double Total, double Content, double Style, double Tv);
