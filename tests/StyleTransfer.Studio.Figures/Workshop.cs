using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using StyleTransfer.Core.Art;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Seeding;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures;

/// <summary>What figures are measured with: a Chromium, pictures, recipes, a data folder with many sessions.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    private const int SeededSessions = 10_000;

    private readonly IPlaywright playwright;
    private readonly IBrowser? chromium;
    private readonly string folder = Directory.CreateTempSubdirectory("studio-figures-").FullName;
    private string? seeded;

    private Workshop(IPlaywright playwright, IBrowser? chromium) => (this.playwright, this.chromium) = (playwright, chromium);

    public bool HasBrowser => chromium is not null;

    /// <summary>The content and the style of every run: starter pictures, as files.</summary>
    public (byte[] Content, byte[] Style) Pictures { get; } = (Paint(StarterArt.Scenes[0]), Paint(StarterArt.Styles[1]));

    public static async Task<Workshop> OpenAsync()
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser? chromium = FindChromium() is not { } program
            ? null
            : await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox", "--disable-dev-shm-usage"], Timeout = 120_000 });
        return new Workshop(playwright, chromium);
    }

    /// <summary>The default preset with two scales, the first of which is for warming up: figures look at the second.</summary>
    public static Recipe Recipe(int size, int first, int then)
    {
        Recipe recipe = Presets.Named(Presets.Default).At(size);
        return recipe with { Schedule = recipe.Schedule with { MinSize = (int)(size / 1.5), FirstIterations = first, Iterations = then, Tolerance = 0 } };
    }

    public string File(string name) => Path.Combine(folder, name);

    /// <summary>A fresh profile, as big as a desktop; <see cref="Witness"/> looks on in each of its pages.</summary>
    public async Task<IBrowserContext> BrowseAsync(StudioProcess studio)
    {
        IBrowserContext context = await chromium!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = studio.Address,
            Locale = "en-US",
            ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
        });
        // A busy machine is slow, not broken.
        context.SetDefaultTimeout(300_000);
        await context.AddInitScriptAsync(Witness.Script);
        return context;
    }

    /// <summary>A studio whose worker has made a picture already: what is measured next does not wait for its warming up.</summary>
    public async Task<(StudioProcess Studio, StudioClient Client)> StartWarmAsync(CancellationToken cancellationToken, params string[] settings)
    {
        StudioProcess studio = await StudioProcess.StartAsync(cancellationToken, settings);
        StudioClient client = new(studio);
        await client.BringAsync(Pictures, cancellationToken);
        await client.FinishAsync(await client.RunAsync(Recipe(128, 5, 5), cancellationToken), cancellationToken);
        return (studio, client);
    }

    /// <summary>A data folder with many sessions, made once.</summary>
    public async Task<string> SeededAsync(CancellationToken cancellationToken)
    {
        if (seeded is null)
        {
            string root = File("seeded");
            await using SeededStudio studio = await SeededStudio.OpenAsync(root, cancellationToken);
            await studio.AddAsync(SeededSessions, new Progress<int>(), cancellationToken);
            seeded = root;
        }

        return seeded;
    }

    /// <summary>Until every starter picture hangs in the gallery.</summary>
    public static async Task UntilPaintedAsync(StudioProcess studio, CancellationToken cancellationToken)
    {
        using HttpClient http = new() { BaseAddress = new Uri(studio.Address) };
        while ((await http.GetFromJsonAsync<JsonElement>("/api/v1/styles?take=1", cancellationToken)).GetProperty("total").GetInt32() < StarterArt.Styles.Length)
        {
            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>The command line that was built with the studio.</summary>
    public static async Task RunCommandLineAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string program = Path.Combine(StudioProcess.Repository, "src", "StyleTransfer.Cli", "bin", configuration, "net10.0", "styletransfer.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = StudioProcess.Repository,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        string errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await output;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"styletransfer ended with {process.ExitCode}: {errors.Trim()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null)
        {
            await chromium.DisposeAsync();
        }

        playwright.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static byte[] Paint(StarterPicture picture) => ImageWriter.Write(picture.Render(CancellationToken.None), new ImageWriteOptions { Format = ImageFormat.WebP, Quality = 95 });

    private static string? FindChromium()
    {
        string[] names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
        IEnumerable<string> onPath = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(place => names.Select(name => Path.Combine(place, name)));
        return new[] { "/usr/bin/chromium" }.Concat(onPath).FirstOrDefault(System.IO.File.Exists);
    }
}
