using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Styles;

namespace StyleTransfer.Studio.Seeding;

/// <summary>The part of a studio that keeps and finds things, over a data folder; nothing runs in it.</summary>
internal sealed class SeededStudio : IAsyncDisposable
{
    private const int AtOnce = 500;
    private const int Pictures = 64;

    private static readonly string[] places = ["Harbour", "Mountain lake", "Old town", "Orchard", "Lighthouse", "Bridge at dusk", "Garden", "Market"];
    private static readonly string[] manners = ["Night whirl", "Carved sea", "Wheat wind", "River dots", "Gilded fans", "Bamboo ink", "Cut leaves", "Pencil folds"];
    private static readonly string[] tags = ["poster", "for the wall", "test", "gift", "series", "study"];

    private readonly ServiceProvider services;

    private SeededStudio(ServiceProvider services) => this.services = services;

    public IServiceProvider Services => services;

    public static async Task<SeededStudio> OpenAsync(string root, CancellationToken cancellationToken)
    {
        ServiceCollection services = new();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Options.Create(new StorageOptions { Root = root }));
        services.AddSingleton<IHostEnvironment>(new Folder(root));
        services.AddSingleton<StudioStorage>();
        services.AddPooledDbContextFactory<StudioDb>((provider, options) => options
            .UseSqlite($"Data Source={provider.GetRequiredService<StudioStorage>().Database}")
            .AddInterceptors(new SqlitePragmas()));
        services.AddSingleton<ImageLibrary>();
        services.AddSingleton<SessionGallery>();
        services.AddSingleton<StyleGallery>();
        SeededStudio studio = new(services.BuildServiceProvider());
        await using StudioDb database = await studio.DatabaseAsync(cancellationToken);
        await StudioSchema.UpdateAsync(database, cancellationToken);
        return studio;
    }

    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await DatabaseAsync(cancellationToken);
        return await database.Sessions.CountAsync(cancellationToken);
    }

    public async Task AddAsync(int count, IProgress<int> progress, CancellationToken cancellationToken)
    {
        // The same numbers for the same count: figures stay comparable.
        Random random = new(count);
        ImmutableArray<StoredImage> pictures = await DrawAsync(cancellationToken);
        await AddStylesAsync(pictures, count, cancellationToken);
        DateTime end = TimeProvider.System.GetUtcNow().UtcDateTime;
        for (int done = 0; done < count; done += AtOnce)
        {
            await using StudioDb database = await DatabaseAsync(cancellationToken);
            for (int i = done; i < Math.Min(count, done + AtOnce); i++)
            {
                database.Sessions.Add(Invent(random, pictures, end.AddMinutes(i - count)));
            }

            await database.SaveChangesAsync(cancellationToken);
            progress.Report(Math.Min(count, done + AtOnce));
        }
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static Session Invent(Random random, ImmutableArray<StoredImage> pictures, DateTime created)
    {
        int place = random.Next(places.Length);
        int manner = random.Next(manners.Length);
        Preset preset = Presets.All[random.Next(Presets.All.Length)];
        int size = 128 * random.Next(1, 9);
        Recipe recipe = preset.At(size);
        recipe = recipe with
        {
            Content = pictures[place].Id,
            Styles = [new StyleInput { Image = pictures[places.Length + manner].Id }],
            Encoder = recipe.Encoder with { Name = random.Next(4) == 0 ? "vgg19" : "compact" },
            Seed = random.Next(1000),
            Objective = recipe.Objective with { Style = recipe.Objective.Style with { Weight = recipe.Objective.Style.Weight * Math.Round(random.NextDouble() * 3, 2) } },
        };
        SessionState state = random.Next(20) switch { 0 => SessionState.Failed, 1 => SessionState.Cancelled, _ => SessionState.Completed };
        Session session = new()
        {
            Title = $"{places[place]} · {manners[manner]}",
            State = state,
            RecipeJson = RecipeJson.Write(recipe),
            Preset = preset.Name,
            Encoder = recipe.Encoder.Name,
            Size = size,
            ContentImageId = pictures[place].Id,
            StyleImageId = recipe.Styles[0].Image,
            CreatedUtc = created,
            StartedUtc = created,
            EndedUtc = created.AddSeconds(40),
            QueuePosition = created.Ticks,
            Iteration = 120,
            TotalIterations = 120,
            Loss = random.NextDouble(),
            Seconds = 5 + (random.NextDouble() * 100),
            ResultImageId = state == SessionState.Completed ? pictures[random.Next(pictures.Length)].Id : null,
            Error = state == SessionState.Failed ? "Invented, to fill the gallery." : null,
            Rating = random.Next(6),
            IsFavourite = random.Next(10) == 0,
            Tags = string.Join(", ", tags.Where(_ => random.Next(5) == 0)),
        };
        session.SearchText = SessionCatalog.SearchTextOf(session);
        return session;
    }

    private async Task AddStylesAsync(ImmutableArray<StoredImage> pictures, int count, CancellationToken cancellationToken)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await using StudioDb database = await DatabaseAsync(cancellationToken);
        for (int i = 0; i < count; i++)
        {
            Style style = new()
            {
                ImageId = pictures[places.Length + (i % (pictures.Length - places.Length))].Id,
                Title = i < manners.Length ? manners[i] : $"{manners[i % manners.Length]} {i}",
                Artist = "Invented",
                Tags = tags[i % tags.Length],
                CreatedUtc = now.AddSeconds(-i),
            };
            style.SearchText = StyleGallery.SearchTextOf(style);
            database.Styles.Add(style);
            if (i % AtOnce == AtOnce - 1)
            {
                await database.SaveChangesAsync(cancellationToken);
                database.ChangeTracker.Clear();
            }
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    private async Task<ImmutableArray<StoredImage>> DrawAsync(CancellationToken cancellationToken)
    {
        ImageLibrary library = services.GetRequiredService<ImageLibrary>();
        ImmutableArray<StoredImage>.Builder images = ImmutableArray.CreateBuilder<StoredImage>(Pictures);
        for (int i = 0; i < Pictures; i++)
        {
            images.Add(await library.AddAsync(ImageWriter.Write(Waves(360, 270, i), new ImageWriteOptions { Format = ImageFormat.WebP }), cancellationToken));
        }

        return images.MoveToImmutable();
    }

    private static PixelImage Waves(int width, int height, int seed)
    {
        Random random = new(seed);
        double[] turns = [.. Enumerable.Range(0, 9).Select(_ => (random.NextDouble() * 2) - 1)];
        float[] rgb = new float[width * height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            double x = (i / 3 % width) / (double)width;
            double y = (i / 3 / width) / (double)height;
            int c = i % 3;
            rgb[i] = (float)(0.5 + (0.45 * Math.Sin((6 * turns[c]) + (9 * turns[3 + c] * x) + (9 * turns[6 + c] * y) + (4 * Math.Sin(x * y * 12 * turns[c])))));
        }

        return new PixelImage(width, height, rgb);
    }

    private Task<StudioDb> DatabaseAsync(CancellationToken cancellationToken) =>
        services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(cancellationToken);

    private sealed class Folder(string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = Environments.Production;

        public string ApplicationName { get; set; } = "Seeding";

        public string ContentRootPath { get; set; } = root;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
