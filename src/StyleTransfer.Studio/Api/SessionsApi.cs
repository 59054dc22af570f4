using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Core;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Sharing;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Api;

/// <summary>A session as the API shows it.</summary>
public sealed record SessionDto(
    Guid Id,
    string Title,
    SessionState State,
    int Iteration,
    int TotalIterations,
    double? Loss,
    double Seconds,
    string? Error,
    string? Result,
    JsonElement Recipe)
{
    public static SessionDto Of(Session s) => new(
        s.Id, s.Title, s.State, s.Iteration, s.TotalIterations, s.Loss, s.Seconds, s.Error,
        s.ResultImageId is null ? null : $"/api/v1/sessions/{s.Id}/result",
        JsonSerializer.Deserialize<JsonElement>(s.RecipeJson));
}

/// <summary>Either a whole recipe, or a preset with its pictures and size.</summary>
public sealed record NewSession(
    string? Title = null,
    JsonElement? Recipe = null,
    string? Preset = null,
    string? Content = null,
    string[]? Styles = null,
    int? Size = null,
    string? Encoder = null);

/// <summary>A fork: the parent's recipe or another, from one of its iterations or from the start.</summary>
public sealed record ForkRequest(string? Title = null, int? FromIteration = null, JsonElement? Recipe = null);

/// <summary>A picture of the timeline.</summary>
public sealed record FrameDto(int Iteration, string Url);

internal static class SessionsApi
{
    public static void MapSessions(this IEndpointRouteBuilder api)
    {
        RouteGroupBuilder sessions = api.MapGroup("/sessions").WithTags("Sessions");
        sessions.MapPost("/", CreateAsync).WithSummary("Queues a session.");
        sessions.MapGet("/", PageAsync).WithSummary("A page of the sessions. `search` takes words and conditions such as size:512, optimizer:adam or rating:>3.");
        sessions.MapGet("/{id:guid}", async Task<Results<Ok<SessionDto>, NotFound>> (Guid id, SessionCatalog catalog, CancellationToken cancellationToken) =>
            await catalog.FindAsync(id, cancellationToken) is { } session ? TypedResults.Ok(SessionDto.Of(session)) : TypedResults.NotFound());
        sessions.MapDelete("/{id:guid}", DeleteAsync).WithSummary(SharedAnswer.Summary);
        sessions.MapPost("/{id:guid}/restore", async Task<Results<NoContent, NotFound>> (Guid id, SessionSelection selection, CancellationToken cancellationToken) =>
            await selection.RestoreAsync([id], cancellationToken) > 0 ? TypedResults.NoContent() : TypedResults.NotFound());
        sessions.MapGet("/{id:guid}/loss", async Task<Results<Ok<IReadOnlyList<IterationMessage>>, NotFound>> (Guid id, LiveFeeds feeds, CancellationToken cancellationToken) =>
            await feeds.FindAsync(id, cancellationToken) is { } feed ? TypedResults.Ok(feed.Trace) : TypedResults.NotFound());
        sessions.MapCurves();
        sessions.MapGet("/{id:guid}/frames", async Task<Results<Ok<IEnumerable<FrameDto>>, NotFound>> (Guid id, SessionCatalog catalog, CancellationToken cancellationToken) =>
            await catalog.FindAsync(id, cancellationToken) is null
                ? TypedResults.NotFound()
                : TypedResults.Ok((await catalog.FramesAsync(id, cancellationToken)).Select(frame => new FrameDto(frame.Iteration, $"/media/{frame.ImageId}"))));
        sessions.MapGet("/{id:guid}/frames/{iteration:int}", FrameAsync);
        sessions.MapGet("/{id:guid}/result", ResultAsync);
        sessions.MapPost("/{id:guid}/pause", (Guid id, SessionQueue queue, CancellationToken cancellationToken) => Moved(queue.PauseAsync(id, cancellationToken), "running or queued"));
        sessions.MapPost("/{id:guid}/resume", (Guid id, SessionQueue queue, CancellationToken cancellationToken) => Moved(queue.ResumeAsync(id, cancellationToken), "paused"));
        sessions.MapPost("/{id:guid}/cancel", (Guid id, SessionQueue queue, CancellationToken cancellationToken) => Moved(queue.CancelAsync(id, cancellationToken), "running, queued or paused"));
        sessions.MapPost("/{id:guid}/retry", (Guid id, SessionQueue queue, CancellationToken cancellationToken) => Moved(queue.RetryAsync(id, cancellationToken), "failed or cancelled"));
        sessions.MapPost("/{id:guid}/extend", (Guid id, int iterations, SessionQueue queue, CancellationToken cancellationToken) => Moved(queue.ExtendAsync(id, iterations, cancellationToken), "running or completed"));
        sessions.MapPost("/{id:guid}/adjust", (Guid id, JsonElement change, SessionQueue queue) => Moved(queue.AdjustAsync(id, ReadChange(change)), "running"));
        sessions.MapPost("/{id:guid}/fork", ForkAsync).WithSummary("A new session that branches off this one, at one of its iterations or from the start.");
    }

    private static async Task<Ok<GalleryPage<SessionCard>>> PageAsync(
        SessionGallery gallery,
        CancellationToken cancellationToken,
        string? search = null,
        SessionState? state = null,
        bool favourites = false,
        SessionOrder order = SessionOrder.Newest,
        int skip = 0,
        int take = 50) =>
        TypedResults.Ok(await gallery.PageAsync(new SessionFilter(search, state, favourites, order), Math.Max(0, skip), Math.Clamp(take, 1, StylesApi.MostAPage), cancellationToken));

    private static async Task<Created<SessionDto>> CreateAsync(NewSession request, SessionCatalog catalog, CancellationToken cancellationToken)
    {
        Session session = await catalog.CreateAsync(RecipeOf(request), request.Title, cancellationToken);
        return TypedResults.Created($"/api/v1/sessions/{session.Id}", SessionDto.Of(session));
    }

    internal static Recipe RecipeOf(NewSession request)
    {
        if (request.Recipe is { } json)
        {
            return RecipeJson.Read(json.GetRawText());
        }

        if (request.Content is null || request.Styles is not { Length: > 0 })
        {
            throw new RecipeException("The session has no recipe; give `recipe`, or `content` and `styles` (ids of uploaded pictures), with `preset` and `size` if wished.");
        }

        Recipe recipe = Presets.Named(request.Preset ?? Presets.Default).At(request.Size ?? new ScheduleSettings().Size);
        return recipe with
        {
            Content = request.Content,
            Styles = [.. request.Styles.Select(style => new StyleInput { Image = style })],
            Encoder = recipe.Encoder with { Name = request.Encoder ?? recipe.Encoder.Name },
        };
    }

    private static async Task<Results<Created<SessionDto>, NotFound>> ForkAsync(Guid id, ForkRequest request, SessionForks forks, CancellationToken cancellationToken)
    {
        Recipe? recipe = request.Recipe is { } json ? RecipeJson.Read(json.GetRawText()) : null;
        return await forks.ForkAsync(id, request.FromIteration, recipe, request.Title, cancellationToken) is { } fork
            ? TypedResults.Created($"/api/v1/sessions/{fork.Id}", SessionDto.Of(fork))
            : TypedResults.NotFound();
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> DeleteAsync(
        Guid id, SessionSelection selection, Shares shares, CancellationToken cancellationToken, bool shared = false)
    {
        if (!shared && await shares.ShowingAsync([id], cancellationToken) is { Count: > 0 } links)
        {
            return SharedAnswer.Conflict(links);
        }

        return (await selection.DeleteAsync([id], cancellationToken)).Count > 0 ? TypedResults.NoContent() : TypedResults.NotFound();
    }

    private static async Task<IResult> FrameAsync(Guid id, int iteration, SessionCatalog catalog, CancellationToken cancellationToken) =>
        (await catalog.FramesAsync(id, cancellationToken)).LastOrDefault(frame => frame.Iteration <= iteration) is { } frame
            ? Results.Redirect($"/media/{frame.ImageId}")
            : Results.NotFound();

    private static async Task<IResult> ResultAsync(Guid id, SessionCatalog catalog, CancellationToken cancellationToken) =>
        await catalog.FindAsync(id, cancellationToken) is { ResultImageId: { } image }
            ? Results.Redirect($"/media/{image}")
            : Results.NotFound();

    private static RecipeChange ReadChange(JsonElement json)
    {
        try
        {
            return json.Deserialize<RecipeChange>(RecipeJson.Options) ?? throw new RecipeException("The change is empty; give the weights that are to change.");
        }
        catch (JsonException e)
        {
            throw new RecipeException($"The change is not valid: {e.Message.Split(" Path:")[0]} Allowed are contentWeight, styleWeight, totalVariationWeight, learningRate, styleWeights and extraIterations.", e);
        }
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Moved(Task<bool> work, string needed) => await work
        ? TypedResults.Accepted((string?)null)
        : TypedResults.Problem($"That needs a session that is {needed}.", statusCode: StatusCodes.Status409Conflict);
}
