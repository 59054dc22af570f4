using System.Text.Json;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Tests.Sessions;

/// <summary>Processes die; sessions do not. Each test has a studio of its own and kills its worker, or the studio itself.</summary>
public sealed class CrashTests
{
    // Long enough to be still running when the killer comes, short enough to end soon after.
    private const int Iterations = 400;
    private const int Endless = 100_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Worker_KilledMidRun_SessionGoesOnFromItsCheckpoint()
    {
        await using StudioApp studio = await StudioApp.StartAsync();
        Guid id = await studio.Client.RunAsync(iterations: Iterations);
        (int at, string former) = await CheckpointAsync(studio.Client, id);

        Workers.Kill(studio.Client.Address);

        FeedEvent end = await studio.Client.WaitForAsync(id, SessionState.Completed);
        Assert.Equal(Iterations, end.Iteration);
        await AssertTraceIsWholeAsync(studio.Client, id, at, former);
    }

    [Fact]
    public async Task Studio_KilledMidRun_LosesNoSessionAndResumesTheInterruptedOne()
    {
        await using StudioProcess process = await StudioProcess.StartAsync(Token);
        using StudioClient before = new(new Uri(process.Address));
        Guid running = await before.RunAsync(iterations: Iterations, title: "Interrupted");
        Guid waiting = await before.RunAsync(iterations: 3, title: "Waiting");
        (int at, string former) = await CheckpointAsync(before, running);

        process.Kill();
        await process.StartAgainAsync(Token);

        using StudioClient after = new(new Uri(process.Address));
        JsonElement page = await StudioClient.ReadAsync(await after.Http.GetAsync("/api/v1/sessions", Token));
        Assert.Equal(["Interrupted", "Waiting"], page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("title").GetString()).Order());
        await after.WaitForAsync(running, SessionState.Completed);
        await AssertTraceIsWholeAsync(after, running, at, former);
        await after.WaitForAsync(waiting, SessionState.Completed);
    }

    [Fact]
    public async Task Worker_KilledThreeTimes_SessionIsSetAsideAndTheNextRuns()
    {
        await using StudioApp studio = await StudioApp.StartAsync();
        Guid unlucky = await studio.Client.RunAsync(iterations: Endless);
        Guid next = await studio.Client.RunAsync(iterations: 3);

        for (int crash = 1; crash <= 3; crash++)
        {
            // A run that was begun again has no iterations yet: the first one after it tells that the new worker is at work.
            await studio.Client.WaitForAsync(unlucky, seen => seen is { State: SessionState.Running, Iterations.Count: > 0 }, "running");
            Workers.Kill(studio.Client.Address);
            await studio.Client.WaitForAsync(unlucky, seen => seen.State != SessionState.Running || seen.Iteration == 0, "noticed");
        }

        FeedEvent end = await studio.Client.WaitForAsync(unlucky, SessionState.Failed);
        Assert.Contains("3 times", end.Error, StringComparison.Ordinal);
        await studio.Client.WaitForAsync(next, SessionState.Completed);
    }

    // A pause saves a checkpoint: what comes after it in the trace is done again, what is before it is kept.
    private static async Task<(int Iteration, string Trace)> CheckpointAsync(StudioClient client, Guid id)
    {
        await client.WaitForAsync(id, seen => seen.Iteration >= 5, "at iteration 5");
        await client.AskAsync(id, "pause");
        FeedEvent paused = await client.WaitForAsync(id, SessionState.Paused);
        Assert.InRange(paused.Iteration, 5, Iterations - 1);
        string trace = await TraceAsync(client, id, paused.Iteration);
        await client.AskAsync(id, "resume");
        await client.WaitForAsync(id, seen => seen.Iteration > paused.Iteration, $"beyond iteration {paused.Iteration}");
        return (paused.Iteration, trace);
    }

    // Seconds are part of it: a run that had begun anew would have other ones.
    private static async Task<string> TraceAsync(StudioClient client, Guid id, int upTo)
    {
        JsonElement loss = await StudioClient.ReadAsync(await client.Http.GetAsync($"/api/v1/sessions/{id}/loss", Token));
        return string.Join('\n', loss.EnumerateArray().Take(upTo).Select(iteration => iteration.GetRawText()));
    }

    private static async Task AssertTraceIsWholeAsync(StudioClient client, Guid id, int at, string former)
    {
        JsonElement loss = await StudioClient.ReadAsync(await client.Http.GetAsync($"/api/v1/sessions/{id}/loss", Token));
        Assert.Equal(Enumerable.Range(1, Iterations), loss.EnumerateArray().Select(iteration => iteration.GetProperty("iteration").GetInt32()));
        Assert.Equal(former, await TraceAsync(client, id, at));
    }
}
