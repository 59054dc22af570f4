namespace StyleTransfer.Core.Images;

/// <summary>What is refused before a pixel is decoded.</summary>
public sealed record ImageLimits
{
    public static readonly ImageLimits Default = new();

    public long MaxBytes { get; init; } = 25L * 1024 * 1024;

    public long MaxPixels { get; init; } = 40_000_000;
}
