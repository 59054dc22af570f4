namespace StyleTransfer.Studio.Data;

/// <summary>What a link shows.</summary>
public enum ShareKind { Session, Selection, Comparison, Experiment }

/// <summary>What of the sessions a visitor gets, beyond the pictures themselves: only what the owner chose.</summary>
[Flags]
public enum ShareParts
{
    None = 0,

    /// <summary>The content and style pictures.</summary>
    Inputs = 1,

    /// <summary>The frames and the loss curves.</summary>
    Progress = 2,

    Recipe = 4,

    /// <summary>The full pictures as files; without it at most 1,280 pixels are shown.</summary>
    Download = 8,

    /// <summary>The sessions' own titles: they may come from names of files.</summary>
    Titles = 16,
}

/// <summary>A link that can be revoked. Times are UTC.</summary>
public sealed class Share
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>SHA-256 of the token; the token itself is kept nowhere.</summary>
    public required string TokenHash { get; set; }

    public required ShareKind Kind { get; init; }
    public required string Title { get; init; }
    public string Note { get; init; } = "";
    public ShareParts Parts { get; init; }

    /// <summary>A slow, salted hash; null where the link alone opens it.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>The experiment whose grid is shown, where it is one.</summary>
    public Guid? ExperimentId { get; init; }

    public required DateTime CreatedUtc { get; init; }
    public required DateTime ExpiresUtc { get; init; }
    public DateTime? RevokedUtc { get; set; }
    public int Views { get; set; }
    public DateTime? LastViewUtc { get; set; }
    public List<SharedSession> Sessions { get; init; } = [];
}

/// <summary>A session in a share, by its place.</summary>
public sealed class SharedSession
{
    public required Guid ShareId { get; init; }

    /// <summary>From 1; what the link's addresses call it.</summary>
    public required int Number { get; init; }

    public required Guid SessionId { get; init; }
}
