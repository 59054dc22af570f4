namespace StyleTransfer.Core.Storage;

/// <summary>Writes that are seen whole or not at all, also after a power cut: temporary file, fsync, rename.</summary>
public static class AtomicFile
{
    /// <param name="temporaryFolder">On the same file system as the destination; null for the destination's own folder.</param>
    public static void Write(string destination, ReadOnlySpan<byte> bytes, string? temporaryFolder = null)
    {
        string folder = temporaryFolder ?? Path.GetDirectoryName(Path.GetFullPath(destination))!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(destination)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, destination, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
