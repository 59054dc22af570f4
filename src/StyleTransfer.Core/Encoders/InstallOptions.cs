using System.Collections.Immutable;

namespace StyleTransfer.Core.Encoders;

/// <summary>What is fetched, from where, and how patiently. The defaults are VGG-19 as torchvision published it.</summary>
public sealed record InstallOptions
{
    // A revision is named, so the bytes behind the address cannot change.
    private const string PublishedAt =
        "https://huggingface.co/timm/vgg19.tv_in1k/resolve/128d4708565b3a414bcbb9bbad440b2fe37b9f18/model.safetensors";

    /// <summary>Tried in order; further ones are mirrors of the same bytes.</summary>
    public ImmutableArray<Uri> Addresses { get; init; } = [new Uri(PublishedAt)];

    /// <summary>Of the published file, lower-case hexadecimal.</summary>
    public string Sha256 { get; init; } = "11aea017b543ff59233749d8f1cf544cda749378f5790d2fedab841fb86b7669";

    /// <summary>What the published file takes, for the first check of disk space; the server says it exactly.</summary>
    public long ApproximateBytes { get; init; } = 575_000_000;

    /// <summary>A server that claims more is not believed.</summary>
    public long MaxBytes { get; init; } = 700_000_000;

    /// <summary>Attempts at one address without a single new byte, before the next address.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>A connection that gives nothing for so long is dropped and tried again.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before the second attempt; doubled for each further one, up to 30 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Free bytes on the disk that holds a folder.</summary>
    public Func<string, long> FreeSpace { get; init; } = folder => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The addresses that the settings name first, the published one last.</summary>
    /// <exception cref="EncoderException">An address that is none.</exception>
    public static InstallOptions WithMirrors(EncoderOptions options)
    {
        InstallOptions named = From(options);
        return named with { Addresses = [.. named.Addresses.Append(new Uri(PublishedAt)).Distinct()] };
    }

    /// <summary>The defaults, with the addresses that the settings name.</summary>
    /// <exception cref="EncoderException">An address that is none.</exception>
    public static InstallOptions From(EncoderOptions options) => options.Vgg19Addresses.IsEmpty
        ? new InstallOptions()
        : new InstallOptions
        {
            Addresses =
            [
                .. options.Vgg19Addresses.Select(address =>
                    Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http"
                        ? uri
                        : throw new EncoderException($"'{address}' in Encoders:Vgg19:Addresses is no address; it must begin with https:// or http://.")),
            ],
        };
}

public enum InstallStage
{
    Downloading,

    /// <summary>An attempt failed; the next follows after a pause.</summary>
    Waiting,

    /// <summary>The hash is computed.</summary>
    Checking,

    /// <summary>The convolutions are written.</summary>
    Reducing,

    Done,
}

/// <summary>How far an installation is. Reported at most a few times a second.</summary>
/// <param name="Bytes">Received so far, or checked so far.</param>
/// <param name="Total">Null until the server said it.</param>
/// <param name="Remaining">For this stage, by the speed of the last seconds; null while it is not known.</param>
/// <param name="Note">Why it waits, in a sentence.</param>
public sealed record InstallProgress(InstallStage Stage, long Bytes, long? Total, TimeSpan? Remaining, string? Note = null);
