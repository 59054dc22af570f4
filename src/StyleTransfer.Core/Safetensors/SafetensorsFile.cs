using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace StyleTransfer.Core.Safetensors;

/// <summary>A tensor's place in the file.</summary>
/// <param name="Offset">From the start of the data section, in bytes.</param>
public sealed record SafetensorsEntry(string Name, TensorType Type, ImmutableArray<long> Shape, long Offset, long Length);

/// <summary>
/// A safetensors file: named tensors and text metadata, nothing that runs. Every bound is checked when the header is read, so that
/// a damaged or hostile file is refused before any of its bytes are used.
/// </summary>
/// <remarks>Layout: 8 bytes little-endian header length N, N bytes of JSON, then the tensors without gaps.</remarks>
public sealed class SafetensorsFile
{
    // The same bound as the reference implementation.
    private const long MaxHeaderBytes = 100_000_000;
    private const string MetadataKey = "__metadata__";

    private readonly ReadOnlyMemory<byte> data;
    private readonly ImmutableDictionary<string, SafetensorsEntry> entries;

    private SafetensorsFile(long dataStart, ImmutableArray<SafetensorsEntry> ordered, ImmutableDictionary<string, string> metadata, ReadOnlyMemory<byte> data)
    {
        DataStart = dataStart;
        Entries = ordered;
        entries = ordered.ToImmutableDictionary(entry => entry.Name);
        Metadata = metadata;
        this.data = data;
    }

    /// <summary>Where the tensors begin in the file, in bytes.</summary>
    public long DataStart { get; }

    /// <summary>In the order of the data.</summary>
    public ImmutableArray<SafetensorsEntry> Entries { get; }

    public ImmutableDictionary<string, string> Metadata { get; }

    public bool Contains(string name) => entries.ContainsKey(name);

    /// <exception cref="SafetensorsException">The file has no such tensor.</exception>
    public SafetensorsEntry this[string name] => entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new SafetensorsException($"The file has no tensor '{name}'; it has {string.Join(", ", Entries.Take(8).Select(e => e.Name))}{(Entries.Length > 8 ? ", …" : "")}.");

    /// <summary>The tensor's bytes, little-endian. Empty where only the header was read.</summary>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        SafetensorsEntry entry = this[name];
        return data.Span.Slice(checked((int)entry.Offset), checked((int)entry.Length));
    }

    /// <summary>The tensor as float32, whatever floating type it is stored in.</summary>
    public float[] Floats(string name) => TensorTypes.ToFloats(this[name].Type, Bytes(name));

    /// <exception cref="SafetensorsException">Damaged, truncated, or not a safetensors file.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> file)
    {
        ReadOnlyMemory<byte> header = HeaderOf(file.Span, file.Length) is var length ? file.Slice(8, length) : default;
        ReadOnlyMemory<byte> data = file[(8 + length)..];
        return Parse(header, data.Length, data);
    }

    /// <summary>Reads the header only: names, shapes and metadata, checked against the file's length.</summary>
    /// <exception cref="SafetensorsException">Damaged, truncated, or not a safetensors file.</exception>
    public static SafetensorsFile ReadHeader(Stream file)
    {
        byte[] start = new byte[8];
        int got = file.ReadAtLeast(start, 8, throwOnEndOfStream: false);
        int length = HeaderOf(start.AsSpan(0, got), file.Length);
        byte[] header = new byte[length];
        file.ReadExactly(header);
        return Parse(header, file.Length - 8 - length, default);
    }

    private static int HeaderOf(ReadOnlySpan<byte> file, long fileLength)
    {
        if (file.Length < 8)
        {
            throw new SafetensorsException($"The file has {file.Length} bytes; a safetensors file has at least 10.");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file);
        return length <= MaxHeaderBytes && (long)length <= fileLength - 8
            ? (int)length
            : throw new SafetensorsException($"This is not a whole safetensors file: its header would have {length} bytes, the file has {fileLength}. Get it again.");
    }

    private static SafetensorsFile Parse(ReadOnlyMemory<byte> header, long dataLength, ReadOnlyMemory<byte> data)
    {
        List<SafetensorsEntry> found = [];
        ImmutableDictionary<string, string> metadata = ImmutableDictionary<string, string>.Empty;
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey)
                {
                    metadata = property.Value.EnumerateObject().ToImmutableDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "");
                }
                else
                {
                    found.Add(ParseEntry(property));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new SafetensorsException("This is not a safetensors file: its header is not the JSON that the format asks for. Get it again.", e);
        }

        ImmutableArray<SafetensorsEntry> ordered = [.. found.OrderBy(entry => entry.Offset).ThenBy(entry => entry.Length)];
        long end = 0;
        foreach (SafetensorsEntry entry in ordered)
        {
            if (entry.Offset != end)
            {
                throw new SafetensorsException($"The tensor '{entry.Name}' begins at byte {entry.Offset}, where {end} was expected: the file is damaged. Get it again.");
            }

            end += entry.Length;
        }

        return end == dataLength
            ? new SafetensorsFile(8 + header.Length, ordered, metadata, data)
            : throw new SafetensorsException($"The file's tensors take {end} bytes, but {dataLength} are there: it is truncated or damaged. Get it again.");
    }

    private static SafetensorsEntry ParseEntry(JsonProperty property)
    {
        TensorType type = TensorTypes.Parse(property.Value.GetProperty("dtype").GetString(), property.Name);
        ImmutableArray<long> shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        if (property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray() is not [long begin, long end])
        {
            throw new FormatException($"'{property.Name}' has not two offsets.");
        }

        long expected;
        try
        {
            expected = shape.Aggregate((long)TensorTypes.Size(type), (product, size) => size >= 0 ? checked(product * size) : throw new OverflowException());
        }
        catch (OverflowException e)
        {
            throw new SafetensorsException($"The tensor '{property.Name}' has the shape [{string.Join(", ", shape)}], which no file can hold.", e);
        }

        return begin >= 0 && end >= begin && end - begin == expected
            ? new SafetensorsEntry(property.Name, type, shape, begin, expected)
            : throw new SafetensorsException($"The tensor '{property.Name}' should take {expected} bytes, but has bytes {begin} to {end}: the file is damaged. Get it again.");
    }
}
