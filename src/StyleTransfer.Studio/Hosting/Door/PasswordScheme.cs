using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace StyleTransfer.Studio.Hosting.Door;

/// <summary>For scripts and SignalR clients: the password in the header, as <c>Basic</c> (any user name) or <c>Bearer</c>.</summary>
internal sealed class PasswordScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, PasswordCheck passwords)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "password";
    private const string MustWait = "must wait";

    public static ClaimsPrincipal Visitor(string scheme) => new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "visitor")], scheme));

    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Given(Request.Headers.Authorization.ToString()) is not { } password)
        {
            return AuthenticateResult.NoResult();
        }

        DoorAnswer answer = await passwords.TryAsync(password, AddressOf(Context), Context.RequestAborted);
        if (answer == DoorAnswer.TooManyTries)
        {
            Context.Items[MustWait] = true;
        }

        return answer == DoorAnswer.Welcome
            ? AuthenticateResult.Success(new AuthenticationTicket(Visitor(Name), Name))
            : AuthenticateResult.Fail("The password is not right.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => RefuseAsync(Context);

    /// <summary>Says what a script has to send; a page of ours must not make the browser ask with its own dialog.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        if (context.Items.ContainsKey(MustWait))
        {
            return TooManyAsync(context);
        }

        if (!context.Request.Headers.ContainsKey("Sec-Fetch-Mode"))
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"StyleTransfer Studio\", charset=\"UTF-8\"";
        }

        return Results.Problem(
            "This studio asks for its password. Log in at /login, or send it as `Authorization: Bearer …` or Basic with any user name.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }

    private static Task TooManyAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = PasswordCheck.Wait.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Results.Problem(
            $"There were {PasswordCheck.TriesAllowed} wrong passwords from this address; wait a minute, then try again.",
            statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }

    private static string? Given(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out AuthenticationHeaderValue? value) || value.Parameter is not { } parameter)
        {
            return null;
        }

        if (value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return parameter;
        }

        byte[] bytes = new byte[parameter.Length];
        return value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(parameter, bytes, out int length)
            ? Encoding.UTF8.GetString(bytes, 0, length) is var pair && pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? pair[(colon + 1)..] : null
            : null;
    }
}
