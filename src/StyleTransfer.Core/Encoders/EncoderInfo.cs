using System.Collections.Immutable;
using System.Security.Cryptography;

namespace StyleTransfer.Core.Encoders;

/// <summary>The shapes of network that are read.</summary>
public enum EncoderKind
{
    /// <summary>torchvision's VGG-19: <c>features.N.weight</c>.</summary>
    Vgg19,

    /// <summary>VGG-19's arrangement with fewer channels: <c>convNM.weight</c>.</summary>
    Compact,
}

/// <param name="Name">After the ReLU, such as <c>relu4_2</c>; <c>conv4_2</c> names the same convolution before it.</param>
public sealed record EncoderLayer(string Name, int Channels);

/// <summary>One line of the catalogue: an encoder that is here, could be installed, or was found and refused.</summary>
public sealed record EncoderInfo
{
    /// <summary>What a recipe calls it.</summary>
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string License { get; init; }

    public required string Source { get; init; }

    /// <summary>Whether it can be used now.</summary>
    public bool Installed { get; init; }

    /// <summary>Why a file that was found cannot be used; null where nothing is wrong.</summary>
    public string? Problem { get; init; }

    /// <summary>Null where it is unknown because the file is missing or refused.</summary>
    public EncoderKind? Kind { get; init; }

    /// <summary>From the shallowest to the deepest.</summary>
    public ImmutableArray<EncoderLayer> Layers { get; init; } = [];

    /// <summary>Length of the weights file.</summary>
    public long? Bytes { get; init; }

    /// <summary>Of the weights file, lower-case hexadecimal; null where it is not installed.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The weights file; null where it is part of the program, or not installed.</summary>
    public string? Path { get; init; }

    /// <summary>Of weights that are part of the program, counted from 1; null for a file.</summary>
    public int? Version { get; init; }

    /// <summary>Whether the weights are part of the program.</summary>
    public bool IsEmbedded => Version is not null;

    /// <summary>The weights file, with its hash checked against <see cref="Sha256"/>.</summary>
    /// <exception cref="EncoderException">Not installed, gone, or changed since it was listed.</exception>
    public byte[] Read()
    {
        if (!Installed)
        {
            throw new EncoderException($"The encoder '{Name}' is not installed. {Problem ?? $"Install it: `styletransfer encoders install {Name}`."}");
        }

        byte[] file;
        try
        {
            file = IsEmbedded ? EmbeddedEncoders.All.First(encoder => encoder.Name == Name && encoder.Version == Version).Read() : File.ReadAllBytes(Path!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EncoderException($"The encoder '{Name}' could not be read: {e.Message} `styletransfer encoders` lists what there is.", e);
        }

        return Convert.ToHexStringLower(SHA256.HashData(file)) == Sha256
            ? file
            : throw new EncoderException($"The file of the encoder '{Name}' was changed while the program ran. Start it again.");
    }
}
