using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using StyleTransfer.Core;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Images;

namespace StyleTransfer.Studio.Api;

/// <summary>A picture as the API shows it.</summary>
public sealed record ImageDto(string Id, int Width, int Height, string MediaType, string Url)
{
    public static ImageDto Of(StoredImage image) => new(image.Id, image.Width, image.Height, image.MediaType, $"/media/{image.Id}");
}

internal static class ImagesApi
{
    // Boundaries and headers of the form around the picture.
    private const int FormOverhead = 64 * 1024;

    public static void MapImages(this IEndpointRouteBuilder api)
    {
        RouteGroupBuilder images = api.MapGroup("/images").WithTags("Images");
        // The origin was checked at the gate; a script has no antiforgery cookie.
        images.MapPost("/", AddAsync).DisableAntiforgery().WithSummary("Uploads a picture (multipart, field `file`); with mask=true one that is never offered as a content.");
        images.MapGet("/{id}", FindAsync).WithSummary("A picture's size and address.");
    }

    private static async Task<Results<Created<ImageDto>, ProblemHttpResult>> AddAsync(
        HttpRequest request, ImageLibrary library, IOptions<StorageOptions> options, CancellationToken cancellationToken, bool mask = false)
    {
        if (!request.HasFormContentType)
        {
            return TypedResults.Problem("Send the picture as multipart/form-data in a field named file.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        if (request.ContentLength - FormOverhead > options.Value.MaxUploadBytes)
        {
            // Not kept, not even on disk, but read: a browser that is cut off shows no reason.
            await request.Body.CopyToAsync(Stream.Null, cancellationToken);
            CheckSize(request.ContentLength!.Value, options.Value);
        }

        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            return TypedResults.Problem($"The form is damaged or cut off: {e.Message} Send the picture again.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (form.Files.GetFile("file") is not { } file)
        {
            return TypedResults.Problem("The form has no field named file; send the picture in it.", statusCode: StatusCodes.Status400BadRequest);
        }

        CheckSize(file.Length, options.Value);
        using MemoryStream bytes = new((int)file.Length);
        await file.CopyToAsync(bytes, cancellationToken);
        ImageDto image = ImageDto.Of(mask
            ? await library.AddAsync(bytes.ToArray(), cancellationToken)
            : await library.BringAsync(bytes.ToArray(), Path.GetFileNameWithoutExtension(file.FileName), cancellationToken));
        return TypedResults.Created($"/api/v1/images/{image.Id}", image);
    }

    private static void CheckSize(long bytes, StorageOptions options)
    {
        if (bytes > options.MaxUploadBytes)
        {
            throw new ImageException(string.Create(
                CultureInfo.InvariantCulture,
                $"The file has {bytes / 1048576.0:0.0} MB; at most {options.MaxUploadBytes / 1048576.0:0.#} MB are taken. Save it smaller, or as JPEG."));
        }
    }

    private static async Task<Results<Ok<ImageDto>, NotFound>> FindAsync(string id, ImageLibrary library, CancellationToken cancellationToken) =>
        await library.FindAsync(id, cancellationToken) is { } image ? TypedResults.Ok(ImageDto.Of(image)) : TypedResults.NotFound();
}
