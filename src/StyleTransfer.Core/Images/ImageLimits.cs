namespace StyleTransfer.Core.Images;

/// <summary>What is refused before a pixel is decoded.</summary>
public sealed record ImageLimits
{
    public static readonly ImageLimits Default = new();

    /// <summary>For pictures that the program made or has let in already: nothing is refused.</summary>
    public static readonly ImageLimits None = new() { MaxBytes = long.MaxValue, MaxPixels = long.MaxValue };

    public long MaxBytes { get; init; } = 25L * 1024 * 1024;

    public long MaxPixels { get; init; } = 40_000_000;
}
