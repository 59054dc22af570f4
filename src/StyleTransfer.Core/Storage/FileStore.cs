using System.Security.Cryptography;

namespace StyleTransfer.Core.Storage;

/// <summary>
/// The content-addressed store: a file's name is its SHA-256, so equal files are kept once and a name never changes its meaning.
/// Files appear whole or not at all: written aside, flushed to the disk, renamed. Safe between processes.
/// </summary>
public sealed class FileStore
{
    private readonly string objects;
    private readonly string incoming;

    public FileStore(string root)
    {
        objects = Path.Combine(root, "objects");
        incoming = Path.Combine(root, "incoming");
        Directory.CreateDirectory(objects);
        Directory.CreateDirectory(incoming);
    }

    /// <summary>Keeps the bytes and returns their identifier.</summary>
    public string Add(ReadOnlySpan<byte> bytes)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(bytes));
        string destination = PathOf(id);
        if (!File.Exists(destination))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
            AtomicFile.Write(destination, bytes, incoming);
        }

        return id;
    }

    public bool Contains(string id) => IsIdentifier(id) && File.Exists(PathOf(id));

    /// <exception cref="StoreException">The store has no such file.</exception>
    public FileStream Open(string id)
    {
        Require(id);
        return new FileStream(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
    }

    /// <exception cref="StoreException">The store has no such file.</exception>
    public byte[] Read(string id)
    {
        Require(id);
        return File.ReadAllBytes(PathOf(id));
    }

    public void Delete(string id)
    {
        if (IsIdentifier(id))
        {
            File.Delete(PathOf(id));
        }
    }

    /// <summary>Where the file lies: two levels of folders, so that no folder grows large.</summary>
    public string PathOf(string id) =>
        IsIdentifier(id) ? Path.Combine(objects, id[..2], id) : throw new StoreException("A stored file is named by 64 hexadecimal digits.");

    /// <summary>Whether the text has the form of an identifier: 64 lower-case hexadecimal digits.</summary>
    public static bool IsIdentifier(string id) => id.Length == 64 && id.All(char.IsAsciiHexDigitLower);

    private void Require(string id)
    {
        if (!Contains(id))
        {
            throw new StoreException($"The store has no file {id}; it was deleted, or belongs to another studio. Add the picture again.");
        }
    }
}
