using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Sharing;

namespace StyleTransfer.Studio.Api;

/// <summary>How far a time-lapse is.</summary>
public sealed record TimelapseDto(Guid Id, TimelapseFormat Format, int Percent, bool IsDone, string? Error, string? Url)
{
    public static TimelapseDto Of(Timelapse t) => new(t.Id, t.Format, t.Percent, t.IsDone, t.Error, t is { IsDone: true, Error: null } ? $"/api/v1/timelapses/{t.Id}/file" : null);
}

/// <summary>A recipe that was read; pictures that it names and this studio lacks are in <paramref name="Missing"/>.</summary>
/// <param name="Id">The page <c>/?recipe=</c> with it opens the recipe.</param>
public sealed record ImportedRecipeDto(string Id, string? Title, System.Text.Json.JsonElement Recipe, IReadOnlyList<string> Missing);

internal static class ExportsApi
{
    private const int LongestFileName = 80;

    public static void MapExports(this IEndpointRouteBuilder api)
    {
        RouteGroupBuilder exports = api.MapGroup("").WithTags("Exports");
        exports.MapGet("/exports/page", PageAsync).WithSummary("Sessions, or all cells of an experiment, as a page to keep: a folder (as=zip) or one file (as=html).");
        exports.MapGet("/sessions/{id:guid}/recipe", RecipeAsync).WithSummary("The session's recipe as a file, with inputs=true with its pictures inside.");
        exports.MapPost("/recipes/import", ImportAsync).DisableAntiforgery().WithSummary("Reads a recipe file, a trace, or a picture with its recipe inside (multipart, field `file`).");
        exports.MapPost("/timelapses", async (NewTimelapse wanted, Timelapses timelapses, CancellationToken cancellationToken) =>
        {
            Timelapse begun = await timelapses.StartAsync(wanted, cancellationToken);
            return TypedResults.Accepted($"/api/v1/timelapses/{begun.Id}", TimelapseDto.Of(begun));
        }).WithSummary("Begins a time-lapse of one session or several.");
        exports.MapGet("/timelapses/{id:guid}", Results<Ok<TimelapseDto>, NotFound> (Guid id, Timelapses timelapses) =>
            timelapses.Find(id) is { } found ? TypedResults.Ok(TimelapseDto.Of(found)) : TypedResults.NotFound());
        exports.MapGet("/timelapses/{id:guid}/file", (Guid id, Timelapses timelapses) => timelapses.FileOf(id) is { } path
            ? Results.File(path, MediaType(timelapses.Find(id)!.Format), $"time-lapse.{timelapses.Find(id)!.Format.ToString().ToLowerInvariant()}")
            : Results.NotFound());
    }

    /// <summary>A title as the name of a file, on any system.</summary>
    public static string FileName(string title, string extension)
    {
        string name = string.Concat(title.Select(c => char.IsLetterOrDigit(c) ? c : '-')).Trim('-');
        name = name.Length > LongestFileName ? name[..LongestFileName] : name;
        return $"{(name.Length == 0 ? "shared" : name)}.{extension}";
    }

    public static bool IsPage(string? form) => form switch
    {
        "html" => true,
        "zip" or null => false,
        _ => throw new ShareException($"A page is exported as zip or html, not as '{form}'."),
    };

    private static async Task<IResult> PageAsync(
        string? sessions, string? @as, string? title, ShareKind? kind, Guid? experiment, HttpContext context, PageExport export, ExperimentCatalog experiments, CancellationToken cancellationToken, bool inputs = true, bool progress = true, bool recipe = true, bool download = true, bool titles = false)
    {
        List<Guid> ids = [];
        foreach (string text in (sessions ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            ids.Add(Guid.TryParse(text, out Guid id) ? id : throw new ShareException($"'{text}' is not a session's id; give ids with commas between them."));
        }

        // The address of a grid's 400 cells would be longer than a server takes.
        if (sessions is null && experiment is { } whole)
        {
            ids.AddRange((await experiments.CellsAsync(whole, cancellationToken)).Select(cell => cell.Session));
        }

        ShareParts parts = (inputs ? ShareParts.Inputs : 0) | (progress ? ShareParts.Progress : 0) | (recipe ? ShareParts.Recipe : 0) | (download ? ShareParts.Download : 0) | (titles ? ShareParts.Titles : 0);
        ShareKind several = kind is { } given and not ShareKind.Session ? given : sessions is null && experiment is not null ? ShareKind.Experiment : ShareKind.Selection;
        ShareKind shown = ids.Count == 1 ? ShareKind.Session : several;
        NewShare wanted = new() { Kind = shown, Sessions = ids, Title = title, Parts = parts, ExperimentId = experiment };
        if (IsPage(@as))
        {
            (byte[] page, string pageTitle) = await export.FileAsync(wanted, cancellationToken);
            return Results.Bytes(page, "text/html", FileName(pageTitle, "html"));
        }

        PageFolder folder = await export.FolderAsync(wanted, cancellationToken);
        return ZipAnswer.Of(context, FileName(folder.Title, "zip"), folder.WriteAsync);
    }

    private static async Task<IResult> RecipeAsync(Guid id, RecipePackage package, CancellationToken cancellationToken, bool inputs = false) =>
        await package.ExportAsync(id, inputs, cancellationToken) is { } file ? Results.Bytes(file, "application/json", "recipe.json") : Results.NotFound();

    private static async Task<Ok<ImportedRecipeDto>> ImportAsync(HttpRequest request, RecipePackage package, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType || (await request.ReadFormAsync(cancellationToken)).Files.GetFile("file") is not { } file)
        {
            throw new RecipeException("Send the recipe as multipart/form-data in a field named file.");
        }

        using MemoryStream bytes = new();
        await file.CopyToAsync(bytes, cancellationToken);
        ImportedRecipe imported = await package.ImportAsync(bytes.ToArray(), cancellationToken);
        return TypedResults.Ok(new ImportedRecipeDto(imported.Id, imported.Title, System.Text.Json.JsonSerializer.SerializeToElement(imported.Recipe, RecipeJson.Options), imported.Missing));
    }

    private static string MediaType(TimelapseFormat format) => format switch { TimelapseFormat.Gif => "image/gif", TimelapseFormat.Mp4 => "video/mp4", _ => "image/webp" };
}
