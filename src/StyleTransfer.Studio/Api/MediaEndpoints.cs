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
    private static readonly int[] SmallPreviews = [256, 512];

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
        // Only the newest is kept. Who asks for an older one gets the newest, uncached: better a later picture than none.
        if (await feeds.FindAsync(session, cancellationToken) is not { NewestPreview: { } newest })
        {
            // A draft is thrown away with its form while its last picture may still be on the way: nothing to show is no error.
            return Results.NoContent();
        }

        bool isExact = newest.Version.Iteration == iteration;
        response.Headers.CacheControl = isExact ? "private, max-age=3600, immutable" : "no-store";
        if (edge is { } small && SmallPreviews.Contains(small))
        {
            // For a slow line: a preview in two seconds that is small, rather than a large one in five.
            byte[] shrunk = await Task.Run(() => Thumbnails.Shrink(newest.Jpeg, small), cancellationToken);
            return Results.Bytes(shrunk, "image/webp", entityTag: Tag(string.Create(CultureInfo.InvariantCulture, $"{session:N}-{newest.Version.Iteration}-{small}")));
        }

        return Results.Bytes(newest.Jpeg, "image/jpeg", entityTag: Tag(string.Create(CultureInfo.InvariantCulture, $"{session:N}-{newest.Version.Iteration}")));
    }

    private static EntityTagHeaderValue Tag(string text) => new($"\"{text}\"");
}
