using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Sharing;

namespace StyleTransfer.Studio.Tests.Sharing;

/// <summary>The largest grid that an experiment may have, as one link.</summary>
public sealed partial class LargeGridShareTests(StudioApp studio)
{
    private const int Side = 20;
    private const int FramesOfEach = 60;
    private const int MostPageBytes = 4_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Shares Shares => studio.Services.GetRequiredService<Shares>();

    [Fact]
    public async Task Share_LargestExperiment_HoldsEveryCellAndStaysLight()
    {
        (Guid experiment, Guid[] cells) = await LargestAsync();
        Assert.Equal(ExperimentGrid.MaxCells, cells.Length);
        MadeShare share = await Shares.CreateAsync(
            new NewShare { Kind = ShareKind.Experiment, Sessions = cells, Title = "All of it", ExperimentId = experiment, Parts = Shares.UsualParts | ShareParts.Titles }, Token);

        string page = await studio.Client.Http.GetStringAsync($"/s/{share.Token}", Token);

        Assert.Equal(cells.Length, GridCells().Count(page));
        Assert.Equal(cells.Length, Articles().Count(page));
        Assert.Single(EagerImages().Matches(page));
        Assert.InRange(page.Length, 1, MostPageBytes);
        Assert.NotEmpty(await studio.Client.Http.GetByteArrayAsync($"/s/{share.Token}/{cells.Length}/picture-640.webp", Token));
        string kept = await studio.Client.Http.GetStringAsync($"/api/v1/exports/page?as=html&kind=Experiment&experiment={experiment}", Token);
        // Who names an experiment and no sessions means the whole of it.
        string implied = await studio.Client.Http.GetStringAsync($"/api/v1/exports/page?as=html&experiment={experiment}", Token);
        Assert.Equal(cells.Length, Articles().Count(kept));
        ShareException refused = await Assert.ThrowsAsync<ShareException>(() => Shares.CreateAsync(new NewShare { Kind = ShareKind.Selection, Sessions = cells, Title = "As a selection" }, Token));
        Assert.Contains($"at most {Shares.MostSessions}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(kept.Length, implied.Length);
    }

    // One finished cell and its like: what weighs is how many there are.
    private async Task<(Guid Experiment, Guid[] Cells)> LargestAsync()
    {
        Session first = await Finished.AddAsync(studio, seed: 60, title: "A cell");
        await using StudioDb database = await studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(Token);
        Experiment experiment = new()
        {
            Title = "Large",
            RecipeJson = first.RecipeJson,
            AxesJson = new ExperimentAxes(ExperimentAxis.Linear("contentWeight", 1, Side, Side), ExperimentAxis.Linear("seed", 1, Side, Side)).Write(),
            CreatedUtc = first.CreatedUtc,
        };
        string frame = await database.Frames.Where(f => f.SessionId == first.Id).Select(f => f.ImageId).FirstAsync(Token);
        string trace = await database.TraceChunks.Where(chunk => chunk.SessionId == first.Id).Select(chunk => chunk.Json).FirstAsync(Token);
        Session[] cells = [.. Enumerable.Range(0, Side * Side).Select(i => new Session
        {
            Title = $"Cell {i}",
            State = SessionState.Completed,
            RecipeJson = first.RecipeJson,
            Preset = first.Preset,
            Encoder = first.Encoder,
            Size = first.Size,
            ContentImageId = first.ContentImageId,
            StyleImageId = first.StyleImageId,
            CreatedUtc = first.CreatedUtc,
            QueuePosition = i,
            Iteration = first.Iteration,
            TotalIterations = first.TotalIterations,
            Seconds = first.Seconds,
            ResultImageId = first.ResultImageId,
            ExperimentId = experiment.Id,
            Column = i % Side,
            Row = i / Side,
        })];
        database.Experiments.Add(experiment);
        database.Sessions.AddRange(cells);
        database.Frames.AddRange(cells.SelectMany(cell => Enumerable.Range(1, FramesOfEach).Select(i => new Frame { SessionId = cell.Id, Iteration = i, ImageId = frame })));
        database.TraceChunks.AddRange(cells.Select(cell => new TraceChunk { SessionId = cell.Id, FirstIteration = 1, LastIteration = 30, Json = trace }));
        await database.SaveChangesAsync(Token);
        return (experiment.Id, [.. cells.Select(cell => cell.Id)]);
    }

    [GeneratedRegex("data-of=\"w\\d+\"")]
    private static partial Regex GridCells();

    [GeneratedRegex("<article id=\"w\\d+\"")]
    private static partial Regex Articles();

    [GeneratedRegex("<img (?![^>]*loading=\"lazy\")[^>]*>")]
    private static partial Regex EagerImages();
}
