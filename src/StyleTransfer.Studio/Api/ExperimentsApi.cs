using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Sharing;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Api;

/// <summary>An axis: a list of values (text or numbers), or from, to and steps, spaced linearly or logarithmically.</summary>
public sealed record AxisRequest(string Parameter, JsonElement[]? Values = null, double? From = null, double? To = null, int? Steps = null, AxisSpacing Spacing = AxisSpacing.Linear)
{
    public ExperimentAxis ToAxis() => new AxisRange(Parameter, [.. (Values ?? []).Select(value => value.ToString())], From, To, Steps, Spacing).ToAxis();
}

/// <summary>A base recipe, or a preset with its pictures and size, and what of it varies.</summary>
public sealed record NewExperiment(
    string? Title = null,
    string? Notes = null,
    JsonElement? Recipe = null,
    string? Preset = null,
    string? Content = null,
    string[]? Styles = null,
    int? Size = null,
    string? Encoder = null,
    AxisRequest? Columns = null,
    AxisRequest? Rows = null)
{
    /// <exception cref="RecipeException">No recipe, no axis, or an axis that makes no sense.</exception>
    public ExperimentGrid ToGrid()
    {
        Recipe recipe = SessionsApi.RecipeOf(new NewSession(Title, Recipe, Preset, Content, Styles, Size, Encoder));
        ExperimentAxis columns = Columns?.ToAxis()
            ?? throw new RecipeException("The experiment has no `columns`; give the parameter that varies and its values. `rows` is a second one.");
        return new ExperimentGrid(recipe with { Changes = [] }, columns, Rows?.ToAxis());
    }
}

/// <summary>Values to add to an experiment's axes.</summary>
public sealed record ExtendRequest(string[]? Columns = null, string[]? Rows = null);

/// <summary>The cell to look at more closely, from 0.</summary>
public sealed record RefineRequest(int Column, int Row = 0);

/// <summary>Null leaves a value as it is.</summary>
public sealed record EditExperiment(string? Title = null, string? Notes = null);

/// <summary>An experiment as the API shows it.</summary>
public sealed record ExperimentDto(
    Guid Id, string Title, string Notes, DateTime CreatedUtc, bool IsDeleted, ExperimentAxis Columns, ExperimentAxis? Rows, IReadOnlyList<CellView> Cells, JsonElement Recipe)
{
    public static ExperimentDto Of(ExperimentView view) => new(
        view.Experiment.Id, view.Experiment.Title, view.Experiment.Notes, view.Experiment.CreatedUtc, view.Experiment.DeletedUtc is not null,
        view.Grid.Columns, view.Grid.Rows, view.Cells, JsonSerializer.Deserialize<JsonElement>(view.Experiment.RecipeJson));
}

internal static class ExperimentsApi
{
    public static void MapExperiments(this IEndpointRouteBuilder api)
    {
        RouteGroupBuilder experiments = api.MapGroup("/experiments").WithTags("Experiments");
        experiments.MapPost("/", CreateAsync).WithSummary("Queues a grid of sessions over one or two parameters.");
        experiments.MapPost("/estimate", async (NewExperiment request, CellPlanner planner, CancellationToken cancellationToken) =>
            TypedResults.Ok(await planner.EstimateAsync(request.ToGrid(), cancellationToken))).WithSummary("What a grid will cost; nothing is queued.");
        experiments.MapGet("/", async (ExperimentCatalog catalog, CancellationToken cancellationToken, int skip = 0, int take = 50, bool figures = false) =>
            TypedResults.Ok(await catalog.PageAsync(Math.Max(0, skip), Math.Clamp(take, 1, StylesApi.MostAPage), cancellationToken, figures)));
        experiments.MapGet("/{id:guid}", async Task<Results<Ok<ExperimentDto>, NotFound>> (Guid id, ExperimentCatalog catalog, CancellationToken cancellationToken) =>
            await catalog.FindAsync(id, cancellationToken) is { } view ? TypedResults.Ok(ExperimentDto.Of(view)) : TypedResults.NotFound());
        experiments.MapPatch("/{id:guid}", (Guid id, EditExperiment edit, ExperimentCatalog catalog, CancellationToken cancellationToken) =>
            Done(catalog.EditAsync(id, edit.Title, edit.Notes, cancellationToken)));
        experiments.MapDelete("/{id:guid}", DeleteAsync).WithSummary(SharedAnswer.Summary);
        experiments.MapPost("/{id:guid}/restore", (Guid id, ExperimentCatalog catalog, CancellationToken cancellationToken) => Done(catalog.RestoreAsync(id, cancellationToken)));
        experiments.MapPost("/{id:guid}/extend", ExtendAsync).WithSummary("Adds values to the axes and queues the new cells.");
        experiments.MapPost("/{id:guid}/refine", RefineAsync).WithSummary("A new experiment between a cell's neighbours.");
        experiments.MapPost("/{id:guid}/cancel", (Guid id, ExperimentGrowth growth, CancellationToken cancellationToken) => Moved(growth.StopAsync(id, cancellationToken)));
        experiments.MapPost("/{id:guid}/pause", (Guid id, ExperimentGrowth growth, CancellationToken cancellationToken) => Moved(growth.PauseAsync(id, cancellationToken)));
        experiments.MapPost("/{id:guid}/resume", (Guid id, ExperimentGrowth growth, CancellationToken cancellationToken) => Moved(growth.ResumeAsync(id, cancellationToken)));
        experiments.MapPost("/{id:guid}/retry", (Guid id, ExperimentGrowth growth, CancellationToken cancellationToken) => Moved(growth.RetryAsync(id, cancellationToken)));
        experiments.MapGet("/{id:guid}/csv", CsvAsync).WithSummary("Every cell with its values and losses, as CSV.");
        experiments.MapGet("/{id:guid}/png", PictureAsync).WithSummary("The grid as one labelled picture.");
    }

    private static async Task<Created<ExperimentDto>> CreateAsync(NewExperiment request, ExperimentCatalog catalog, CancellationToken cancellationToken)
    {
        Experiment experiment = await catalog.CreateAsync(request.Title, request.ToGrid(), cancellationToken, request.Notes ?? "");
        ExperimentView view = (await catalog.FindAsync(experiment.Id, cancellationToken))!;
        return TypedResults.Created($"/api/v1/experiments/{experiment.Id}", ExperimentDto.Of(view));
    }

    private static async Task<Results<Ok<ExperimentDto>, NotFound>> ExtendAsync(
        Guid id, ExtendRequest request, ExperimentGrowth growth, ExperimentCatalog catalog, CancellationToken cancellationToken) =>
        await growth.ExtendAsync(id, request.Columns ?? [], request.Rows ?? [], cancellationToken) is not null
            && await catalog.FindAsync(id, cancellationToken) is { } view
            ? TypedResults.Ok(ExperimentDto.Of(view))
            : TypedResults.NotFound();

    private static async Task<Results<Created<ExperimentDto>, NotFound>> RefineAsync(
        Guid id, RefineRequest request, ExperimentGrowth growth, ExperimentCatalog catalog, CancellationToken cancellationToken) =>
        await growth.RefineAsync(id, request.Column, request.Row, cancellationToken) is { } finer
            && await catalog.FindAsync(finer.Id, cancellationToken) is { } view
            ? TypedResults.Created($"/api/v1/experiments/{finer.Id}", ExperimentDto.Of(view))
            : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> DeleteAsync(
        Guid id, ExperimentCatalog catalog, Shares shares, CancellationToken cancellationToken, bool shared = false)
    {
        if (!shared && await shares.ShowingExperimentAsync(id, cancellationToken) is { Count: > 0 } links)
        {
            return SharedAnswer.Conflict(links);
        }

        return await catalog.DeleteAsync(id, cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound();
    }

    private static async Task<IResult> CsvAsync(Guid id, ExperimentCatalog catalog, ExperimentExport export, CancellationToken cancellationToken) =>
        await catalog.FindAsync(id, cancellationToken) is { } view
            ? Results.Text(await export.CsvAsync(view, cancellationToken), "text/csv; charset=utf-8", System.Text.Encoding.UTF8)
            : Results.NotFound();

    private static async Task<IResult> PictureAsync(Guid id, ExperimentCatalog catalog, ExperimentExport export, CancellationToken cancellationToken, int edge = 320) =>
        await catalog.FindAsync(id, cancellationToken) is { } view
            ? Results.Bytes(await export.PngAsync(view, edge, cancellationToken), "image/png", $"{ExperimentExport.FileNameOf(view)}.png")
            : Results.NotFound();

    private static async Task<Results<NoContent, NotFound>> Done(Task<bool> work) => await work ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<Ok<MovedCells>> Moved(Task<int> work) => TypedResults.Ok(new MovedCells(await work));
}

/// <summary>How many cells an order reached.</summary>
public sealed record MovedCells(int Cells);
