using System.Collections.Concurrent;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Storage;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Images;

/// <summary>Smaller copies of stored pictures, made when first asked for.</summary>
public sealed class Thumbnails(StudioStorage storage) : IDisposable
{
    /// <summary>Longer edges that are made, in pixels; others are refused, so that nobody fills the disk by asking.</summary>
    public static readonly int[] Edges = [160, 320, 640, 1280];

    // Two at a time: a gallery asks for fifty at once, and the run beside it wants the processor.
    private readonly SemaphoreSlim makers = new(2);
    private readonly ConcurrentDictionary<string, bool> known = new();

    /// <summary>The file of the thumbnail, WebP.</summary>
    /// <exception cref="StoreException">No such picture.</exception>
    public async Task<string> PathAsync(string image, int edge, CancellationToken cancellationToken)
    {
        string name = $"{image}-{edge}";
        string path = Path.Combine(storage.Root, "thumbnails", image[..2], name + ".webp");
        if (known.ContainsKey(name) || File.Exists(path))
        {
            return path;
        }

        await makers.WaitAsync(cancellationToken);
        try
        {
            if (!File.Exists(path))
            {
                await Task.Run(() => Make(image, edge, path), cancellationToken);
            }
        }
        finally
        {
            makers.Release();
        }

        known.TryAdd(name, true);
        return path;
    }

    /// <summary>A picture in memory, made smaller; WebP.</summary>
    public static byte[] Shrink(byte[] file, int edge) =>
        ImageWriter.Thumbnail(ImageReader.Read(file, new ImageLimits { MaxBytes = long.MaxValue, MaxPixels = long.MaxValue }, edge), edge);

    public void Dispose() => makers.Dispose();

    private void Make(string image, int edge, string path)
    {
        PixelImage picture = ImageReader.Read(storage.Store.Read(image), new ImageLimits { MaxBytes = long.MaxValue, MaxPixels = long.MaxValue }, edge);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, ImageWriter.Thumbnail(picture, edge));
    }
}
