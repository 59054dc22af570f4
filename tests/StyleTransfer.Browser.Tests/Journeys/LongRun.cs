namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>Longer than whatever happens on the page. However the test ends, the shared studio's worker is free again.</summary>
internal sealed class LongRun(StudioRuns runs, Guid id) : IAsyncDisposable
{
    public Guid Id => id;

    public static async Task<LongRun> StartAsync(StudioRuns runs, int size = 160) =>
        new(runs, await runs.QueueAsync("Long", await runs.UploadAsync(seed: 8, width: 2 * size, height: size * 3 / 2), await runs.UploadAsync(seed: 9), iterations: 50_000, size));

    public async ValueTask DisposeAsync() => await runs.CancelAsync(id);
}
