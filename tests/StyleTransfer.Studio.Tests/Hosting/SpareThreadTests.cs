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
        Assert.Equal(here, await Task.Run(Niceness, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Work_ThatThrows_IsHeardOf() =>
        await Assert.ThrowsAsync<TimeoutException>(() => SpareThread.RunAsync<int>(() => throw new TimeoutException(), TestContext.Current.CancellationToken));

    // The 19th number of proc(5)'s stat; the second is a name in parentheses.
    private static int Niceness() =>
        int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[16], System.Globalization.CultureInfo.InvariantCulture);
}
