using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Core;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Api;

public sealed record NewStyle(string Image, string Title, string? Artist = null, string? Source = null, string? Licence = null, string? Tags = null);

internal static class StylesApi
{
    public const int MostAPage = 200;

    public static void MapStyles(this IEndpointRouteBuilder api)
    {
        RouteGroupBuilder styles = api.MapGroup("/styles").WithTags("Styles");
        styles.MapGet("/", PageAsync).WithSummary("A page of the style gallery, newest first.");
        styles.MapPost("/", AddAsync).WithSummary("Adds an uploaded picture to the gallery.");
        styles.MapDelete("/{id:guid}", async Task<Results<NoContent, NotFound>> (Guid id, StyleGallery gallery, CancellationToken cancellationToken) =>
            await gallery.DeleteAsync(id, cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound());
        styles.MapPost("/{id:guid}/restore", async Task<Results<NoContent, NotFound>> (Guid id, StyleGallery gallery, CancellationToken cancellationToken) =>
            await gallery.RestoreAsync(id, cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound());
    }

    private static async Task<Ok<GalleryPage<StyleCard>>> PageAsync(
        StyleGallery gallery, CancellationToken cancellationToken, string? search = null, int skip = 0, int take = 50) =>
        TypedResults.Ok(await gallery.PageAsync(search, Math.Max(0, skip), Math.Clamp(take, 1, MostAPage), cancellationToken));

    private static async Task<Created<StyleCard>> AddAsync(NewStyle style, StyleGallery gallery, ImageLibrary images, CancellationToken cancellationToken)
    {
        StoredImage image = await images.FindAsync(style.Image, cancellationToken)
            ?? throw new RecipeException($"There is no picture {style.Image}. Upload it first; /api/v1/images answers with its id.");
        Style added = await gallery.AddAsync(image.Id, style.Title, cancellationToken);
        await gallery.EditAsync(added.Id, style.Title, style.Artist ?? "", style.Source ?? "", style.Licence ?? "", style.Tags ?? "", cancellationToken);
        return TypedResults.Created($"/api/v1/styles/{added.Id}", new StyleCard(added.Id, image.Id, added.Title, style.Artist ?? "", TagList.Normalize(style.Tags ?? ""), image.Width, image.Height));
    }
}
