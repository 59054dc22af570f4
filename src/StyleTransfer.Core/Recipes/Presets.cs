using System.Collections.Immutable;

namespace StyleTransfer.Core.Recipes;

/// <summary>A recipe without inputs, to begin from.</summary>
/// <param name="Name">What the command line and the API call it.</param>
/// <param name="Title">What a page calls it.</param>
/// <param name="Summary">One sentence for whoever chooses.</param>
/// <param name="Source">Where its values were published; null for our own.</param>
/// <param name="Template">At the default size.</param>
public sealed record Preset(string Name, string Title, string Summary, string? Source, Recipe Template)
{
    /// <summary>The template at a size.</summary>
    public Recipe At(int size) => Template with { Schedule = Template.Schedule with { Size = size } };
}

/// <summary>The recipes that one can start from.</summary>
public static class Presets
{
    public const string Default = "balanced";

    // relu1_1 … relu5_1 and relu4_2, as Gatys et al. 2016 chose them.
    private static readonly ImmutableArray<string> styleLayers = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"];
    private static readonly ImmutableArray<LayerWeight> contentLayers = [new("relu4_2", 1)];

    /// <summary>
    /// Ours: Wasserstein-2 moments relative to the style's own, so that the weights mean the same for every encoder; L-BFGS up a
    /// pyramid of √2, restarted at each scale.
    /// </summary>
    public static Preset Balanced { get; } = new(
        "balanced",
        "Balanced",
        "Coherent strokes and true colours in a few seconds; the right choice for most pictures.",
        Source: null,
        Ours("balanced", firstIterations: 60, iterations: 30));

    /// <summary>Every preset, in the order in which a list shows them.</summary>
    public static ImmutableArray<Preset> All { get; } = [Balanced];

    /// <exception cref="RecipeException">No preset has that name.</exception>
    public static Preset Named(string name) =>
        All.FirstOrDefault(preset => preset.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new RecipeException($"There is no preset '{name}'; allowed are {string.Join(", ", All.Select(preset => preset.Name))}.");

    private static Recipe Ours(string name, int firstIterations, int iterations) => new()
    {
        Preset = name,
        Objective = new ObjectiveSettings
        {
            Content = new ContentSettings { Weight = 0.015, Form = ContentForm.Mean, Layers = contentLayers },
            Style = new StyleSettings { Weight = 1, Form = StyleForm.Wasserstein2, Layers = Weighted(256.0 / 341, 64.0 / 341, 16.0 / 341, 4.0 / 341, 1.0 / 341) },
            TotalVariation = new TotalVariationSettings { Weight = 2, Form = TotalVariationForm.NinePoint },
        },
        Optimizer = new OptimizerSettings { Kind = OptimizerKind.Lbfgs, LearningRate = 1, History = 20, Clamp = true },
        Schedule = new ScheduleSettings { FirstIterations = firstIterations, Iterations = iterations },
    };

    private static ImmutableArray<LayerWeight> Weighted(params ReadOnlySpan<double> weights)
    {
        ImmutableArray<LayerWeight>.Builder layers = ImmutableArray.CreateBuilder<LayerWeight>();
        for (int i = 0; i < weights.Length; i++)
        {
            layers.Add(new LayerWeight(styleLayers[i], weights[i]));
        }

        return layers.ToImmutable();
    }
}
