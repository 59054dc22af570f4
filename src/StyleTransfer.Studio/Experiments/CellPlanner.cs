using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Experiments;

/// <summary>What a grid will cost, before it starts.</summary>
/// <param name="Seconds">Of all cells whose encoder's speed is known; null where none is.</param>
/// <param name="Unmeasured">Cells that <paramref name="Seconds"/> leaves out.</param>
/// <param name="Bytes">Of the largest cell: they run one after another.</param>
/// <param name="Faults">Why cells cannot run, a sentence for each kind of fault.</param>
public sealed record ExperimentEstimate(int Cells, double? Seconds, int Unmeasured, long Bytes, int CannotRun, IReadOnlyList<string> Faults);

/// <summary>From a grid's cells to sessions that wait, and to what they will cost.</summary>
public sealed class CellPlanner(IDbContextFactory<StudioDb> databases, EncoderCatalog encoders, RunSpeed speed, TimeProvider time)
{
    // QueuePosition is a double near 6e17, where neighbours lie 128 apart.
    private const int TicksBetweenCells = 1024;

    /// <exception cref="RecipeException">A grid that cannot be made at all: too many cells, an unknown parameter, a refused value.</exception>
    public async Task<ExperimentEstimate> EstimateAsync(ExperimentGrid grid, CancellationToken cancellationToken)
    {
        IReadOnlyList<Planned> cells = await ResolveAsync(grid.Cells(), cancellationToken);
        double? seconds = null;
        int unmeasured = 0;
        long bytes = 0;
        foreach (Planned cell in cells.Where(cell => cell.Fault is null))
        {
            RunEstimate estimate = RunEstimate.Of(
                cell.Recipe, cell.Width, cell.Height, cell.Encoder!.Layers, await speed.FindAsync(cell.Encoder.Name, cancellationToken));
            seconds = estimate.Seconds is { } more ? (seconds ?? 0) + more : seconds;
            unmeasured += estimate.Seconds is null ? 1 : 0;
            bytes = Math.Max(bytes, estimate.Bytes);
        }

        string[] faults = [.. cells.Select(cell => cell.Fault).OfType<string>()];
        return new ExperimentEstimate(cells.Count, seconds, unmeasured, bytes, faults.Length, [.. faults.Distinct()]);
    }

    /// <summary>
    /// A session for each cell, in the order in which they are to run. A cell that cannot run is there, too, failed with its reason:
    /// the others go on.
    /// </summary>
    internal async Task<IReadOnlyList<Session>> PlanAsync(
        Experiment experiment, ExperimentGrid grid, IEnumerable<ExperimentCell> cells, CancellationToken cancellationToken)
    {
        IReadOnlyList<Planned> planned = await ResolveAsync([.. cells], cancellationToken);
        IReadOnlyDictionary<string, string> names = await NamesAsync(grid, cancellationToken);
        DateTime now = time.GetUtcNow().UtcDateTime;
        List<Session> sessions = [];
        foreach (Planned cell in planned)
        {
            Session session = SessionCatalog.SessionOf(cell.Recipe, TitleOf(experiment, grid, cell.Cell, names), now, experiment: experiment.Id);
            session.Column = cell.Cell.Column;
            session.Row = cell.Cell.Row;
            session.QueuePosition += (double)sessions.Count * TicksBetweenCells;
            if (cell.Fault is { } fault)
            {
                session.State = SessionState.Failed;
                session.Error = fault;
                session.EndedUtc = now;
            }

            sessions.Add(session);
        }

        return sessions;
    }

    /// <summary>What people call the pictures on a grid's axes: by their title in the gallery.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(ExperimentGrid grid, CancellationToken cancellationToken)
    {
        ExperimentAxis[] pictures = [.. Axes(grid).Where(axis => RecipeParameter.Named(axis.Parameter).Kind == ParameterKind.Image)];
        if (pictures.Length == 0)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        string[] ids = [.. pictures.SelectMany(axis => axis.Values).SelectMany(ImageValue.Ids).Distinct()];
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        var titles = await database.Styles.Where(style => ids.Contains(style.ImageId)).Select(style => new { style.ImageId, style.Title }).ToListAsync(cancellationToken);
        ILookup<string, string> byId = titles.ToLookup(style => style.ImageId, style => style.Title);
        return pictures.SelectMany(axis => axis.Values).Where(value => value.Length > 0).Distinct().ToDictionary(
            value => value,
            value => string.Join(" + ", ImageValue.Ids(value).Select(id => byId[id].FirstOrDefault() ?? (id.Length > 8 ? id[..8] : id))));
    }

    internal static IEnumerable<ExperimentAxis> Axes(ExperimentGrid grid) => grid.Rows is null ? [grid.Columns] : [grid.Columns, grid.Rows];

    private static string TitleOf(Experiment experiment, ExperimentGrid grid, ExperimentCell cell, IReadOnlyDictionary<string, string> names)
    {
        IEnumerable<string> parts = Axes(grid).Select((axis, i) =>
        {
            string value = axis.Values[i == 0 ? cell.Column : cell.Row];
            return $"{ParameterNames.Of(axis.Parameter)} {names.GetValueOrDefault(value) ?? ChoiceNames.Of(axis.Parameter, value)}";
        });
        return $"{experiment.Title} · {string.Join(" · ", parts)}";
    }

    private async Task<IReadOnlyList<Planned>> ResolveAsync(ImmutableArray<ExperimentCell> cells, CancellationToken cancellationToken)
    {
        string[] wanted = [.. cells.SelectMany(cell => SessionCatalog.ImagesOf(cell.Recipe)).Distinct()];
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        Dictionary<string, StoredImage> images = await database.Images.AsNoTracking().Where(image => wanted.Contains(image.Id))
            .ToDictionaryAsync(image => image.Id, cancellationToken);
        Dictionary<(string, string?), EncoderInfo> known = [];
        return [.. cells.Select(cell => Resolve(cell, images, known))];
    }

    private Planned Resolve(ExperimentCell cell, Dictionary<string, StoredImage> images, Dictionary<(string, string?), EncoderInfo> known)
    {
        Recipe recipe = cell.Recipe;
        try
        {
            RecipeValidation.Check(recipe);
            if (SessionCatalog.ImagesOf(recipe).FirstOrDefault(id => !images.ContainsKey(id)) is { } missing)
            {
                throw new RecipeException($"The recipe names the picture {missing}, which this studio does not have. Upload it first; /api/v1/images answers with its id.");
            }

            (string, string?) key = (recipe.Encoder.Name, recipe.Encoder.Sha256);
            if (!known.TryGetValue(key, out EncoderInfo? encoder))
            {
                known[key] = encoder = encoders.Resolve(key.Item1, key.Item2);
            }

            StoredImage shape = images[recipe.Content ?? recipe.Styles[0].Image];
            recipe = recipe with { Encoder = recipe.Encoder with { Name = encoder.Name, Sha256 = encoder.Sha256 } };
            return new Planned(cell, recipe, encoder, shape.Width, shape.Height, Fault: null);
        }
        catch (StyleTransferException e)
        {
            return new Planned(cell, recipe, Encoder: null, 0, 0, e.Message);
        }
    }

    private sealed record Planned(ExperimentCell Cell, Recipe Recipe, EncoderInfo? Encoder, int Width, int Height, string? Fault);
}
