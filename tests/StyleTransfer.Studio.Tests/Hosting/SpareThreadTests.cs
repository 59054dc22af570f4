using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Tests.Hosting;

public sealed class SpareThreadTests
{
    [Fact]
    public async Task Work_OnFewCores_IsNiceAndItsCallerIsNot()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads have a niceness of their own on Linux only.");
        int here = Niceness();

        int there = await SpareThread.RunAsync(Niceness, TestContext.Current.CancellationToken);

        Assert.Equal(Environment.ProcessorCount <= 2 ? 19 : here, there);
    }

    // Whoever tells of the end also wakes the pool, and a worker that it starts then is as nice as itself.
    [Fact]
    public async Task TheEnd_IsToldByAnOrdinaryThread()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads have a niceness of their own on Linux only.");
        int here = Niceness();
        TaskCompletionSource waitedFor = new();

        Task<int> work = SpareThread.RunAsync(
            () =>
            {
                waitedFor.Task.Wait(TestContext.Current.CancellationToken);
                return 0;
            },
            TestContext.Current.CancellationToken);
        Task<int> teller = work.ContinueWith(
            _ => Niceness(), TestContext.Current.CancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        waitedFor.SetResult();

        Assert.Equal(here, await teller);
    }

    [Fact]
    public async Task Work_ThatThrows_IsHeardOf() =>
        await Assert.ThrowsAsync<TimeoutException>(() => SpareThread.RunAsync<int>(() => throw new TimeoutException(), TestContext.Current.CancellationToken));

    // The 19th number of proc(5)'s stat; the second is a name in parentheses.
    private static int Niceness() =>
        int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[16], System.Globalization.CultureInfo.InvariantCulture);
}
