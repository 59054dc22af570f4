using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using StyleTransfer.Core.Art;
using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Images;

namespace StyleTransfer.Studio.Styles;

/// <summary>Paints the starter pictures into the galleries at the first start, behind the first page.</summary>
internal sealed partial class StarterSeeding(
    IDbContextFactory<StudioDb> databases,
    ImageLibrary images,
    TimeProvider time,
    StarterProgress progress,
    IOptions<GalleryOptions> options,
    ILogger<StarterSeeding> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.StarterPictures)
        {
            return;
        }

        // A scene and a style first: with them the first session can start.
        IEnumerable<(StarterPicture Picture, bool IsScene)> order = StarterArt.Scenes.Take(1).Select(scene => (scene, true))
            .Concat(StarterArt.Styles.Select(style => (style, false)))
            .Concat(StarterArt.Scenes.Skip(1).Select(scene => (scene, true)));
        try
        {
            // One that was deleted stays deleted: its row is still there.
            HashSet<string?> present = await PresentAsync(stoppingToken);
            (StarterPicture Picture, bool IsScene)[] missing = [.. order.Where(one => !present.Contains(one.Picture.Key))];
            int styles = missing.Count(one => !one.IsScene);
            progress.Report(styles);
            foreach ((StarterPicture picture, bool isScene) in missing)
            {
                await AddAsync(picture, isScene, stoppingToken);
                progress.Report(styles -= isScene ? 0 : 1);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is missing is painted at the next start.
        }
    }

    private async Task<HashSet<string?>> PresentAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Styles.Where(style => style.StarterKey != null).Select(style => style.StarterKey).ToHashSetAsync(cancellationToken);
    }

    private async Task AddAsync(StarterPicture picture, bool isScene, CancellationToken cancellationToken)
    {
        // Whoever opens an empty studio starts a run while most of these are still to be painted, and its speed is measured meanwhile.
        PixelImage painted = await SpareThread.RunAsync(() => picture.Render(cancellationToken), cancellationToken);
        byte[] file = await Task.Run(() => ImageWriter.Write(painted, new ImageWriteOptions { Format = ImageFormat.WebP, Quality = 95 }), cancellationToken);
        StoredImage image = await images.AddAsync(file, cancellationToken);
        Style style = new()
        {
            ImageId = image.Id,
            Title = picture.Title,
            Artist = picture.Artist,
            Source = picture.Description,
            Licence = picture.Licence,
            Tags = string.Join(", ", picture.Tags),
            StarterKey = picture.Key,
            IsScene = isScene,
            CreatedUtc = time.GetUtcNow().UtcDateTime,
        };
        style.SearchText = StyleGallery.SearchTextOf(style);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        database.Styles.Add(style);
        await database.SaveChangesAsync(cancellationToken);
        Painted(log, picture.Key);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Painted the starter picture {Key}")]
    private static partial void Painted(ILogger log, string key);
}

/// <summary>Tells the pages when another starter picture is there.</summary>
public sealed class StarterProgress
{
    public event Action? Changed;

    /// <summary>Styles that are still to be painted.</summary>
    public int Remaining { get; private set; }

    internal void Report(int remaining)
    {
        Remaining = remaining;
        foreach (Action listener in Changed?.GetInvocationList().Cast<Action>() ?? [])
        {
            try
            {
                listener();
            }
            catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
            {
                // A page that has just been left; the others still want to know.
            }
        }
    }
}
