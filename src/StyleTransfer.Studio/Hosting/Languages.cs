using Microsoft.AspNetCore.Localization;

namespace StyleTransfer.Studio.Hosting;

/// <summary>
/// The languages of the studio. Texts are resources beside the component that shows them: <c>SessionPage.razor</c> has
/// <c>SessionPage.resx</c> in English and <c>SessionPage.ko.resx</c> in Korean, read by <c>IStringLocalizer&lt;SessionPage&gt;</c>.
/// </summary>
internal static class Languages
{
    /// <summary>The first is what a browser gets that asks for none of them.</summary>
    public static readonly (string Culture, string Name)[] All = [("en", "English"), ("ko", "한국어")];

    /// <summary>A visitor's choice (a cookie) first, then what the browser asks for.</summary>
    public static void UseLanguages(this WebApplication app)
    {
        string[] cultures = [.. All.Select(language => language.Culture)];
        app.UseRequestLocalization(options => options.AddSupportedCultures(cultures).AddSupportedUICultures(cultures).SetDefaultCulture(cultures[0]));
    }

    public static void MapLanguages(this IEndpointRouteBuilder app) => app.MapGet("/language/{culture}", Choose).AllowAnonymous().ExcludeFromDescription();

    // A circuit keeps the culture that it began with, so the choice is a page load, back to where one was.
    private static IResult Choose(string culture, string? back, HttpContext context)
    {
        if (!All.Any(language => language.Culture == culture))
        {
            return Results.Problem($"The studio does not speak '{culture}'; it speaks {string.Join(" and ", All.Select(language => language.Culture))}.", statusCode: StatusCodes.Status404NotFound);
        }

        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture)),
            new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, IsEssential = true });
        return Results.LocalRedirect(OwnPath(back));
    }

    /// <summary>Where a visitor came from, if that is a path of this studio; the front page otherwise. No link sends anybody to another site.</summary>
    public static string OwnPath(string? back) =>
        back is not null && back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) && !back.StartsWith("/\\", StringComparison.Ordinal) ? back : "/";
}
