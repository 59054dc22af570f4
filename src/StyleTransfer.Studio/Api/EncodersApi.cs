using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Studio.Encoders;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Api;

/// <summary>A line of the catalogue.</summary>
/// <param name="Version">Of an encoder that is part of the program; null for a file.</param>
/// <param name="SecondsPerMegapixel">Of one iteration on this device; null where it was not measured yet.</param>
public sealed record EncoderDto(
    string Name,
    string Description,
    bool Installed,
    string? Problem,
    EncoderLayer[] Layers,
    long? Bytes,
    string? Sha256,
    string License,
    string Source,
    int? Version,
    double? SecondsPerMegapixel)
{
    public static EncoderDto Of(EncoderInfo info, double? secondsPerMegapixel) => new(
        info.Name, info.Description, info.Installed, info.Problem, [.. info.Layers], info.Bytes, info.Sha256, info.License, info.Source, info.Version, secondsPerMegapixel);
}

/// <summary>How far the installation is.</summary>
public sealed record InstallationDto(InstallState State, InstallStage? Stage, long Bytes, long? Total, double? SecondsLeft, string? Note, string? Error)
{
    public static InstallationDto Of(InstallStatus status) => new(
        status.State, status.Progress?.Stage, status.Progress?.Bytes ?? 0, status.Progress?.Total, status.Progress?.Remaining?.TotalSeconds, status.Progress?.Note, status.Error);
}

internal static class EncodersApi
{
    public static void MapEncoders(this IEndpointRouteBuilder api)
    {
        RouteGroupBuilder encoders = api.MapGroup("/encoders").WithTags("Encoders");
        encoders.MapGet("/", ListAsync).WithSummary("Every encoder that is known, installed or not.");
        RouteGroupBuilder installation = encoders.MapGroup("/vgg19/installation");
        installation.MapGet("/", (EncoderInstallation install) => InstallationDto.Of(install.Status)).WithSummary("How far the installation of VGG-19 is.");
        installation.MapPost("/", Start).WithSummary("Downloads and installs VGG-19, or goes on where it was interrupted.");
        installation.MapDelete("/", Cancel).WithSummary("Stops the installation; what was received is kept.");
        installation.MapPut("/file", ReceiveAsync).WithSummary("Installs VGG-19 from the request's body: its safetensors file, whole or already reduced.")
            .WithMetadata(new WithoutSizeLimit());
    }

    private static async Task<Ok<List<EncoderDto>>> ListAsync(EncoderCatalog catalog, RunSpeed speed, CancellationToken cancellationToken)
    {
        List<EncoderDto> list = [];
        foreach (EncoderInfo info in catalog.List())
        {
            list.Add(EncoderDto.Of(info, await speed.FindAsync(info.Name, cancellationToken)));
        }

        return TypedResults.Ok(list);
    }

    private static Results<Accepted<InstallationDto>, Conflict<InstallationDto>> Start(EncoderInstallation install) => install.TryStart()
        ? TypedResults.Accepted("/api/v1/encoders/vgg19/installation", InstallationDto.Of(install.Status))
        : TypedResults.Conflict(InstallationDto.Of(install.Status));

    private static Ok<InstallationDto> Cancel(EncoderInstallation install)
    {
        install.Cancel();
        return TypedResults.Ok(InstallationDto.Of(install.Status));
    }

    private static async Task<Results<Ok<InstallationDto>, ProblemHttpResult>> ReceiveAsync(
        HttpRequest request, EncoderInstallation install, CancellationToken cancellationToken, string name = "upload.safetensors")
    {
        InstallStatus end = await install.ReceiveAsync(request.Body, Path.GetFileName(name), request.ContentLength, cancellationToken);
        return end.State == InstallState.Installed
            ? TypedResults.Ok(InstallationDto.Of(end))
            : TypedResults.Problem(end.Error ?? "The installation was cancelled.", statusCode: StatusCodes.Status422UnprocessableEntity);
    }

    // 575 MB are right here; the installer has its own limit.
    private sealed class WithoutSizeLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => null;
    }
}
