using System.Net.Http.Headers;
using System.Text.Json;

namespace StyleTransfer.Core.Encoders;

/// <summary>What was received so far, and what the server said about it, so that a later attempt can go on.</summary>
internal sealed class PartialDownload : IDisposable
{
    private readonly string notesPath;
    private readonly string sha256;

    private PartialDownload(FileStream file, string sha256)
    {
        File = file;
        notesPath = $"{file.Name}.json";
        this.sha256 = sha256;
    }

    public FileStream File { get; }

    public long Length => File.Length;

    /// <summary>The strong entity tag of the server's copy; null where it gave none, and then nothing can be continued.</summary>
    public string? EntityTag { get; private set; }

    /// <summary>The whole length, as the server said it.</summary>
    public long? Total { get; private set; }

    /// <exception cref="EncoderException">Another process is at it, or the folder cannot be written.</exception>
    public static PartialDownload Open(string path, string sha256)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EncoderException($"'{path}' cannot be written: {e.Message} If another installation is running, wait for it.", e);
        }

        PartialDownload partial = new(file, sha256);
        if (!partial.TryRecall())
        {
            partial.Restart(null);
        }

        return partial;
    }

    /// <summary>Begins anew with what the server says now.</summary>
    public void Restart(string? entityTag, long? total = null)
    {
        File.SetLength(0);
        File.Position = 0;
        EntityTag = entityTag;
        Total = total;
        System.IO.File.WriteAllText(notesPath, JsonSerializer.Serialize(new Notes(sha256, entityTag, total)));
    }

    public void Delete()
    {
        File.Dispose();
        System.IO.File.Delete(File.Name);
        System.IO.File.Delete(notesPath);
    }

    /// <summary>Keeps what can be continued; leaves nothing behind where nothing can.</summary>
    public void Dispose()
    {
        bool isUseless = File.CanRead && (File.Length == 0 || EntityTag is null);
        File.Dispose();
        if (isUseless)
        {
            System.IO.File.Delete(File.Name);
            System.IO.File.Delete(notesPath);
        }
    }

    private bool TryRecall()
    {
        try
        {
            Notes? notes = JsonSerializer.Deserialize<Notes>(System.IO.File.ReadAllText(notesPath));
            if (notes is null || notes.Sha256 != sha256 || !EntityTagHeaderValue.TryParse(notes.EntityTag, out _) || Length == 0 || Length > (notes.Total ?? long.MaxValue))
            {
                return false;
            }

            (EntityTag, Total) = (notes.EntityTag, notes.Total);
            return true;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed record Notes(string Sha256, string? EntityTag, long? Total);
}
