using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Experiments;

/// <summary>A studio of its own with a paused queue: what waits stays as it was queued.</summary>
public sealed class PausedStudio : IAsyncLifetime
{
    public StudioApp App { get; private set; } = null!;

    public Recipe Recipe { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        App = await StudioApp.StartAsync();
        await App.Services.GetRequiredService<SessionQueue>().SetPausedAsync(true, TestContext.Current.CancellationToken);
        string content = await App.Client.UploadAsync(Drawn.Picture(96, 64, seed: 1));
        string style = await App.Client.UploadAsync(Drawn.Picture(64, 64, seed: 2));
        Recipe = RecipeJson.Read(Drawn.Recipe(content, style, size: 64, iterations: 2).GetRawText());
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class ExperimentTests(PausedStudio studio) : IClassFixture<PausedStudio>
{
    private readonly ExperimentCatalog catalog = studio.App.Services.GetRequiredService<ExperimentCatalog>();
    private readonly ExperimentGrowth growth = studio.App.Services.GetRequiredService<ExperimentGrowth>();
    private readonly SessionQueue queue = studio.App.Services.GetRequiredService<SessionQueue>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ExperimentAxis Weights => new("contentWeight", ["0.01", "0.1", "1"]);

    [Fact]
    public async Task Create_SizesAcross_QueuesTheDearAxisSlowest()
    {
        StudioApp.RequireEncoder();

        Guid id = await MakeAsync(new ExperimentAxis("size", ["64", "96"]), Weights);

        Assert.Equal([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)], await QueuedAsync(id));
    }

    [Fact]
    public async Task Create_OneCellCannotRun_FailsItAlone()
    {
        StudioApp.RequireEncoder();

        Guid id = await MakeAsync(new ExperimentAxis("learningRate", ["1", "-5", "0.5"]), null);

        ExperimentView view = (await catalog.FindAsync(id, Token))!;
        Assert.Equal([SessionState.Queued, SessionState.Failed, SessionState.Queued], view.Cells.Select(cell => cell.State));
        Assert.Contains("learning rate", view.At(1, 0)!.Error);
        Assert.Equal([(0, 0), (2, 0)], await QueuedAsync(id));
    }

    [Fact]
    public async Task Create_NoCellCanRun_IsRefusedAndLeavesNothing()
    {
        int before = (await catalog.PageAsync(0, 100, Token)).Total;

        RecipeException refused = await Assert.ThrowsAsync<RecipeException>(() => MakeAsync(new ExperimentAxis("encoder", ["nonesuch"]), null));

        Assert.Contains("nonesuch", refused.Message);
        Assert.Equal(before, (await catalog.PageAsync(0, 100, Token)).Total);
    }

    [Fact]
    public async Task Post_TenThousandCells_IsRefusedWithAWayOn()
    {
        using HttpResponseMessage response = await PostAsync("", new
        {
            recipe = JsonSerializer.Deserialize<JsonElement>(RecipeJson.Write(studio.Recipe)),
            columns = new { parameter = "contentWeight", from = 0.001, to = 1, steps = 100, spacing = "logarithmic" },
            rows = new { parameter = "seed", from = 1, to = 100, steps = 100 },
        });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        string detail = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString()!;
        Assert.Contains("10000 cells", detail);
        Assert.Contains("at most 400", detail);
        Assert.Contains("refine", detail);
    }

    [Fact]
    public async Task Estimate_Grid_CountsCellsAndQueuesNothing()
    {
        StudioApp.RequireEncoder();
        int before = (await queue.ListAsync(Token)).Count;

        using HttpResponseMessage response = await PostAsync("/estimate", new
        {
            recipe = JsonSerializer.Deserialize<JsonElement>(RecipeJson.Write(studio.Recipe)),
            columns = new { parameter = "seed", values = new[] { 1, 2, 3 } },
        });

        JsonElement estimate = await StudioClient.ReadAsync(response);
        Assert.Equal(3, estimate.GetProperty("cells").GetInt32());
        Assert.True(estimate.GetProperty("bytes").GetInt64() > 0);
        Assert.Equal(before, (await queue.ListAsync(Token)).Count);
    }

    [Fact]
    public async Task Extend_ValueBetween_KeepsEveryCellAtItsValue()
    {
        StudioApp.RequireEncoder();
        Guid id = await MakeAsync(Weights, new ExperimentAxis("seed", ["1", "2"]));
        Dictionary<Guid, string> before = await ValuesAsync(id);

        int? added = await growth.ExtendAsync(id, ["0.05"], [], Token);

        Assert.Equal(2, added);
        Dictionary<Guid, string> after = await ValuesAsync(id);
        Assert.Equal(8, after.Count);
        Assert.All(before, cell => Assert.Equal(cell.Value, after[cell.Key]));
        ExperimentView view = (await catalog.FindAsync(id, Token))!;
        Assert.Equal(["0.01", "0.05", "0.1", "1"], view.Grid.Columns.Values);
        Assert.All(after.Keys.Except(before.Keys), fresh => Assert.Equal(1, view.Cells.Single(cell => cell.Session == fresh).Column));
    }

    [Fact]
    public async Task Extend_OverTheLimit_ChangesNothing()
    {
        StudioApp.RequireEncoder();
        Guid id = await MakeAsync(Weights, null);

        await Assert.ThrowsAsync<RecipeException>(() => growth.ExtendAsync(id, [.. Enumerable.Range(2, 500).Select(i => $"{i}")], [], Token));

        Assert.Equal(3, (await catalog.FindAsync(id, Token))!.Cells.Count);
    }

    [Fact]
    public async Task Refine_MiddleCell_MakesAnExperimentBetweenItsNeighbours()
    {
        StudioApp.RequireEncoder();
        Guid id = await MakeAsync(Weights, new ExperimentAxis("totalVariationWeight", ["0", "1", "2"]));

        Experiment finer = (await growth.RefineAsync(id, 1, 1, Token))!;

        ExperimentView view = (await catalog.FindAsync(finer.Id, Token))!;
        Assert.Equal(["0.03162", "0.1", "0.3162"], view.Grid.Columns.Values);
        Assert.Equal(["0.5", "1", "1.5"], view.Grid.Rows!.Values);
        Assert.Equal(9, view.Cells.Count);
        Assert.Equal(id, finer.ParentId);
    }

    [Fact]
    public async Task Stop_WaitingCell_LeavesTheOthers()
    {
        StudioApp.RequireEncoder();
        Guid id = await MakeAsync(Weights, null);
        Guid middle = (await catalog.FindAsync(id, Token))!.At(1, 0)!.Session;

        await queue.CancelAsync(middle, Token);

        Assert.Equal([(0, 0), (2, 0)], await QueuedAsync(id));
    }

    [Fact]
    public async Task PauseAndResume_All_KeepsTheOrder()
    {
        StudioApp.RequireEncoder();
        Guid id = await MakeAsync(Weights, null);

        Assert.Equal(3, await growth.PauseAsync(id, Token));
        Assert.Empty(await QueuedAsync(id));
        Assert.Equal(3, await growth.ResumeAsync(id, Token));

        Assert.Equal([(0, 0), (1, 0), (2, 0)], await QueuedAsync(id));
    }

    [Fact]
    public async Task DeleteAndRestore_BringsBackWhatWentWithIt()
    {
        StudioApp.RequireEncoder();
        Guid id = await MakeAsync(Weights, null);
        SessionSelection sessions = studio.App.Services.GetRequiredService<SessionSelection>();
        await sessions.DeleteAsync([(await catalog.FindAsync(id, Token))!.At(0, 0)!.Session], Token);

        Assert.True(await catalog.DeleteAsync(id, Token));
        Assert.Empty(await QueuedAsync(id));
        Assert.DoesNotContain((await catalog.PageAsync(0, 100, Token)).Items, card => card.Id == id);
        Assert.True(await catalog.RestoreAsync(id, Token));

        Assert.Equal([(1, 0), (2, 0)], await QueuedAsync(id));
        Assert.Equal(1, await growth.ExtendAsync(id, [], [], Token));
    }

    [Fact]
    public async Task Csv_Layers_AreQuoted()
    {
        StudioApp.RequireEncoder();
        Guid id = await MakeAsync(new ExperimentAxis("styleLayers", ["relu1_1,relu2_1", "relu3_1"]), null);

        string[] lines = (await studio.App.Client.Http.GetStringAsync($"/api/v1/experiments/{id}/csv", Token)).Split("\r\n");

        Assert.StartsWith("styleLayers,state,iterations,seconds,total", lines[0]);
        Assert.StartsWith("\"relu1_1,relu2_1\",queued,0,", lines[1]);
        Assert.StartsWith("relu3_1,queued,0,", lines[2]);
    }

    [Fact]
    public async Task Png_NothingRanYet_IsASheetAllTheSame()
    {
        StudioApp.RequireEncoder();
        Guid id = await MakeAsync(Weights, null);

        using HttpResponseMessage response = await studio.App.Client.Http.GetAsync($"/api/v1/experiments/{id}/png?edge=64", Token);

        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Unknown_Everything_IsNotFound()
    {
        foreach (string path in new[] { "", "/csv", "/png" })
        {
            using HttpResponseMessage response = await studio.App.Client.Http.GetAsync($"/api/v1/experiments/{Guid.NewGuid()}{path}", Token);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    private async Task<Guid> MakeAsync(ExperimentAxis columns, ExperimentAxis? rows) =>
        (await catalog.CreateAsync("Test", new ExperimentGrid(studio.Recipe, columns, rows), Token)).Id;

    private async Task<HttpResponseMessage> PostAsync(string path, object body) =>
        await studio.App.Client.Http.PostAsJsonAsync($"/api/v1/experiments{path}", body, Token);

    private async Task<IEnumerable<(int, int)>> QueuedAsync(Guid id) =>
        (await queue.ListAsync(Token)).Where(s => s.ExperimentId == id && s.State == SessionState.Queued).Select(s => (s.Column!.Value, s.Row!.Value));

    // What each cell's own recipe says, beside what the grid says of its place.
    private async Task<Dictionary<Guid, string>> ValuesAsync(Guid id)
    {
        ExperimentView view = (await catalog.FindAsync(id, Token))!;
        SessionCatalog sessions = studio.App.Services.GetRequiredService<SessionCatalog>();
        Dictionary<Guid, string> values = [];
        foreach (CellView cell in view.Cells)
        {
            Recipe recipe = RecipeJson.Read((await sessions.FindAsync(cell.Session, Token))!.RecipeJson);
            string own = $"{RecipeParameter.Named("contentWeight").Read(recipe)} {recipe.Seed}";
            Assert.Equal($"{view.Grid.Columns.Values[cell.Column]} {view.Grid.Rows!.Values[cell.Row]}", own);
            values.Add(cell.Session, own);
        }

        return values;
    }
}
