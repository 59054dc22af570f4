using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sharing;

namespace StyleTransfer.Studio.Api;

/// <summary>A link to be made. Null takes what is usual: 30 days, inputs, progress and download, no recipe, no titles.</summary>
public sealed record ShareRequest(
    Guid[]? Sessions = null,
    ShareKind? Kind = null,
    string? Title = null,
    string? Note = null,
    double? Days = null,
    string? Password = null,
    bool? Inputs = null,
    bool? Progress = null,
    bool? Recipe = null,
    bool? Download = null,
    bool? Titles = null,
    Guid? Experiment = null)
{
    public NewShare Read()
    {
        Guid[] sessions = Sessions ?? [];
        ShareParts parts = ShareParts.None;
        foreach ((bool? wish, ShareParts part) in new[]
        {
            (Inputs, ShareParts.Inputs), (Progress, ShareParts.Progress), (Recipe, ShareParts.Recipe), (Download, ShareParts.Download), (Titles, ShareParts.Titles),
        })
        {
            parts |= wish ?? Shares.UsualParts.HasFlag(part) ? part : ShareParts.None;
        }

        return new NewShare
        {
            Kind = Kind ?? (sessions.Length == 1 ? ShareKind.Session : ShareKind.Selection),
            Sessions = sessions,
            Title = Title,
            Note = Note,
            Lifetime = Days is { } days && double.IsFinite(days) ? TimeSpan.FromDays(Math.Clamp(days, -1, 100_000)) : Shares.UsualLifetime,
            Password = Password,
            Parts = parts,
            ExperimentId = Experiment,
        };
    }
}

/// <summary>A link as the API shows it.</summary>
/// <param name="Url">Only where the link was just made: nobody can read it again later.</param>
public sealed record ShareDto(
    Guid Id, ShareKind Kind, string Title, string Note, bool HasPassword, bool Inputs, bool Progress, bool Recipe, bool Download, bool Titles, int Sessions,
    DateTime Created, DateTime Expires, DateTime? Revoked, int Views, DateTime? LastView, string? Url)
{
    public static ShareDto Of(ShareLine s, string? url = null) => new(
        s.Id, s.Kind, s.Title, s.Note, s.HasPassword,
        s.Parts.HasFlag(ShareParts.Inputs), s.Parts.HasFlag(ShareParts.Progress), s.Parts.HasFlag(ShareParts.Recipe), s.Parts.HasFlag(ShareParts.Download), s.Parts.HasFlag(ShareParts.Titles),
        s.Sessions, s.CreatedUtc, s.ExpiresUtc, s.RevokedUtc, s.Views, s.LastViewUtc, url);
}

/// <summary>A link's address; it is shown this once.</summary>
public sealed record ShareUrl(string Url);

/// <summary>How many links were revoked.</summary>
public sealed record RevokedLinks(int Revoked);

internal static class SharesApi
{
    public static void MapSharesApi(this IEndpointRouteBuilder api)
    {
        RouteGroupBuilder shares = api.MapGroup("/shares").WithTags("Shares");
        shares.MapPost("/", CreateAsync).WithSummary("Makes a public link; its address is in the answer and nowhere else.");
        shares.MapGet("/", async (Shares all, CancellationToken cancellationToken) =>
            TypedResults.Ok((await all.ListAsync(cancellationToken)).Select(line => ShareDto.Of(line)))).WithSummary("Every link, newest first.");
        shares.MapDelete("/{id:guid}", async Task<Results<NoContent, NotFound>> (Guid id, Shares all, CancellationToken cancellationToken) =>
            await all.RevokeAsync(id, cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound()).WithSummary("Revokes a link; it cannot be taken back.");
        shares.MapDelete("/", async (Shares all, CancellationToken cancellationToken) =>
            TypedResults.Ok(new RevokedLinks(await all.RevokeAllAsync(cancellationToken)))).WithSummary("Revokes every link.");
        shares.MapPost("/{id:guid}/renew", async Task<Results<Ok<ShareUrl>, NotFound>> (Guid id, Shares all, HttpRequest request, CancellationToken cancellationToken) =>
            await all.RenewAsync(id, cancellationToken) is { } token ? TypedResults.Ok(new ShareUrl(UrlOf(request, token))) : TypedResults.NotFound())
            .WithSummary("A new address in the old one's place; the old one is gone.");
        shares.MapGet("/{id:guid}/export", ExportAsync).WithSummary("The shared page as a folder (as=zip) or one file (as=html).");
    }

    private static async Task<Created<ShareDto>> CreateAsync(ShareRequest wanted, Shares shares, HttpRequest request, CancellationToken cancellationToken)
    {
        MadeShare made = await shares.CreateAsync(wanted.Read(), cancellationToken);
        Share s = made.Share;
        ShareLine line = new(
            s.Id, s.Kind, s.Title, s.Note, s.Parts, s.PasswordHash is not null, s.Sessions.Count, s.CreatedUtc, s.ExpiresUtc, s.RevokedUtc, s.Views, s.LastViewUtc);
        return TypedResults.Created($"/api/v1/shares/{s.Id}", ShareDto.Of(line, UrlOf(request, made.Token)));
    }

    private static async Task<IResult> ExportAsync(Guid id, string? @as, HttpContext context, Shares shares, PageExport export, CancellationToken cancellationToken)
    {
        if (await shares.FindAsync(id, cancellationToken) is not { } share)
        {
            return Results.NotFound();
        }

        if (ExportsApi.IsPage(@as))
        {
            return Results.Bytes(await export.FileAsync(share, cancellationToken), "text/html", ExportsApi.FileName(share.Title, "html"));
        }

        // The owner's own, also of a link that holds no more.
        PageFolder folder = await export.FolderAsync(share, () => Task.FromResult(true), cancellationToken);
        return ZipAnswer.Of(context, ExportsApi.FileName(share.Title, "zip"), folder.WriteAsync);
    }

    private static string UrlOf(HttpRequest request, string token) => $"{request.Scheme}://{request.Host}{ShareEndpoints.PathOf(token)}";
}
