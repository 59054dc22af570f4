using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Api;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting.Door;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Sharing;

namespace StyleTransfer.Studio.Hosting;

/// <summary>What happens to a request, in order.</summary>
internal static class StudioPipeline
{
    private static readonly string[] ScriptPaths = ["/api", "/media", "/hubs", "/internal", "/openapi", "/_blazor"];

    /// <summary>A studio without its stylesheet would come up bare and silent; better not at all.</summary>
    public static void RequireWebRoot(this WebApplication app)
    {
        if (!File.Exists(Path.Combine(app.Environment.WebRootPath ?? "", "css", "app.css")))
        {
            throw new StudioStartException(
                $"There is no wwwroot/css/app.css under {app.Environment.ContentRootPath}. Start the studio with `dotnet run --project`, or from its published folder.");
        }
    }

    public static async Task MigrateAsync(this WebApplication app)
    {
        await using StudioDb database = await app.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync();
        await StudioSchema.UpdateAsync(database, app.Lifetime.ApplicationStopping);
    }

    public static void UseStudioGate(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseMiddleware<RequestGate>();
        // A script reads problem details, a person a page.
        app.UseWhen(context => IsForScripts(context.Request.Path), scripts => scripts.UseStatusCodePages());
        app.UseWhen(context => !IsForScripts(context.Request.Path), pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
        app.UseResponseCompression();
        // Routing comes after the static files, which are open to all and need no endpoint.
        app.UseStaticFiles();
        app.UseRouting();
        app.UseLanguages();
        app.UseStudioDoor();
        app.UseAntiforgery();
    }

    private static bool IsForScripts(PathString path) =>
        ScriptPaths.Any(start => path.StartsWithSegments(start));

    public static void MapStudioApi(this WebApplication app)
    {
        RouteGroupBuilder api = app.MapGroup("/api/v1");
        api.MapImages();
        api.MapStyles();
        api.MapSessions();
        api.MapExperiments();
        api.MapComparisons();
        api.MapSharesApi();
        api.MapExports();
        api.MapSessionExport();
        api.MapEncoders();
        app.MapMedia();
        app.MapShares();
        app.MapLanguages();
        app.MapStudioDoor();
        app.MapHub<WorkerHub>(WorkerEnvironment.HubPath).AllowAnonymous();
        app.MapHub<SessionsHub>("/hubs/sessions");
        app.MapOpenApi("/openapi/v1.json");
        app.MapHealthChecks("/healthz").AllowAnonymous();
    }

    public static void MapStudioPages<TApp>(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<TApp>().AddInteractiveServerRenderMode();
    }
}
