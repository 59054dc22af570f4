using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Api;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Hosting;

/// <summary>What happens to a request, in order.</summary>
internal static class StudioPipeline
{
    /// <summary>A studio without its stylesheet would come up bare and silent; better not at all.</summary>
    public static void RequireWebRoot(this WebApplication app)
    {
        if (!File.Exists(Path.Combine(app.Environment.WebRootPath ?? "", "css", "app.css")))
        {
            throw new InvalidOperationException(
                $"There is no wwwroot/css/app.css under {app.Environment.ContentRootPath}. Start the studio with `dotnet run --project`, or from its published folder.");
        }
    }

    public static async Task MigrateAsync(this WebApplication app)
    {
        await using StudioDb database = await app.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync();
        await database.Database.MigrateAsync();
        await database.Database.ExecuteSqlRawAsync(ParameterTriggers.Statements);
    }

    public static void UseStudioGate(this WebApplication app)
    {
        // Since .NET 10 an exception that was answered is not logged; one that nobody foresaw must be.
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = context => context.Exception is StyleTransferException or BadHttpRequestException });
        app.UseMiddleware<RequestGate>();
        app.UseStatusCodePages();
        app.UseStaticFiles();
        app.UseLanguages();
        app.UseAntiforgery();
    }

    public static void MapStudioApi(this WebApplication app)
    {
        RouteGroupBuilder api = app.MapGroup("/api/v1");
        api.MapImages();
        api.MapStyles();
        api.MapSessions();
        api.MapExperiments();
        api.MapComparisons();
        api.MapSessionExport();
        app.MapMedia();
        app.MapLanguages();
        app.MapHub<WorkerHub>(WorkerEnvironment.HubPath);
        app.MapHub<SessionsHub>("/hubs/sessions");
        app.MapOpenApi("/openapi/v1.json");
        app.MapHealthChecks("/healthz");
    }

    public static void MapStudioPages<TApp>(this WebApplication app)
    {
        app.MapStaticAssets();
        app.MapRazorComponents<TApp>().AddInteractiveServerRenderMode();
    }
}
