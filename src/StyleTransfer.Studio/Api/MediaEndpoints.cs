using System.Globalization;
using Microsoft.Net.Http.Headers;
using StyleTransfer.Core.Storage;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Api;

/// <summary>Pixels. A URL never changes its meaning, so a browser keeps what it has.</summary>
internal static class MediaEndpoints
{
    private const string Forever = "private, max-age=31536000, immutable";

    public static void MapMedia(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder media = app.MapGroup("/media").ExcludeFromDescription();
        media.MapGet("/{id}", PictureAsync);
        media.MapGet("/{id}/{edge:int}", ThumbnailAsync);
        media.MapGet("/sessions/{session:guid}/preview/{iteration:int}", PreviewAsync);
    }

    private static async Task<IResult> PictureAsync(
        string id, string? download, HttpResponse response, ImageLibrary library, StudioStorage storage, CancellationToken cancellationToken)
    {
        if (await library.FindAsync(id, cancellationToken) is not { } image || !storage.Store.Contains(id))
        {
            return Results.NotFound();
        }

        response.Headers.CacheControl = Forever;
        return Results.File(storage.Store.PathOf(id), image.MediaType, download, entityTag: Tag(id), enableRangeProcessing: true);
    }

    private static async Task<IResult> ThumbnailAsync(
        string id, int edge, HttpResponse response, Thumbnails thumbnails, StudioStorage storage, CancellationToken cancellationToken)
    {
        if (!FileStore.IsIdentifier(id) || !Thumbnails.Edges.Contains(edge) || !storage.Store.Contains(id))
        {
            return Results.NotFound();
        }

        string path = await thumbnails.PathAsync(id, edge, cancellationToken);
        response.Headers.CacheControl = Forever;
        return Results.File(path, "image/webp", entityTag: Tag($"{id}-{edge}"));
    }

    private static async Task<IResult> PreviewAsync(Guid session, int iteration, int? edge, HttpResponse response, LiveFeeds feeds, CancellationToken cancellationToken)
    {
        if (edge is { } asked && !PreviewFrame.Edges.Contains(asked))
        {
            return Results.Problem(
                $"There is no preview with a longer edge of {asked} pixels; {string.Join(" and ", PreviewFrame.Edges)} are made. Without edge all of it is sent.",
                statusCode: StatusCodes.Status400BadRequest);
        }

        // Only the newest is kept. Who asks for an older one gets the newest: better a later picture than none.
        if (await feeds.FindAsync(session, cancellationToken) is not { NewestPreview: { } newest })
        {
            // A draft is thrown away with its form while its last picture may still be on the way: nothing to show is no error.
            return Results.NoContent();
        }

        bool isExact = newest.Version.Iteration == iteration;
        response.Headers.CacheControl = isExact ? "private, max-age=3600, immutable" : "no-store";
        string name = string.Create(CultureInfo.InvariantCulture, $"{session:N}-{newest.Version.Iteration}");
        if (edge is { } small && small < Math.Max(newest.Version.Width, newest.Version.Height))
        {
            return Results.Bytes(await Task.Run(() => newest.Small(small), cancellationToken), "image/webp", entityTag: Tag($"{name}-{small}"));
        }

        return Results.Bytes(newest.Jpeg, "image/jpeg", entityTag: Tag(name));
    }

    private static EntityTagHeaderValue Tag(string text) => new($"\"{text}\"");
}
