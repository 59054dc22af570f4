using Microsoft.Extensions.Options;
using StyleTransfer.Core.Messages;

namespace StyleTransfer.Studio.Hosting;

/// <summary>
/// Refuses requests that another site makes in a visitor's browser: a Host that is not ours (DNS rebinding), an Origin that is
/// not ours (cross-site WebSockets and forms). A default Blazor app answers both.
/// </summary>
internal sealed class RequestGate(RequestDelegate next, IOptions<SecurityOptions> options)
{
    private readonly HashSet<string> hosts = new(["localhost", "127.0.0.1", "[::1]", .. options.Value.Hosts], StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        bool isOpen = options.Value.Password is not null && options.Value.Hosts.Length == 0;
        if (!isOpen && !hosts.Contains(request.Host.Host))
        {
            return RefuseAsync(context, StatusCodes.Status400BadRequest, $"The host '{request.Host.Host}' is not this studio's; add it to Security:Hosts if it should be.");
        }

        if (request.Headers.Origin is { Count: > 0 } origin && !IsOwn(origin.ToString(), request))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "This request comes from another site; open the studio itself.");
        }

        if (request.Path.StartsWithSegments(WorkerEnvironment.HubPath) && context.Connection.RemoteIpAddress is { } address && !System.Net.IPAddress.IsLoopback(address))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "Workers connect from this machine only.");
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        // Blazor and MudBlazor set style attributes; Plotly makes styles and blob images; nothing comes from elsewhere.
        headers.ContentSecurityPolicy =
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
        return next(context);
    }

    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context, int status, string reason) =>
        Results.Problem(reason, statusCode: status).ExecuteAsync(context);
}
