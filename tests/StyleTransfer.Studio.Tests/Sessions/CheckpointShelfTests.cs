using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class CheckpointShelfTests
{
    [Fact]
    public void Surplus_ManyCheckpoints_LeavesTheEndsAndFits()
    {
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            List<RunCheckpoint> all = [.. Enumerable.Range(0, random.Next(1, 40)).Select(i => Checkpoint((i * 10) + random.Next(1, 10), random.Next(1, 1000)))];
            long allowed = random.Next(0, 8000);

            List<RunCheckpoint> surplus = CheckpointShelf.Surplus(all, allowed);

            List<RunCheckpoint> kept = [.. all.Except(surplus)];
            Assert.Contains(all[^1], kept);
            Assert.True(kept.Sum(c => c.Bytes) <= allowed || kept.Count == 1);
            Assert.True(kept.Count <= 1 || kept.Contains(all[0]));
        }
    }

    [Fact]
    public void Surplus_EqualSizes_LeavesNoWideGap()
    {
        List<RunCheckpoint> all = [.. Enumerable.Range(1, 64).Select(i => Checkpoint(i * 10, 100))];

        List<int> kept = [.. all.Except(CheckpointShelf.Surplus(all, 900)).Select(c => c.Iteration)];

        Assert.Equal(9, kept.Count);
        Assert.All(kept.Zip(kept.Skip(1), (a, b) => b - a), gap => Assert.InRange(gap, 10, 160));
    }

    private static RunCheckpoint Checkpoint(int iteration, long bytes) => new() { SessionId = Guid.Empty, Iteration = iteration, Path = $"{iteration}", Bytes = bytes };
}
