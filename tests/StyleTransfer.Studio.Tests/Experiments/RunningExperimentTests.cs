using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Experiments;

/// <summary>A grid that runs, with a real worker: what is done to one cell leaves the others alone.</summary>
public sealed class RunningExperimentTests(StudioApp studio)
{
    // Some seconds on a slow core: long enough to be met while it runs.
    private const int Iterations = 300;
    private const int More = 7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cells_OneStoppedOneLengthenedWhileTheyRun_EndAsAskedAndTheLastAsPlanned()
    {
        StudioApp.RequireEncoder();
        ExperimentCatalog catalog = studio.Services.GetRequiredService<ExperimentCatalog>();
        SessionQueue queue = studio.Services.GetRequiredService<SessionQueue>();
        string content = await studio.Client.UploadAsync(Drawn.Picture(64, 48, seed: 90));
        string style = await studio.Client.UploadAsync(Drawn.Picture(64, 64, seed: 91));
        Recipe recipe = RecipeJson.Read(Drawn.Recipe(content, style, size: 64, Iterations).GetRawText());
        Experiment experiment = await catalog.CreateAsync("Met while it runs", new ExperimentGrid(recipe, new ExperimentAxis("contentWeight", ["0.01", "0.1", "1"]), null), Token);
        Guid[] cells = [.. (await catalog.FindAsync(experiment.Id, Token))!.Cells.Select(cell => cell.Session)];

        await UntilItRunsAsync(cells[0]);
        Assert.True(await queue.CancelAsync(cells[0], Token));
        await UntilItRunsAsync(cells[1]);
        Assert.True(await queue.ExtendAsync(cells[1], More, Token));
        await studio.Client.WaitForAsync(cells[2], SessionState.Completed);

        ExperimentView view = (await catalog.FindAsync(experiment.Id, Token))!;
        Assert.Equal([SessionState.Cancelled, SessionState.Completed, SessionState.Completed], view.Cells.Select(cell => cell.State));
        Assert.InRange(view.At(0, 0)!.Iteration, 1, Iterations - 1);
        Assert.Equal(Iterations + More, view.At(1, 0)!.Iteration);
        Assert.Equal(Iterations, view.At(2, 0)!.Iteration);
        Assert.Equal(cells.Skip(1).Order(), (await catalog.FinalLossesAsync(experiment.Id, Token)).Keys.Intersect(cells.Skip(1)).Order());
    }

    private Task<FeedEvent> UntilItRunsAsync(Guid cell) =>
        studio.Client.WaitForAsync(cell, next => next is { State: SessionState.Running, Iteration: > 0 }, "running, with an iteration behind it");
}
