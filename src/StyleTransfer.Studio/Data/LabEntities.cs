namespace StyleTransfer.Studio.Data;

/// <summary>A figure of the paper, made once on one's own pictures.</summary>
public sealed class LabFigure
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Which figure: the name in its address.</summary>
    public required string Key { get; init; }

    public required string ContentImageId { get; init; }
    public required string StyleImageId { get; init; }
    public required int Size { get; init; }
    public required string Encoder { get; init; }
    public required DateTime CreatedUtc { get; init; }
    public List<LabCell> Cells { get; init; } = [];
}

/// <summary>One picture of a figure.</summary>
public sealed class LabCell
{
    public required Guid FigureId { get; init; }

    /// <summary>The cell's name in the figure's plan, such as <c>content/relu4_2</c>.</summary>
    public required string Name { get; init; }

    public required Guid SessionId { get; init; }

    /// <summary>What stands under it; with the layers that were really used.</summary>
    public required string Label { get; init; }
}
