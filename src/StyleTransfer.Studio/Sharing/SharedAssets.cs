using System.Text;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Storage;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sharing;

/// <summary>
/// The files of what is shared. Every picture is encoded anew, so that nothing of the original file, its EXIF or its name, goes along;
/// what the owner did not choose is as if it were not there.
/// </summary>
public sealed class SharedAssets(StudioStorage storage, Thumbnails thumbnails, LiveFeeds feeds, PublicRecipes recipes, IDbContextFactory<StudioDb> databases) : IDisposable
{
    // Encoding a large picture takes a core for a second: one at a time, however many ask.
    private readonly SemaphoreSlim encoders = new(1);

    /// <summary>The file's bytes; null where there is no such file, or the owner did not choose it.</summary>
    public async Task<byte[]?> ReadAsync(Session session, ShareParts parts, SharedAsset asset, CancellationToken cancellationToken)
    {
        switch (asset.Kind)
        {
            case AssetKind.Picture:
                return session.ResultImageId is null && await feeds.FindAsync(session.Id, cancellationToken) is { NewestPreview: { } newest }
                    ? await EncodeAsync(() => ImageWriter.Thumbnail(ImageReader.Read(newest.Jpeg, ImageLimits.None, asset.Edge), asset.Edge), cancellationToken)
                    : await SmallAsync(session.ResultImageId ?? session.FrameImageId, asset.Edge, cancellationToken);
            case AssetKind.Content when parts.HasFlag(ShareParts.Inputs):
                return await SmallAsync(RecipeOf(session).Content, asset.Edge, cancellationToken);
            case AssetKind.Style when parts.HasFlag(ShareParts.Inputs):
                return await SmallAsync(RecipeOf(session).Styles.ElementAtOrDefault(asset.Index - 1)?.Image, asset.Edge, cancellationToken);
            case AssetKind.Start when parts.HasFlag(ShareParts.Inputs):
                return await SmallAsync(SharedWorks.StartOf(RecipeOf(session)), asset.Edge, cancellationToken);
            case AssetKind.Frame when parts.HasFlag(ShareParts.Progress):
                return await SmallAsync(await FrameAsync(session.Id, asset.Index, cancellationToken), asset.Edge, cancellationToken);
            case AssetKind.Full when parts.HasFlag(ShareParts.Download):
                return session.ResultImageId is { } result ? await FullAsync(session, result, parts.HasFlag(ShareParts.Recipe), cancellationToken) : null;
            case AssetKind.Recipe when parts.HasFlag(ShareParts.Recipe):
                return Encoding.UTF8.GetBytes(PublicJson(session));
            default:
                return null;
        }
    }

    /// <summary>The picture for link previews: the first four, side by side, as JPEG.</summary>
    public async Task<byte[]?> PreviewAsync(IReadOnlyList<Session> sessions, CancellationToken cancellationToken)
    {
        List<byte[]> files = [];
        foreach (Session session in sessions.Take(LinkPreview.MostPictures))
        {
            if (await ReadAsync(session, ShareParts.None, new SharedAsset(1, AssetKind.Picture, 0, SharedAsset.LargestEdge), cancellationToken) is { } file)
            {
                files.Add(file);
            }
        }

        return files.Count == 0 ? null : await EncodeAsync(() => LinkPreview.Draw([.. files.Select(file => ImageReader.Read(file, ImageLimits.None))]), cancellationToken);
    }

    /// <summary>A picture's pixels as PNG, with nothing else of the file.</summary>
    public Task<byte[]> PlainAsync(string image, CancellationToken cancellationToken) => EncodeAsync(() => Encode(image, null), cancellationToken);

    public void Dispose() => encoders.Dispose();

    private static Recipe RecipeOf(Session session) => RecipeJson.Read(session.RecipeJson);

    private string PublicJson(Session session) => RecipeJson.Write(recipes.Of(RecipeOf(session)));

    private async Task<byte[]?> SmallAsync(string? image, int edge, CancellationToken cancellationToken) =>
        image is not null && storage.Store.Contains(image) && Thumbnails.Edges.Contains(edge)
            ? await File.ReadAllBytesAsync(await thumbnails.PathAsync(image, edge, cancellationToken), cancellationToken)
            : null;

    private async Task<string?> FrameAsync(Guid session, int iteration, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Frames.Where(frame => frame.SessionId == session && frame.Iteration == iteration).Select(frame => frame.ImageId).FirstOrDefaultAsync(cancellationToken);
    }

    // Kept, since one link may be opened by many; the picture never changes, and neither does the recipe inside it.
    private async Task<byte[]> FullAsync(Session session, string image, bool withRecipe, CancellationToken cancellationToken)
    {
        string path = Path.Combine(storage.Root, "copies", image[..2], $"{image}{(withRecipe ? "-recipe" : "")}.png");
        if (File.Exists(path))
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }

        string? recipe = withRecipe ? PublicJson(session) : null;
        byte[] file = await EncodeAsync(() => Encode(image, recipe), cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, file);
        return file;
    }

    private byte[] Encode(string image, string? recipe) =>
        ImageWriter.Write(ImageReader.Read(storage.Store.Read(image), ImageLimits.None), new ImageWriteOptions { Format = ImageFormat.Png, RecipeJson = recipe });

    private async Task<byte[]> EncodeAsync(Func<byte[]> encode, CancellationToken cancellationToken)
    {
        await encoders.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(encode, cancellationToken);
        }
        finally
        {
            encoders.Release();
        }
    }
}
