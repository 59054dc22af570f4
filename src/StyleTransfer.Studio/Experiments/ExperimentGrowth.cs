using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Experiments;

/// <summary>An experiment that goes on: further values, a closer look around a cell, and its cells stopped and started together.</summary>
public sealed class ExperimentGrowth(
    IDbContextFactory<StudioDb> databases, ExperimentCatalog experiments, CellPlanner planner, SessionQueue queue, QueueSignal signal)
{
    /// <summary>
    /// Adds values to the axes and queues the cells that are new, and those that were deleted one by one. An axis in order stays in
    /// order; cells that ran keep their values and move with them.
    /// </summary>
    /// <returns>How many cells were queued; null where there is no such experiment.</returns>
    /// <exception cref="RecipeException">Too many cells, or a value that the parameter refuses; nothing is changed.</exception>
    public async Task<int?> ExtendAsync(Guid id, IReadOnlyList<string> columns, IReadOnlyList<string> rows, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Experiments.FirstOrDefaultAsync(e => e.Id == id && e.DeletedUtc == null, cancellationToken) is not { } experiment)
        {
            return null;
        }

        ExperimentGrid former = ExperimentCatalog.GridOf(experiment);
        if (former.Rows is null && rows.Count > 0)
        {
            throw new RecipeException("This experiment has one axis, so it has no rows to extend; extend its columns, or make a new experiment over two parameters.");
        }

        ExperimentGrid grid = former with
        {
            Columns = ExperimentAxes.Widened(former.Columns, columns),
            Rows = former.Rows is null ? null : ExperimentAxes.Widened(former.Rows, rows),
        };
        IReadOnlyList<ExperimentCell> cells = grid.Cells();
        List<Session> there = await database.Sessions.Where(s => s.ExperimentId == id && s.DeletedUtc == null).ToListAsync(cancellationToken);
        foreach (Session session in there)
        {
            session.Column = grid.Columns.Values.IndexOf(former.Columns.Values[session.Column ?? 0]);
            session.Row = grid.Rows is null ? 0 : grid.Rows.Values.IndexOf(former.Rows!.Values[session.Row ?? 0]);
        }

        HashSet<(int?, int?)> taken = [.. there.Select(session => (session.Column, session.Row))];
        IReadOnlyList<Session> fresh = await planner.PlanAsync(experiment, grid, cells.Where(cell => !taken.Contains((cell.Column, cell.Row))), cancellationToken);
        experiment.AxesJson = new ExperimentAxes(grid.Columns, grid.Rows).Write();
        database.Sessions.AddRange(fresh);
        await database.SaveChangesAsync(cancellationToken);
        signal.Wake();
        return fresh.Count;
    }

    /// <summary>A new experiment between the cell's neighbours: the cell itself and what lies halfway to each of them.</summary>
    /// <returns>Null where there is no such cell.</returns>
    /// <exception cref="RecipeException">Neither axis has numbers to go between.</exception>
    public async Task<Experiment?> RefineAsync(Guid id, int column, int row, CancellationToken cancellationToken)
    {
        if (await experiments.FindAsync(id, cancellationToken) is not { Experiment.DeletedUtc: null } view
            || column < 0 || column >= view.Grid.Columns.Values.Length || row < 0 || row >= (view.Grid.Rows?.Values.Length ?? 1))
        {
            return null;
        }

        ExperimentGrid finer = view.Grid with
        {
            Columns = ExperimentAxes.Around(view.Grid.Columns, column),
            Rows = view.Grid.Rows is null ? null : ExperimentAxes.Around(view.Grid.Rows, row),
        };
        if (finer.Columns.Values.Length * (finer.Rows?.Values.Length ?? 1) == 1)
        {
            throw new RecipeException("There is nothing between this cell and its neighbours: neither axis goes by numbers. Extend an axis by further values instead.");
        }

        string centre = view.NameOf(view.Grid.Columns, view.Grid.Columns.Values[column])
            + (view.Grid.Rows is { } rows ? $" × {view.NameOf(rows, rows.Values[row])}" : "");
        return await experiments.CreateAsync($"{view.Experiment.Title} ⌖ {centre}", finer, cancellationToken, parent: id);
    }

    /// <summary>Cancels whatever waits or runs; cells that ended keep their results.</summary>
    public Task<int> StopAsync(Guid id, CancellationToken cancellationToken) =>
        EachAsync(id, [SessionState.Queued, SessionState.Running, SessionState.Paused], queue.CancelAsync, cancellationToken);

    public Task<int> PauseAsync(Guid id, CancellationToken cancellationToken) =>
        EachAsync(id, [SessionState.Queued, SessionState.Running], queue.PauseAsync, cancellationToken);

    /// <summary>What was paused goes on, in its order, before everything else that waits.</summary>
    public Task<int> ResumeAsync(Guid id, CancellationToken cancellationToken) =>
        EachAsync(id, [SessionState.Paused], queue.ResumeAsync, cancellationToken);

    /// <summary>Failed and cancelled cells once more.</summary>
    public Task<int> RetryAsync(Guid id, CancellationToken cancellationToken) =>
        EachAsync(id, [SessionState.Failed, SessionState.Cancelled], queue.RetryAsync, cancellationToken);

    // Resuming puts each before all others, so the last goes first. Pausing from the end starts no cell that is about to be paused.
    private async Task<int> EachAsync(Guid id, SessionState[] states, Func<Guid, CancellationToken, Task<bool>> act, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        List<Guid> cells = await database.Sessions.Where(s => s.ExperimentId == id && s.DeletedUtc == null && states.Contains(s.State))
            .OrderByDescending(s => s.QueuePosition).Select(s => s.Id).ToListAsync(cancellationToken);
        int done = 0;
        foreach (Guid cell in cells)
        {
            done += await act(cell, cancellationToken) ? 1 : 0;
        }

        return done;
    }
}
