namespace StyleTransfer.Studio.Data;

/// <summary>What somebody said who saw two results without their names.</summary>
public enum VoteOutcome { Left, Right, Equal }

/// <summary>One blind vote. It stays with its sessions: every later comparison of the two counts it again.</summary>
public sealed class Vote
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid LeftId { get; init; }
    public required Guid RightId { get; init; }
    public required VoteOutcome Outcome { get; init; }
    public required DateTime CastUtc { get; init; }
}
