using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Lab;

/// <summary>A cell of a figure as it stands now.</summary>
/// <param name="Picture">Its newest picture's address; null where there is none yet.</param>
public sealed record LabCellView(string Name, string Label, Guid Session, SessionState State, int Iteration, int Total, string? Picture, string? Error);

/// <summary>A figure that was made or is being made.</summary>
public sealed record LabFigureView(Guid Id, string Key, string Content, string Style, int Size, string Encoder, DateTime CreatedUtc, IReadOnlyList<LabCellView> Cells)
{
    public bool IsDone => Cells.All(cell => cell.State is SessionState.Completed or SessionState.Failed or SessionState.Cancelled);
}

/// <summary>Reproduces the paper's figures on one's own pictures: each cell is an ordinary session.</summary>
public sealed class PaperLab(IDbContextFactory<StudioDb> databases, SessionCatalog sessions, EncoderCatalog encoders, LiveFeeds feeds, TimeProvider time)
{
    public const int UsualSize = 256;
    private const int MostListed = 12;

    /// <summary>The recipes of a figure, as they would run.</summary>
    /// <exception cref="Core.StyleTransferException">An encoder that is not there, or a recipe that makes no sense.</exception>
    public IReadOnlyList<PlannedCell> Plan(PaperFigure figure, string content, string style, int size, string encoder)
    {
        EncoderInfo info = encoders.Resolve(encoder);
        IReadOnlyList<PlannedCell> cells = figure.Plan(new LabInputs(content, style, size, info.Name, new EncoderLayers(info)));
        foreach (PlannedCell cell in cells)
        {
            RecipeValidation.Check(cell.Recipe, [.. info.Layers.Select(layer => layer.Name)]);
        }

        return cells;
    }

    /// <summary>Queues every cell of a figure.</summary>
    /// <exception cref="Core.StyleTransferException">As <see cref="Plan"/>, and a picture that is not there; nothing is queued then.</exception>
    public async Task<Guid> StartAsync(PaperFigure figure, string content, string style, int size, string encoder, CancellationToken cancellationToken)
    {
        IReadOnlyList<PlannedCell> cells = Plan(figure, content, style, size, encoder);
        LabFigure made = new()
        {
            Key = figure.Key,
            ContentImageId = content,
            StyleImageId = style,
            Size = size,
            Encoder = cells[0].Recipe.Encoder.Name,
            CreatedUtc = time.GetUtcNow().UtcDateTime,
        };
        foreach (PlannedCell cell in cells)
        {
            Session session = await sessions.CreateAsync(cell.Recipe, $"Figure {figure.Key} · {cell.Name[(cell.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]}", cancellationToken);
            await sessions.EditAsync(session.Id, null, null, null, null, $"paper lab, figure {figure.Key}", cancellationToken);
            made.Cells.Add(new LabCell { FigureId = made.Id, Name = cell.Name, SessionId = session.Id, Label = cell.Label });
        }

        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        database.LabFigures.Add(made);
        await database.SaveChangesAsync(cancellationToken);
        return made.Id;
    }

    /// <summary>The figures of one kind that were made, newest first.</summary>
    public async Task<IReadOnlyList<LabFigure>> ListAsync(string key, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.LabFigures.AsNoTracking().Where(figure => figure.Key == key).OrderByDescending(figure => figure.CreatedUtc).Take(MostListed).ToListAsync(cancellationToken);
    }

    public async Task<LabFigureView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.LabFigures.AsNoTracking().Include(figure => figure.Cells).FirstOrDefaultAsync(figure => figure.Id == id, cancellationToken) is not { } figure)
        {
            return null;
        }

        Guid[] ids = [.. figure.Cells.Select(cell => cell.SessionId)];
        Dictionary<Guid, Session> found = await database.Sessions.AsNoTracking().Where(s => ids.Contains(s.Id) && s.DeletedUtc == null).ToDictionaryAsync(s => s.Id, cancellationToken);
        List<LabCellView> cells = [];
        foreach (LabCell cell in figure.Cells.Where(cell => found.ContainsKey(cell.SessionId)))
        {
            cells.Add(await ViewAsync(cell, found[cell.SessionId], cancellationToken));
        }

        return new LabFigureView(figure.Id, figure.Key, figure.ContentImageId, figure.StyleImageId, figure.Size, figure.Encoder, figure.CreatedUtc, cells);
    }

    private async Task<LabCellView> ViewAsync(LabCell cell, Session session, CancellationToken cancellationToken)
    {
        int iteration = session.Iteration;
        string? picture = session.ResultImageId is { } result ? $"/media/{result}" : session.FrameImageId is { } frame ? $"/media/{frame}" : null;
        if (session.State == SessionState.Running && await feeds.FindAsync(session.Id, cancellationToken) is { } feed)
        {
            IReadOnlyList<Core.Messages.IterationMessage> trace = feed.Trace;
            iteration = trace.Count > 0 ? trace[^1].Iteration : iteration;
            picture = feed.NewestPreview is { } newest ? $"/media/sessions/{session.Id}/preview/{newest.Version.Iteration}" : picture;
        }

        int total = ScalePlan.TotalIterations(RecipeJson.Read(session.RecipeJson));
        return new LabCellView(cell.Name, cell.Label, session.Id, session.State, iteration, Math.Max(total, iteration), picture, session.Error);
    }
}
