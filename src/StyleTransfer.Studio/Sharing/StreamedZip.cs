using System.IO.Compression;

namespace StyleTransfer.Studio.Sharing;

/// <summary>A ZIP file that goes out while it is made, so that its size costs no memory.</summary>
internal static class StreamedZip
{
    public static async Task WriteAsync(Stream output, Func<ZipArchive, Task> fill, CancellationToken cancellationToken)
    {
        ZipArchive zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await fill(zip);
        // Not on a failure: disposing writes the list of entries, and what is only a part would open as if it were whole.
        await zip.DisposeAsync();
    }

    /// <param name="level">Pictures are packed already.</param>
    public static async Task AddAsync(this ZipArchive zip, string name, byte[] file, CompressionLevel level, CancellationToken cancellationToken)
    {
        await using Stream entry = await zip.CreateEntry(name, level).OpenAsync(cancellationToken);
        await entry.WriteAsync(file, cancellationToken);
    }
}
