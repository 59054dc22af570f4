using System.Collections.Immutable;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine;

/// <summary>The pictures that a recipe names, decoded at full size. The run makes the sizes it needs.</summary>
public sealed record TransferInputs
{
    /// <summary>p; null for a style reconstruction.</summary>
    public PixelImage? Content { get; init; }

    /// <summary>In the order of the recipe's styles.</summary>
    public ImmutableArray<PixelImage> Styles { get; init; } = [];

    /// <summary>For <see cref="Core.Recipes.InitializationKind.Image"/>.</summary>
    public PixelImage? Initial { get; init; }

    /// <summary>In the order of the recipe's regions.</summary>
    public ImmutableArray<RegionMasks> Regions { get; init; } = [];
}

/// <summary>The masks of one region; white (1) is inside. Any size: they are resampled to their picture.</summary>
public sealed record RegionMasks(PixelImage Content, PixelImage? Style);
