using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace StyleTransfer.Studio.Hosting.Door;

/// <summary>
/// The door, where <c>Security:Password</c> is set: everything asks for the login's cookie or the password in a header, except
/// endpoints marked <c>AllowAnonymous</c> (the login, the health check, the worker's own hub, static files).
/// Interactive pages need the circuit, which is behind the door: a page that is open to all must be static.
/// </summary>
internal static class StudioDoor
{
    private const string Either = "either";
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    public static void AddStudioDoor(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        // With the data, so that a restarted or moved studio knows its visitors and their open forms.
        services.AddDataProtection().SetApplicationName("StyleTransfer.Studio");
        services.AddOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>().Configure<StudioStorage>((options, storage) =>
            options.XmlRepository = new Microsoft.AspNetCore.DataProtection.Repositories.FileSystemXmlRepository(
                new DirectoryInfo(Path.Combine(storage.Root, "keys")), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));
        if (!IsLocked(builder.Configuration))
        {
            return;
        }

        services.AddSingleton<PasswordCheck>();
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey("Authorization") ? PasswordScheme.Name : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, PasswordScheme>(PasswordScheme.Name, null)
            .AddCookie(options =>
            {
                options.Cookie.Name = "studio";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.ExpireTimeSpan = Remembered;
                options.SlidingExpiration = true;
                options.Events.OnRedirectToLogin = context => IsPage(context.Request)
                    ? GoToLoginAsync(context.HttpContext)
                    : PasswordScheme.RefuseAsync(context.HttpContext);
            });
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<IDataProtectionProvider, PasswordCheck>((options, protection, passwords) =>
                options.TicketDataFormat = new TicketDataFormat(protection.CreateProtector("door", passwords.Stamp)));
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    public static void UseStudioDoor(this WebApplication app)
    {
        if (IsLocked(app.Configuration))
        {
            app.UseAuthentication();
            app.UseAuthorization();
        }
    }

    public static void MapStudioDoor(this WebApplication app)
    {
        if (!IsLocked(app.Configuration))
        {
            return;
        }

        app.MapGet("/login", IResult (string? back) => Page(back, null, StatusCodes.Status200OK)).AllowAnonymous().ExcludeFromDescription();
        // The origin was checked at the gate, and there is no session yet that a foreign form could use.
        app.MapPost("/login", EnterAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        app.MapPost("/logout", () => TypedResults.SignOut(new AuthenticationProperties { RedirectUri = "/login" }, [CookieAuthenticationDefaults.AuthenticationScheme]))
            .DisableAntiforgery().ExcludeFromDescription();
    }

    public static bool IsLocked(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["Security:Password"]);

    private static async Task<IResult> EnterAsync([FromForm] string? password, [FromForm] string? back, HttpContext context, PasswordCheck passwords)
    {
        switch (await passwords.TryAsync(password ?? "", PasswordScheme.AddressOf(context), context.RequestAborted))
        {
            case DoorAnswer.Welcome:
                const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
                await context.SignInAsync(Scheme, PasswordScheme.Visitor(Scheme), new AuthenticationProperties { IsPersistent = true });
                return Results.LocalRedirect(Languages.OwnPath(back));
            case DoorAnswer.TooManyTries:
                context.Response.Headers.RetryAfter = PasswordCheck.Wait.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Page(back, "TooMany", StatusCodes.Status429TooManyRequests);
            default:
                return Page(back, "Wrong", StatusCodes.Status401Unauthorized);
        }
    }

    private static RazorComponentResult<LoginPage> Page(string? back, string? problem, int status) =>
        new(new { Back = Languages.OwnPath(back), Problem = problem }) { StatusCode = status };

    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static Task GoToLoginAsync(HttpContext context)
    {
        string back = context.Request.Path + context.Request.QueryString;
        context.Response.Redirect(back == "/" ? "/login" : "/login?back=" + Uri.EscapeDataString(back));
        return Task.CompletedTask;
    }
}
