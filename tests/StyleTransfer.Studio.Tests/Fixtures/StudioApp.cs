using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Studio.Tests;

[assembly: AssemblyFixture(typeof(StudioApp))]

namespace StyleTransfer.Studio.Tests;

/// <summary>
/// The real studio inside the test process: Kestrel on a free loopback port, SQLite and the store in a temporary folder, a real
/// worker process. No starter pictures (they cost seconds); <c>Gallery:StarterPictures=true</c> brings them.
/// <code>
/// // One studio serves all test classes: others' sessions and styles are there too, so look only at your own.
/// public sealed class ForkTests(StudioApp studio)
/// {
///     [Fact]
///     public async Task Fork_Frame_StartsFromIt()
///     {
///         StudioClient client = studio.Client;                                  // HTTP and the live hub, as any script
///         Guid id = await client.RunAsync(size: 96, iterations: 3);             // skips the test where there is no encoder
///         await client.WaitForAsync(id, "completed");
///         SessionCatalog catalog = studio.Services.GetRequiredService&lt;SessionCatalog&gt;();
///     }
/// }
/// // A test that needs settings, or quiet, of its own:
/// await using StudioApp own = await StudioApp.StartAsync(("Security:Password", "correct horse"));
/// </code>
/// </summary>
public sealed class StudioApp : WebApplicationFactory<Program>, IAsyncLifetime
{
    private readonly (string Key, string Value)[] settings;

    public StudioApp()
        : this([])
    {
    }

    private StudioApp((string Key, string Value)[] settings)
    {
        this.settings = settings;
        UseKestrel(0);
    }

    public string DataRoot { get; } = Directory.CreateTempSubdirectory("studio-").FullName;

    public StudioClient Client { get; private set; } = null!;

    public static async Task<StudioApp> StartAsync(params (string Key, string Value)[] settings)
    {
        StudioApp app = new(settings);
        try
        {
            await app.InitializeAsync();
            return app;
        }
        catch
        {
            // What is refused has made a folder all the same.
            Directory.Delete(app.DataRoot, recursive: true);
            throw;
        }
    }

    /// <summary>Skips the test, in words, where no encoder is installed or embedded.</summary>
    public static void RequireEncoder()
    {
        try
        {
            new EncoderCatalog(EncoderOptions.Load()).Resolve(EncoderCatalog.Auto);
        }
        catch (EncoderException e)
        {
            Assert.Skip(e.Message);
        }
    }

    public async ValueTask InitializeAsync()
    {
        await StyleTransfer.Tests.Turn.ComesAsync();
        StartServer();
        Client = new StudioClient(new Uri(ClientOptions.BaseAddress.GetLeftPart(UriPartial.Authority)));
    }

    public override async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await base.DisposeAsync();
        Directory.Delete(DataRoot, recursive: true);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSolutionRelativeContentRoot("");
        // As it runs for people; the factory's own choice is Development.
        builder.UseEnvironment("Production");
        builder.UseSetting("Urls", "http://127.0.0.1:0");
        builder.UseSetting("Storage:Root", DataRoot);
        builder.UseSetting("Gallery:StarterPictures", "false");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        foreach ((string key, string value) in settings)
        {
            builder.UseSetting(key, value);
        }
    }
}
