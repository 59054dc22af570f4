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

    /// <summary>Decoding a picture with a longer edge than this takes several times longer than writing a small copy of it.</summary>
    public const int Large = 1280;

    private static readonly int[] prepared = [1280, 640, 320];

    // Two at a time: a gallery asks for fifty at once, and the run beside it wants the processor.
    private readonly SemaphoreSlim makers = new(2);
    private readonly ConcurrentDictionary<string, bool> known = new();

    /// <summary>The file of the thumbnail, WebP.</summary>
    /// <exception cref="StoreException">No such picture.</exception>
    public async Task<string> PathAsync(string image, int edge, CancellationToken cancellationToken)
    {
        string name = $"{image}-{edge}";
        string path = PathOf(image, edge);
        if (known.ContainsKey(name) || File.Exists(path))
        {
            return path;
        }

        await makers.WaitAsync(cancellationToken);
        try
        {
            if (!File.Exists(path))
            {
                await Task.Run(() => Make(image, edge), cancellationToken);
            }
        }
        finally
        {
            makers.Release();
        }

        known.TryAdd(name, true);
        return path;
    }

    /// <summary>
    /// Makes a large picture's copies in the background, from one decoding, before anybody asks: nine such results opened side by side
    /// would keep their viewer waiting for seconds.
    /// </summary>
    public async Task PrepareAsync(string image)
    {
        try
        {
            await makers.WaitAsync();
            try
            {
                await Task.Run(() =>
                {
                    byte[] file = storage.Store.Read(image);
                    if (IsLarge(file))
                    {
                        Write(image, file, prepared);
                    }
                });
            }
            finally
            {
                makers.Release();
            }
        }
        catch (Exception e) when (e is StyleTransferException or IOException or ObjectDisposedException)
        {
            // Whoever asks for a copy makes it then, and hears why it cannot be made.
        }
    }

    /// <summary>What <see cref="PrepareAsync"/> makes is there.</summary>
    public bool ArePrepared(string image) => prepared.All(edge => File.Exists(PathOf(image, edge)));

    /// <summary>A picture in memory, made smaller; WebP.</summary>
    public static byte[] Shrink(byte[] file, int edge) =>
        ImageWriter.Thumbnail(ImageReader.Read(file, ImageLimits.None, edge), edge);

    public void Dispose() => makers.Dispose();

    // Who asks for a gallery's copy of a large picture looks at it more closely next: that copy comes out of the same decoding.
    private void Make(string image, int edge)
    {
        byte[] file = storage.Store.Read(image);
        Write(image, file, edge < 640 && IsLarge(file) ? [640, edge] : [edge]);
    }

    private static bool IsLarge(byte[] file)
    {
        ImageHeader header = ImageReader.Inspect(file, ImageLimits.None);
        return Math.Max(header.Width, header.Height) > Large;
    }

    /// <param name="edges">The largest first.</param>
    private void Write(string image, byte[] file, int[] edges)
    {
        PixelImage picture = ImageReader.Read(file, ImageLimits.None, edges[0]);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(image, edges[0]))!);
        foreach (int edge in edges)
        {
            picture = ImageScaler.Shrink(picture, edge);
            AtomicFile.Write(PathOf(image, edge), ImageWriter.Thumbnail(picture, edge));
        }
    }

    private string PathOf(string image, int edge) => Path.Combine(storage.Root, "thumbnails", image[..2], $"{image}-{edge}.webp");
}
