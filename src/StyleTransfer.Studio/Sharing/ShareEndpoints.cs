using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Studio.Api;
using StyleTransfer.Studio.Components.Shared;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sharing;

/// <summary>
/// What visitors see under <c>/s/{token}</c>: static pages and files, no login, no circuit. Every request asks the database whether
/// the link still holds, and nothing may be cached, so that a revoked link takes all its addresses with it at once. Whatever is
/// not there (unknown, expired, revoked, not chosen, no password given) answers alike.
/// </summary>
internal static class ShareEndpoints
{
    public const string Prefix = "/s";
    private const string Cookie = "share";
    private static readonly TimeSpan Unlocked = TimeSpan.FromHours(12);

    public static void MapShares(this IEndpointRouteBuilder app)
    {
        // Whoever knows the token comes in, also where the studio itself has a password.
        RouteGroupBuilder shares = app.MapGroup(Prefix).ExcludeFromDescription().AllowAnonymous().AddEndpointFilter(Guard);
        shares.MapGet("/{token}", PageAsync);
        // The origin was checked at the gate.
        shares.MapPost("/{token}", UnlockAsync).DisableAntiforgery();
        shares.MapGet("/{token}/preview.jpg", PreviewAsync);
        shares.MapGet("/{token}/all.zip", FolderAsync);
        shares.MapGet("/{token}/{number:int}/{name}", AssetAsync);
        shares.MapFallback("/{**rest}", IResult () => Gone());
    }

    /// <summary>A link's address below the studio's own.</summary>
    public static string PathOf(string token) => $"{Prefix}/{token}";

    private static ValueTask<object?> Guard(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        IHeaderDictionary headers = context.HttpContext.Response.Headers;
        headers.CacheControl = "private, no-store";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers.ContentSecurityPolicy =
            "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        return next(context);
    }

    private static async Task<IResult> PageAsync(string token, HttpContext context, Shares shares, SharedWorks works, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await shares.OpenAsync(token, cancellationToken) is not { } share)
        {
            return Gone();
        }

        if (!IsUnlocked(share, context, time))
        {
            return Locked(null, StatusCodes.Status401Unauthorized);
        }

        await shares.CountViewAsync(share.Id, cancellationToken);
        string path = PathOf(token);
        string origin = $"{context.Request.Scheme}://{context.Request.Host}";
        return new RazorComponentResult<SharePage>(new
        {
            Work = await works.OfShareAsync(share, cancellationToken),
            Address = (Func<SharedAsset, string?>)(asset => $"{path}/{asset.Path}"),
            FolderUrl = share.Parts.HasFlag(ShareParts.Download) ? $"{path}/all.zip" : null,
            // Behind a password even the picture and the title are for those who know it.
            PreviewUrl = share.PasswordHash is null ? $"{origin}{path}/preview.jpg" : null,
            PageUrl = $"{origin}{path}",
        });
    }

    private static async Task<IResult> UnlockAsync(
        string token, HttpContext context, Shares shares, ShareAttempts attempts, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await shares.OpenAsync(token, cancellationToken) is not { } share)
        {
            return Gone();
        }

        if (share.PasswordHash is not { } hash)
        {
            return Results.Redirect(PathOf(token));
        }

        string password = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(cancellationToken))["password"].ToString() : "";
        switch (await attempts.TryAsync(share.Id, context.Connection.RemoteIpAddress, password, hash, cancellationToken))
        {
            case true:
                DateTimeOffset until = time.GetUtcNow() + Unlocked;
                context.Response.Cookies.Append(Cookie, SharePassword.Ticket(share.Id, hash, until), new CookieOptions
                {
                    Path = PathOf(token),
                    HttpOnly = true,
                    Secure = context.Request.IsHttps,
                    SameSite = SameSiteMode.Lax,
                    IsEssential = true,
                    MaxAge = Unlocked,
                });
                context.Response.Headers.Location = PathOf(token);
                return Results.StatusCode(StatusCodes.Status303SeeOther);
            case false:
                return Locked(LockedReason.Wrong, StatusCodes.Status401Unauthorized);
            default:
                context.Response.Headers.RetryAfter = ((int)ShareAttempts.Window.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Locked(LockedReason.TooMany, StatusCodes.Status429TooManyRequests);
        }
    }

    private static async Task<IResult> AssetAsync(
        string token, int number, string name, HttpContext context, Shares shares, SharedWorks works, SharedAssets assets, TimeProvider time, CancellationToken cancellationToken)
    {
        Share? share = await shares.OpenAsync(token, cancellationToken);
        if (share is null || !IsUnlocked(share, context, time)
            || SharedAsset.Parse(number, name) is not { } asset
            || await works.SessionAsync(share.Id, number, cancellationToken) is not { } session
            || await assets.ReadAsync(session, share.Parts, asset, cancellationToken) is not { } file)
        {
            return Gone();
        }

        return Results.Bytes(file, asset.MediaType, asset.Kind is AssetKind.Full or AssetKind.Recipe ? $"{number}-{name}" : null);
    }

    private static async Task<IResult> PreviewAsync(
        string token, Shares shares, SharedWorks works, SharedAssets assets, CancellationToken cancellationToken)
    {
        if (await shares.OpenAsync(token, cancellationToken) is not { PasswordHash: null } share)
        {
            return Gone();
        }

        List<Session> sessions = [];
        for (int number = 1; number <= LinkPreview.MostPictures; number++)
        {
            if (await works.SessionAsync(share.Id, number, cancellationToken) is { } session)
            {
                sessions.Add(session);
            }
        }

        return await assets.PreviewAsync(sessions, cancellationToken) is { } file ? Results.Bytes(file, "image/jpeg") : Gone();
    }

    private static async Task<IResult> FolderAsync(
        string token, HttpContext context, Shares shares, PageExport export, TimeProvider time, CancellationToken cancellationToken)
    {
        Share? share = await shares.OpenAsync(token, cancellationToken);
        if (share is null || !IsUnlocked(share, context, time) || !share.Parts.HasFlag(ShareParts.Download))
        {
            return Gone();
        }

        PageFolder folder = await export.FolderAsync(share, async () => await shares.OpenAsync(token, cancellationToken) is not null, cancellationToken);
        return ZipAnswer.Of(context, "shared.zip", folder.WriteAsync);
    }

    private static bool IsUnlocked(Share share, HttpContext context, TimeProvider time) =>
        share.PasswordHash is not { } hash || SharePassword.IsValid(context.Request.Cookies[Cookie], share.Id, hash, time.GetUtcNow());

    private static RazorComponentResult<ShareGone> Gone() => new() { StatusCode = StatusCodes.Status404NotFound };

    private static RazorComponentResult<ShareLocked> Locked(LockedReason? reason, int status) =>
        new(new { Reason = reason }) { StatusCode = status };
}

/// <summary>Why the password page is shown again.</summary>
public enum LockedReason { Wrong, TooMany }
