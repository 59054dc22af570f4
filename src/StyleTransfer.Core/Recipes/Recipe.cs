using System.Collections.Immutable;

namespace StyleTransfer.Core.Recipes;

/// <summary>
/// Everything that is needed to reproduce a result. Immutable; JSON by <see cref="RecipeJson"/>; its meaning is fixed by
/// <see cref="Version"/>. The same recipe on the same device, thread count and precision gives the same bytes on a CPU.
/// </summary>
public sealed record Recipe
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The preset that the recipe started from; for people, not read by the engine.</summary>
    public string? Preset { get; init; }

    /// <summary>The content image p, by its identifier in the store; null for a style reconstruction.</summary>
    public string? Content { get; init; }

    /// <summary>The style images a, with their weights.</summary>
    public ImmutableArray<StyleInput> Styles { get; init; } = [];

    /// <summary>Spatial guidance; empty when every style acts on the whole picture.</summary>
    public ImmutableArray<GuidanceRegion> Regions { get; init; } = [];

    public EncoderReference Encoder { get; init; } = new();
    public ObjectiveSettings Objective { get; init; } = new();
    public OptimizerSettings Optimizer { get; init; } = new();
    public ScheduleSettings Schedule { get; init; } = new();
    public Initialization Initialization { get; init; } = new();
    public ColorSettings Color { get; init; } = new();
    public RefinementSettings Refinement { get; init; } = new();

    /// <summary>The seed of every random number of the run.</summary>
    public long Seed { get; init; }

    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>What was changed while it ran, in order, so that a replay is exact.</summary>
    public ImmutableArray<RecipeChange> Changes { get; init; } = [];
}

/// <summary>One style image.</summary>
public sealed record StyleInput
{
    /// <summary>Identifier in the store: the SHA-256 of the file, lower-case hexadecimal.</summary>
    public required string Image { get; init; }

    /// <summary>Relative weight; the weights of all styles are normalised to sum to 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>
    /// The style's longer edge in units of the result's longer edge, at each scale. A style is never enlarged beyond its own pixels.
    /// </summary>
    public double Scale { get; init; } = 1;
}

/// <summary>A soft region of the content that takes its style from a soft region of one style.</summary>
public sealed record GuidanceRegion
{
    public string? Name { get; init; }

    /// <summary>
    /// Mask over the content; white is inside. Identifier in the store; with a colour after it, <c>…#ff0000</c>, the places of a
    /// painted map that have it (<see cref="Images.ColorRegions"/>).
    /// </summary>
    public required string ContentMask { get; init; }

    /// <summary>Which of <see cref="Recipe.Styles"/>.</summary>
    public int Style { get; init; }

    /// <summary>Mask over that style, named alike; null for all of it.</summary>
    public string? StyleMask { get; init; }
}

/// <summary>The frozen network: by name, and by its weights' hash so that the name keeps its meaning.</summary>
public sealed record EncoderReference
{
    /// <summary><c>auto</c>, a catalogue name, or a file's name. Resolved to a catalogue name before the run is stored.</summary>
    public string Name { get; init; } = "auto";

    /// <summary>SHA-256 of the weights file, lower-case hexadecimal; null until resolved.</summary>
    public string? Sha256 { get; init; }

    public Pooling Pooling { get; init; } = Pooling.Max;

    public Padding Padding { get; init; } = Padding.Encoder;
}

/// <summary>Where the picture starts.</summary>
public sealed record Initialization
{
    public InitializationKind Kind { get; init; } = InitializationKind.Content;

    /// <summary>For <see cref="InitializationKind.Image"/>: identifier in the store.</summary>
    public string? Image { get; init; }
}

/// <summary>What becomes of the colours.</summary>
public sealed record ColorSettings
{
    public ColorPreservation Preserve { get; init; } = ColorPreservation.None;

    /// <summary>Matches the style's colours to the content's before the run (Gatys et al. 2017, section 5.3).</summary>
    public ColorMatching MatchStyle { get; init; } = ColorMatching.None;
}

/// <summary>What is done to the picture after the optimisation, and to every preview alike.</summary>
public sealed record RefinementSettings
{
    /// <summary>
    /// From 0, nothing, to 1: how far the result's edges are drawn where the content's are, by local affine models of its colours
    /// (He et al. 2013; Luan et al. 2017). For photographs.
    /// </summary>
    public double Strength { get; init; }
}

/// <summary>
/// A change made while a run went on: it holds from the first evaluation after <see cref="Iteration"/>. Null leaves a value as it was.
/// </summary>
public sealed record RecipeChange
{
    /// <summary>Counted over the whole run, from 1.</summary>
    public required int Iteration { get; init; }

    public double? ContentWeight { get; init; }
    public double? StyleWeight { get; init; }
    public double? TotalVariationWeight { get; init; }
    public double? LearningRate { get; init; }

    /// <summary>The same length as <see cref="Recipe.Styles"/>.</summary>
    public ImmutableArray<double>? StyleWeights { get; init; }

    /// <summary>Iterations added to the last scale.</summary>
    public int? ExtraIterations { get; init; }

    /// <summary>Another objective: forms, layers and weights. The optimiser, the scales and the pictures stay.</summary>
    public ObjectiveSettings? Objective { get; init; }

    /// <summary>The preset whose objective it is; for people.</summary>
    public string? Preset { get; init; }

    /// <summary>The recipe whose values hold after this change; its list of changes stays as it was.</summary>
    public Recipe ApplyTo(Recipe recipe)
    {
        ObjectiveSettings objective = Objective ?? recipe.Objective;
        return recipe with
        {
            Preset = Preset ?? recipe.Preset,
            Objective = objective with
            {
                Content = objective.Content with { Weight = ContentWeight ?? objective.Content.Weight },
                Style = objective.Style with { Weight = StyleWeight ?? objective.Style.Weight },
                TotalVariation = objective.TotalVariation with { Weight = TotalVariationWeight ?? objective.TotalVariation.Weight },
            },
            Optimizer = recipe.Optimizer with { LearningRate = LearningRate ?? recipe.Optimizer.LearningRate },
            Styles = StyleWeights is { } weights && weights.Length == recipe.Styles.Length
                ? [.. recipe.Styles.Select((style, index) => style with { Weight = weights[index] })]
                : recipe.Styles,
        };
    }
}
