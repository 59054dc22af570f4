using System.Collections.Immutable;
using System.Security.Cryptography;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Core.Encoders;

/// <summary>VGG-19 without its classifier: the same input always gives the same file, and so the same hash in every recipe.</summary>
internal static class Vgg19Reduction
{
    /// <summary>In the metadata: the SHA-256 of the published file.</summary>
    public const string OriginalKey = "original_sha256";

    /// <summary>In the metadata: the SHA-256 of the tensors' bytes, which tells a damaged copy.</summary>
    private const string ContentKey = "convolutions_sha256";

    private static readonly ImmutableArray<string> Names = [.. EncoderShape.Vgg19.SelectMany(convolution => new[] { $"{convolution.Key}.weight", $"{convolution.Key}.bias" })];

    /// <summary>Writes the convolutions to a temporary file beside the destination, flushes, and renames.</summary>
    public static void Write(FileStream source, SafetensorsFile header, string destination, string originalSha256, CancellationToken cancellationToken)
    {
        ImmutableArray<TensorToWrite> tensors = [.. Names.Select(name => ReadTensor(source, header, name, cancellationToken))];
        using IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TensorToWrite tensor in tensors)
        {
            content.AppendData(tensor.Bytes.Span);
        }

        Storage.AtomicFile.Write(destination, SafetensorsWriter.Write(tensors, new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["description"] = Vgg19Facts.Description,
            ["license"] = Vgg19Facts.License,
            ["source"] = Vgg19Facts.Source,
            [OriginalKey] = originalSha256,
            [ContentKey] = Convert.ToHexStringLower(content.GetHashAndReset()),
        }));
    }

    /// <summary>Whether a reduced file still has the numbers that it was written with.</summary>
    public static bool IsIntact(FileStream source, SafetensorsFile header)
    {
        if (!header.Metadata.TryGetValue(ContentKey, out string? expected) || !Names.All(header.Contains))
        {
            return false;
        }

        using IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in Names)
        {
            content.AppendData(ReadTensor(source, header, name, CancellationToken.None).Bytes.Span);
        }

        return Convert.ToHexStringLower(content.GetHashAndReset()) == expected;
    }

    private static TensorToWrite ReadTensor(FileStream source, SafetensorsFile header, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SafetensorsEntry entry = header[name];
        if (entry.Type != TensorType.F32)
        {
            throw new EncoderException($"'{name}' is stored as {entry.Type}; VGG-19 as published is F32. Get the published file.");
        }

        byte[] bytes = new byte[entry.Length];
        source.Position = header.DataStart + entry.Offset;
        source.ReadExactly(bytes);
        return new TensorToWrite(name, entry.Type, entry.Shape, bytes);
    }
}
