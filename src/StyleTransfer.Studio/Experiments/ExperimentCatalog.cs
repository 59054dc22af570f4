using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Experiments;

/// <summary>
/// Experiments as people and scripts see them: create, find, grow, delete and bring back. Each cell is a session in the queue, so what
/// one can do to a session (stop, lengthen, fork) one can do to a cell, and a cell that fails stops no other. The paper lab makes its
/// grids here, too: <see cref="CreateAsync"/> with a <c>figure</c>, then <see cref="FindAsync"/> to show them.
/// </summary>
public sealed class ExperimentCatalog(
    IDbContextFactory<StudioDb> databases, CellPlanner planner, SessionQueue queue, QueueSignal signal, TimeProvider time)
{
    private const int PicturesOfACard = 12;

    /// <summary>Queues every cell of the grid, the axis that costs most to change slowest.</summary>
    /// <param name="figure">The figure of the paper that it reproduces; null for one that somebody designed.</param>
    /// <exception cref="RecipeException">A grid that cannot be made, or of which no cell can run; nothing is stored.</exception>
    public async Task<Experiment> CreateAsync(
        string? title, ExperimentGrid grid, CancellationToken cancellationToken, string notes = "", string? figure = null, Guid? parent = null)
    {
        ImmutableArray<ExperimentCell> cells = grid.Cells();
        Experiment experiment = new()
        {
            Title = string.IsNullOrWhiteSpace(title) ? string.Join(" × ", CellPlanner.Axes(grid).Select(axis => ParameterNames.Of(axis.Parameter))) : title.Trim(),
            RecipeJson = RecipeJson.Write(grid.Recipe),
            AxesJson = new ExperimentAxes(grid.Columns, grid.Rows).Write(),
            Notes = notes,
            Figure = figure,
            ParentId = parent,
            CreatedUtc = time.GetUtcNow().UtcDateTime,
        };
        IReadOnlyList<Session> sessions = await planner.PlanAsync(experiment, grid, cells, cancellationToken);
        if (sessions.All(session => session.State == SessionState.Failed))
        {
            throw new RecipeException($"No cell of this experiment can run. {sessions[0].Error}");
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        database.Experiments.Add(experiment);
        database.Sessions.AddRange(sessions);
        await database.SaveChangesAsync(cancellationToken);
        signal.Wake();
        return experiment;
    }

    /// <returns>Null where there is none; one that was deleted is found, with its <see cref="Experiment.DeletedUtc"/>.</returns>
    public async Task<ExperimentView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Experiments.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } experiment)
        {
            return null;
        }

        ExperimentGrid grid = GridOf(experiment);
        return new ExperimentView(experiment, grid, await CellsAsync(database, id, cancellationToken), await planner.NamesAsync(grid, cancellationToken));
    }

    /// <summary>Only the cells, for whoever watches them change.</summary>
    public async Task<IReadOnlyList<CellView>> CellsAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await CellsAsync(database, id, cancellationToken);
    }

    /// <summary>The newest first.</summary>
    /// <param name="figures">The paper lab's grids instead of those that somebody designed.</param>
    public async Task<GalleryPage<ExperimentCard>> PageAsync(int skip, int take, CancellationToken cancellationToken, bool figures = false)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<Experiment> found = database.Experiments.AsNoTracking().Where(e => e.DeletedUtc == null && (e.Figure != null) == figures);
        int total = await found.CountAsync(cancellationToken);
        List<Experiment> page = await found.OrderByDescending(e => e.CreatedUtc).ThenBy(e => e.Id).Skip(skip).Take(take).ToListAsync(cancellationToken);
        Guid?[] ids = [.. page.Select(e => (Guid?)e.Id)];
        var cells = await database.Sessions.AsNoTracking().Where(s => ids.Contains(s.ExperimentId) && s.DeletedUtc == null)
            .OrderBy(s => s.Row).ThenBy(s => s.Column)
            .Select(s => new { s.ExperimentId, s.State, Picture = s.ResultImageId ?? s.FrameImageId })
            .ToListAsync(cancellationToken);
        return new GalleryPage<ExperimentCard>(
            [
                .. page.Select(e =>
                {
                    var own = cells.Where(cell => cell.ExperimentId == e.Id).ToList();
                    return new ExperimentCard(
                        e.Id, e.Title, e.CreatedUtc, e.Figure, ExperimentAxes.Read(e.AxesJson), own.Count,
                        own.Count(cell => cell.State == SessionState.Completed),
                        own.Count(cell => cell.State == SessionState.Failed),
                        own.Count(cell => cell.State is SessionState.Queued or SessionState.Running),
                        [.. own.Select(cell => cell.Picture).OfType<string>().Take(PicturesOfACard)]);
                }),
            ],
            total);
    }

    /// <summary>The last losses of the experiment's cells that have any, by session.</summary>
    public async Task<IReadOnlyDictionary<Guid, FinalLoss>> FinalLossesAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        IQueryable<Guid> cells = database.Sessions.Where(s => s.ExperimentId == id && s.DeletedUtc == null).Select(s => s.Id);
        var last = await database.TraceChunks.AsNoTracking()
            .Where(chunk => cells.Contains(chunk.SessionId)
                && chunk.FirstIteration == database.TraceChunks.Where(other => other.SessionId == chunk.SessionId).Max(other => other.FirstIteration))
            .Select(chunk => new { chunk.SessionId, chunk.Json })
            .ToListAsync(cancellationToken);
        return last.ToDictionary(chunk => chunk.SessionId, chunk => LastOf(chunk.Json));
    }

    public async Task<bool> EditAsync(Guid id, string? title, string? notes, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Experiments.FindAsync([id], cancellationToken) is not { } experiment)
        {
            return false;
        }

        experiment.Title = string.IsNullOrWhiteSpace(title) ? experiment.Title : title.Trim();
        experiment.Notes = notes ?? experiment.Notes;
        await database.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Takes the experiment and its cells away; what runs stops with a checkpoint. <see cref="RestoreAsync"/> brings it back, and what
    /// had not ended goes on.
    /// </summary>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Experiments.Where(e => e.Id == id && e.DeletedUtc == null)
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.DeletedUtc, now), cancellationToken) == 0)
        {
            return false;
        }

        await database.Sessions.Where(s => s.ExperimentId == id && s.DeletedUtc == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.DeletedUtc, now), cancellationToken);
        foreach (Guid running in await database.Sessions.Where(s => s.ExperimentId == id && s.State == SessionState.Running).Select(s => s.Id).ToListAsync(cancellationToken))
        {
            await queue.YieldAsync(running);
        }

        return true;
    }

    /// <summary>Brings back the cells that went with the experiment; those that were deleted before it stay away.</summary>
    public async Task<bool> RestoreAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Experiments.Where(e => e.Id == id).Select(e => e.DeletedUtc).FirstOrDefaultAsync(cancellationToken) is not { } deleted)
        {
            return false;
        }

        await database.Sessions.Where(s => s.ExperimentId == id && s.DeletedUtc == deleted)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.DeletedUtc, (DateTime?)null), cancellationToken);
        await database.Experiments.Where(e => e.Id == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.DeletedUtc, (DateTime?)null), cancellationToken);
        signal.Wake();
        return true;
    }

    internal static ExperimentGrid GridOf(Experiment experiment)
    {
        ExperimentAxes axes = ExperimentAxes.Read(experiment.AxesJson);
        return new ExperimentGrid(RecipeJson.Read(experiment.RecipeJson), axes.Columns, axes.Rows);
    }

    private static FinalLoss LastOf(string json)
    {
        IterationMessage last = JsonSerializer.Deserialize<IterationMessage[]>(json)![^1];
        return new FinalLoss(last.Total, last.Content, last.Style, last.Tv);
    }

    private static async Task<IReadOnlyList<CellView>> CellsAsync(StudioDb database, Guid id, CancellationToken cancellationToken) =>
        await database.Sessions.AsNoTracking()
            .Where(s => s.ExperimentId == id && (s.DeletedUtc == null || database.Experiments.Any(e => e.Id == id && e.DeletedUtc == s.DeletedUtc)))
            .OrderBy(s => s.Row).ThenBy(s => s.Column).ThenBy(s => s.CreatedUtc)
            .Select(s => new CellView(
                s.Id, s.Column ?? 0, s.Row ?? 0, s.State, s.Iteration, s.TotalIterations, s.Loss, s.Seconds, s.ResultImageId, s.FrameImageId,
                database.Images.Where(image => image.Id == (s.ResultImageId ?? s.FrameImageId)).Select(image => (int?)image.Width).FirstOrDefault(),
                database.Images.Where(image => image.Id == (s.ResultImageId ?? s.FrameImageId)).Select(image => (int?)image.Height).FirstOrDefault(),
                s.Error))
            .ToListAsync(cancellationToken);
}
