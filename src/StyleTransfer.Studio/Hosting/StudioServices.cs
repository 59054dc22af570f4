using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MudBlazor.Services;
using StyleTransfer.Studio.Api;
using StyleTransfer.Studio.Comparing;
using StyleTransfer.Studio.Components.Layout;
using StyleTransfer.Studio.Components.Run;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Encoders;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Lab;
using StyleTransfer.Studio.Live;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Sharing;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Hosting;

/// <summary>What the studio is made of.</summary>
internal static class StudioServices
{
    // A 1,024-pixel preview is some 200 kB; the worker is ours and on this machine.
    private const long LargestWorkerMessage = 8 * 1024 * 1024;

    // A browser reads the answer only once it has sent everything: uploads that are too large are taken in up to this many times
    // the limit, thrown away, and answered with the reason. Beyond it the connection ends.
    private const long LargestRefusedInWords = 8;

    // Scripts, styles and numbers: two megabytes at the first visit, a third of that squeezed. Not the pages, which hold a secret beside
    // what the address says (BREACH), and not the pictures, which are squeezed already.
    private static readonly string[] Squeezed = ["text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"];

    // The API and the hub say "running", not 1.
    private static readonly JsonStringEnumConverter EnumsAsWords = new(JsonNamingPolicy.CamelCase);

    public static void AddStudioOptions(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddOptions<StorageOptions>().BindConfiguration("Storage").ValidateOnStart();
        services.AddOptions<GalleryOptions>().BindConfiguration("Gallery");
        services.AddOptions<SecurityOptions>().BindConfiguration("Security").ValidateOnStart();
        services.AddOptions<WorkerOptions>().BindConfiguration("Worker").ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, OptionsValidation>();
        services.AddSingleton<IValidateOptions<SecurityOptions>, OptionsValidation>();
        services.AddSingleton<IValidateOptions<WorkerOptions>, OptionsValidation>();
        services.AddSingleton(TimeProvider.System);
        builder.LimitToLoopback();
    }

    public static void AddStudioData(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton<StudioStorage>();
        services.AddPooledDbContextFactory<StudioDb>((provider, options) => options
            .UseSqlite($"Data Source={provider.GetRequiredService<StudioStorage>().Database}")
            .AddInterceptors(new SqlitePragmas()));
        services.AddSingleton<ImageLibrary>();
        services.AddSingleton<Thumbnails>();
        services.AddSingleton<StyleGallery>();
        services.AddSingleton<StarterProgress>();
        services.AddHostedService<StarterSeeding>();
        services.AddHostedService<OlderCopies>();
    }

    public static void AddStudioSessions(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddStudioEncoders();
        services.AddSingleton<LiveFeeds>();
        services.AddSingleton<QueueSignal>();
        services.AddSingleton<RunSpeed>();
        services.AddSingleton<CheckpointShelf>();
        services.AddSingleton<RunRecords>();
        services.AddSingleton<Drafts>();
        services.AddSingleton<RunDesks>();
        services.AddSingleton<SessionCatalog>();
        services.AddSingleton<SessionGallery>();
        services.AddSingleton<SessionSelection>();
        services.AddSingleton<SessionArchive>();
        services.AddSingleton<RecipeOpening>();
        services.AddSingleton(provider => new SessionQueue(
            provider.GetRequiredService<IDbContextFactory<StudioDb>>(),
            provider.GetRequiredService<RunDesks>(),
            provider.GetRequiredService<Drafts>(),
            provider.GetRequiredService<SessionCatalog>(),
            provider.GetRequiredService<LiveFeeds>(),
            provider.GetRequiredService<QueueSignal>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CellPlanner>();
        services.AddSingleton<ContentPictures>();
        services.AddSingleton<ExperimentCatalog>();
        services.AddSingleton<ExperimentGrowth>();
        services.AddSingleton<ExperimentExport>();
        services.AddSingleton<Comparisons>();
        services.AddSingleton<BlindVotes>();
        services.AddSingleton(provider => new SessionForks(
            provider.GetRequiredService<IDbContextFactory<StudioDb>>(),
            provider.GetRequiredService<SessionCatalog>(),
            provider.GetRequiredService<CheckpointShelf>(),
            provider.GetRequiredService<QueueSignal>()));
        services.AddSingleton<SessionFamily>();
        services.AddSingleton<RunForecast>();
        services.AddHostedService<QueueRunner>();
        services.AddSignalR().AddMessagePackProtocol()
            .AddJsonProtocol(options => options.PayloadSerializerOptions.Converters.Add(EnumsAsWords))
            .AddHubOptions<WorkerHub>(options => options.MaximumReceiveMessageSize = LargestWorkerMessage);
    }

    public static void AddStudioSharing(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton<Shares>();
        services.AddSingleton<ShareAttempts>();
        services.AddSingleton<PublicRecipes>();
        services.AddSingleton<SharedWorks>();
        services.AddSingleton<SharedAssets>();
        services.AddSingleton<PageExport>();
        services.AddSingleton<RecipePackage>();
        services.AddSingleton<Timelapses>();
        services.AddSingleton<PaperLab>();
        services.AddScoped<FreshLinks>();
        services.AddScoped<SharedDeletion>();
    }

    public static void AddStudioWeb(this WebApplicationBuilder builder)
    {
        // MudBlazor's and Plotly's files: by itself this is on in the environment Development only. Published files need it not.
        builder.WebHost.UseStaticWebAssets();
        IServiceCollection services = builder.Services;
        services.AddRazorComponents().AddInteractiveServerComponents(options =>
        {
            // A laptop that slept over lunch finds its page as it left it.
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromHours(1);
            options.DisconnectedCircuitMaxRetained = 50;
        });
        services.AddScoped<Shortcuts>();
        services.AddScoped<DroppedPictures>();
        services.AddLocalization();
        services.AddSingleton<RecipeWords>();
        services.AddMudServices();
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = Squeezed;
        });
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemMapping>();
        // A body that cannot be read is answered with the reason, in development and in production.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<StorageOptions>>((kestrel, storage) =>
            kestrel.Limits.MaxRequestBodySize = Math.Max(LargestRefusedInWords * storage.Value.MaxUploadBytes, kestrel.Limits.MaxRequestBodySize ?? 0));
        services.AddOpenApi();
        services.AddHealthChecks().AddDbContextCheck<StudioDb>();
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(EnumsAsWords));
    }

    // Without a password nobody else's machine may reach the studio, whatever --urls says.
    private static void LimitToLoopback(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["Urls"]))
        {
            builder.WebHost.UseUrls("http://localhost:5080");
        }

        foreach (string url in (builder.Configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            BindingAddress address = Parsed(url);
            bool isLoopback = address.Host is "localhost" or "127.0.0.1" or "[::1]";
            if (!isLoopback && string.IsNullOrEmpty(builder.Configuration["Security:Password"]))
            {
                throw new StudioStartException(
                    $"Urls is {url}, which other machines can reach, but Security:Password is not set. Set a password, or listen on http://localhost:{address.Port}.");
            }
        }
    }

    private static BindingAddress Parsed(string url)
    {
        BindingAddress? address = null;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            // Told below.
        }

        bool isAddress = address is { Scheme: "http" or "https" } && (address.Host.StartsWith('[') || !address.Host.Contains(':', StringComparison.Ordinal));
        return isAddress ? address! : throw new StudioStartException($"Urls has '{url}', which is no address to listen on; allowed are such as http://localhost:5080, several with ; between them.");
    }
}
