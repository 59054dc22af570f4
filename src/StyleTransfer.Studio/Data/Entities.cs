namespace StyleTransfer.Studio.Data;

/// <summary>Where a session stands. Queued → Running ⇄ Paused → Completed, Failed or Cancelled.</summary>
public enum SessionState { Queued, Running, Paused, Completed, Failed, Cancelled }

/// <summary>A picture in the store. Times are UTC.</summary>
public sealed class StoredImage
{
    /// <summary>SHA-256 of the file.</summary>
    public required string Id { get; init; }

    public required int Width { get; init; }
    public required int Height { get; init; }
    public required string MediaType { get; init; }
    public required DateTime CreatedUtc { get; init; }

    /// <summary>What the person who brought it called it; null for what the studio made, and for masks.</summary>
    public string? BroughtAs { get; set; }
}

/// <summary>A style image in the gallery.</summary>
public sealed class Style
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string ImageId { get; init; }
    public StoredImage? Image { get; init; }
    public required string Title { get; set; }
    public string Artist { get; set; } = "";
    public string Source { get; set; } = "";
    public string Licence { get; set; } = "";

    /// <summary>Comma-separated, lower case.</summary>
    public string Tags { get; set; } = "";

    /// <summary>The key of the starter picture that it was made from; null for an upload.</summary>
    public string? StarterKey { get; init; }

    public bool IsScene { get; init; }
    public required DateTime CreatedUtc { get; init; }

    /// <summary>Deleted, but may still be brought back.</summary>
    public DateTime? DeletedUtc { get; set; }

    /// <summary>Title, artist and tags, lower case, for the search.</summary>
    public string SearchText { get; set; } = "";
}

/// <summary>One run of a recipe.</summary>
public sealed class Session
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Title { get; set; }
    public SessionState State { get; set; }

    /// <summary>What ran, or is to run; with the changes made meanwhile once it ended.</summary>
    public required string RecipeJson { get; set; }

    public required string Preset { get; set; }
    public required string Encoder { get; set; }
    public required int Size { get; set; }
    public required string ContentImageId { get; set; }
    public required string StyleImageId { get; set; }
    public required DateTime CreatedUtc { get; init; }
    public DateTime? StartedUtc { get; set; }
    public DateTime? EndedUtc { get; set; }

    /// <summary>Lower runs earlier.</summary>
    public required double QueuePosition { get; set; }

    public int Iteration { get; set; }
    public int TotalIterations { get; set; }
    public double? Loss { get; set; }
    public double Seconds { get; set; }
    public string? ResultImageId { get; set; }

    /// <summary>Where the result is still far from its style.</summary>
    public string? DistanceMapId { get; set; }

    /// <summary>The newest frame, for galleries.</summary>
    public string? FrameImageId { get; set; }

    public string? CheckpointPath { get; set; }
    public int Crashes { get; set; }
    public string? Error { get; set; }
    public Guid? ParentId { get; init; }
    public int? ParentIteration { get; init; }

    /// <summary>The experiment whose cell this is, and where it stands in its grid, from 0.</summary>
    public Guid? ExperimentId { get; init; }

    public int? Column { get; set; }
    public int? Row { get; set; }
    public int Rating { get; set; }
    public bool IsFavourite { get; set; }
    public string Notes { get; set; } = "";
    public string Tags { get; set; } = "";
    public DateTime? DeletedUtc { get; set; }
    public string SearchText { get; set; } = "";

    /// <summary>For queries only.</summary>
    public SessionParameters? Parameters { get; init; }

    public bool HasEnded => State is SessionState.Completed or SessionState.Failed or SessionState.Cancelled;
}

/// <summary>A preview that is kept for the timeline.</summary>
public sealed class Frame
{
    public required Guid SessionId { get; init; }
    public required int Iteration { get; init; }
    public required string ImageId { get; init; }
}

/// <summary>A state of a run that is kept on the disk: it goes on from there, and so does a fork.</summary>
public sealed class RunCheckpoint
{
    public required Guid SessionId { get; init; }
    public required int Iteration { get; init; }
    public required string Path { get; init; }
    public required long Bytes { get; init; }
}

/// <summary>A piece of a session's loss trace: iterations in order, as JSON.</summary>
public sealed class TraceChunk
{
    public required Guid SessionId { get; init; }
    public required int FirstIteration { get; init; }
    public required int LastIteration { get; init; }
    public required string Json { get; init; }
}

/// <summary>The queue's own state, one row.</summary>
public sealed class QueueState
{
    public int Id { get; init; } = 1;
    public bool IsPaused { get; set; }
}
