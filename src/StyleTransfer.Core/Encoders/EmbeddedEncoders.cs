using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;

namespace StyleTransfer.Core.Encoders;

/// <param name="Version">Counted from 1; a name alone means the newest.</param>
internal sealed record EmbeddedEncoder(string Name, int Version, string Resource)
{
    public Stream Open() => typeof(EmbeddedEncoder).Assembly.GetManifestResourceStream(Resource)
        ?? throw new EncoderException($"This build has no encoder '{Name}' of version {Version}.");

    public byte[] Read()
    {
        using Stream stream = Open();
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}

/// <summary>
/// The weights that are part of the program: every <c>Encoders/NAME.VERSION.safetensors</c> beside this file. A retrained encoder is
/// added with the next version and the former stays: recipes hold the hash of their weights, and so find them for ever.
/// </summary>
internal static class EmbeddedEncoders
{
    private const string Prefix = "encoders/";

    /// <summary>By name, the newest version first.</summary>
    public static ImmutableArray<EmbeddedEncoder> All { get; } =
    [
        .. typeof(EmbeddedEncoders).Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(Parse)
            .OrderBy(encoder => encoder.Name, StringComparer.Ordinal)
            .ThenByDescending(encoder => encoder.Version),
    ];

    /// <summary>The newest of each name.</summary>
    public static ImmutableArray<EmbeddedEncoder> Newest { get; } = [.. All.DistinctBy(encoder => encoder.Name)];

    private static EmbeddedEncoder Parse(string resource)
    {
        string[] parts = resource[Prefix.Length..].Split('.');
        return new EmbeddedEncoder(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), resource);
    }
}
