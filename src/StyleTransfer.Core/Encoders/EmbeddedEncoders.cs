using System.Collections.Immutable;
using System.Reflection;

namespace StyleTransfer.Core.Encoders;

/// <summary>
/// The weights that are part of the program: every <c>Encoders/*.safetensors</c> beside this file, by its name. A retrained
/// encoder is added under a new name, or replaces the file; recipes hold the hash, so that old ones notice.
/// </summary>
internal static class EmbeddedEncoders
{
    private const string Prefix = "encoders/";
    private const string Suffix = ".safetensors";
    private static readonly Assembly Home = typeof(EmbeddedEncoders).Assembly;

    public static ImmutableArray<string> Names { get; } =
    [
        .. Home.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    public static Stream Open(string name) => Home.GetManifestResourceStream($"{Prefix}{name}{Suffix}")
        ?? throw new EncoderException($"This build has no encoder '{name}'.");

    public static byte[] Read(string name)
    {
        using Stream stream = Open(name);
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
