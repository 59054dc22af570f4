using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Images;

/// <summary>Pictures that came in: checked, kept by their hash, known by their size.</summary>
public sealed class ImageLibrary(StudioStorage storage, IDbContextFactory<StudioDb> databases, TimeProvider time)
{
    /// <summary>Checks and keeps a picture; the same picture again is the same entry.</summary>
    /// <exception cref="ImageException">Not a picture, damaged, or too large; nothing is kept.</exception>
    public async Task<StoredImage> AddAsync(byte[] file, CancellationToken cancellationToken)
    {
        ImageHeader header = await Task.Run(
            () =>
            {
                ImageHeader found = ImageReader.Inspect(file, storage.UploadLimits);
                // The header may be whole and the rest not: only decoding shows it.
                ImageReader.Read(file, storage.UploadLimits, maxEdge: 64);
                return found;
            },
            cancellationToken);
        string id = storage.Store.Add(file);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Images.FindAsync([id], cancellationToken) is { } known)
        {
            return known;
        }

        StoredImage image = new()
        {
            Id = id,
            Width = header.Width,
            Height = header.Height,
            MediaType = MediaType(header.Format),
            CreatedUtc = time.GetUtcNow().UtcDateTime,
        };
        database.Images.Add(image);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Somebody else added the same picture in the same moment.
            database.ChangeTracker.Clear();
            return await database.Images.FindAsync([id], cancellationToken) ?? throw new StoreException("The picture could not be kept; try again.");
        }

        return image;
    }

    /// <summary>As <see cref="AddAsync"/>, and remembers that somebody brought it, so that it is offered before anything used it.</summary>
    /// <exception cref="ImageException">As there.</exception>
    public async Task<StoredImage> BringAsync(byte[] file, string title, CancellationToken cancellationToken)
    {
        StoredImage image = await AddAsync(file, cancellationToken);
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Images.Where(known => known.Id == image.Id && known.BroughtAs == null)
            .ExecuteUpdateAsync(set => set.SetProperty(known => known.BroughtAs, title), cancellationToken);
        return image;
    }

    public async Task<StoredImage?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Images.FindAsync([id], cancellationToken);
    }

    /// <exception cref="StyleTransferException">Its file is not there any more, or damaged.</exception>
    public PixelImage Read(string id) => ImageReader.Read(storage.Store.Read(id), ImageLimits.None);

    public static string MediaType(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "image/jpeg",
        ImageFormat.WebP => "image/webp",
        ImageFormat.Gif => "image/gif",
        ImageFormat.Tiff => "image/tiff",
        ImageFormat.Avif => "image/avif",
        _ => "image/png",
    };
}
