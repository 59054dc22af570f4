using System.Collections.Immutable;
using System.Globalization;

namespace StyleTransfer.Core.Recipes;

/// <summary>Refuses recipes whose values make no sense, and says why. Every fault that is found is reported, the first one first.</summary>
public static class RecipeValidation
{
    /// <summary>The smallest picture in which the deepest layer still has a position to compare.</summary>
    public const int SmallestSize = 32;

    public const int LargestSize = 16384;

    /// <param name="layers">The encoder's, where it is known.</param>
    /// <exception cref="RecipeException">With one line that names what was found and what is allowed.</exception>
    public static void Check(Recipe recipe, ImmutableArray<string> layers = default)
    {
        ImmutableArray<string> faults = Faults(recipe, layers);
        if (!faults.IsEmpty)
        {
            throw new RecipeException(string.Join(" ", faults));
        }
    }

    /// <summary>Every fault, a sentence each; empty for a recipe that can run.</summary>
    public static ImmutableArray<string> Faults(Recipe recipe, ImmutableArray<string> layers = default)
    {
        ImmutableArray<string>.Builder faults = ImmutableArray.CreateBuilder<string>();
        Schedule(recipe.Schedule, faults);
        Optimizer(recipe.Optimizer, faults);
        Objective(recipe, faults);
        Layers(recipe, layers, faults);
        Styles(recipe, faults);
        Start(recipe.Initialization, faults);
        Changes(recipe, layers, faults);
        return faults.ToImmutable();
    }

    private static void Schedule(ScheduleSettings schedule, ImmutableArray<string>.Builder faults)
    {
        Whole("size", schedule.Size, SmallestSize, LargestSize, faults);
        Whole("minimum size", schedule.MinSize, SmallestSize, LargestSize, faults);
        Whole("number of iterations", schedule.Iterations, 1, 1_000_000, faults);
        Whole("number of iterations at the first scale", schedule.FirstIterations, 1, 1_000_000, faults);
        Number("ratio between scales", schedule.Ratio, 1.05, 8, faults);
        Number("averaging", schedule.Averaging, 0, 0.99999, faults);
        Number("content detail", schedule.ContentDetail, 0, 2, faults);
        Number("tolerance", schedule.Tolerance, 0, 1, faults);
    }

    private static void Optimizer(OptimizerSettings optimizer, ImmutableArray<string>.Builder faults)
    {
        Number("learning rate", optimizer.LearningRate, 1e-8, 1e3, faults);
        Whole("history", optimizer.History, 1, 1000, faults);
        Number("β₁", optimizer.Beta1, 0, 0.999999, faults);
        Number("β₂", optimizer.Beta2, 0, 0.9999999, faults);
    }

    private static void Objective(Recipe recipe, ImmutableArray<string>.Builder faults)
    {
        ObjectiveSettings objective = recipe.Objective;
        Weight("content weight", objective.Content.Weight, faults);
        Weight("style weight", objective.Style.Weight, faults);
        Weight("total variation weight", objective.TotalVariation.Weight, faults);
        Weight("matting weight", objective.MattingWeight, faults);
        Number("refinement", recipe.Refinement.Strength, 0, 1, faults);
        if (recipe.Content is null && (objective.MattingWeight > 0 || recipe.Refinement.Strength > 0))
        {
            faults.Add("A matting weight and a refinement need the content's edges, but there is no content picture; leave them at 0.");
        }

        foreach (LayerWeight layer in objective.Content.Layers.Concat(objective.Style.Layers))
        {
            Weight($"weight of {layer.Layer}", layer.Weight, faults);
        }

        bool hasContent = recipe.Content is not null && objective.Content.Weight > 0 && objective.Content.Layers.Any(layer => layer.Weight > 0);
        bool hasStyle = !recipe.Styles.IsEmpty && objective.Style.Weight > 0 && objective.Style.Layers.Any(layer => layer.Weight > 0);
        if (!hasContent && !hasStyle)
        {
            faults.Add("Nothing is left to minimise: content and style have no weight, no layer or no picture; give one of them all three.");
        }
    }

    private static void Layers(Recipe recipe, ImmutableArray<string> layers, ImmutableArray<string>.Builder faults)
    {
        if (layers.IsDefault)
        {
            return;
        }

        foreach (string layer in recipe.Objective.Content.Layers.Concat(recipe.Objective.Style.Layers).Select(layer => layer.Layer).Distinct())
        {
            if (!layers.Contains(layer))
            {
                faults.Add($"The encoder has no layer '{layer}'; allowed are {string.Join(", ", layers.Where(name => name.StartsWith("relu", StringComparison.Ordinal)))}, and conv… for before the ReLU.");
            }
        }

        foreach ((string what, ImmutableArray<LayerWeight> named) in new[] { ("content", recipe.Objective.Content.Layers), ("style", recipe.Objective.Style.Layers) })
        {
            foreach (IGrouping<string, LayerWeight> twice in named.GroupBy(layer => layer.Layer).Where(group => group.Count() > 1))
            {
                faults.Add($"The {what} layer {twice.Key} is named {twice.Count()} times; name it once, with one weight.");
            }
        }
    }

    private static void Styles(Recipe recipe, ImmutableArray<string>.Builder faults)
    {
        foreach (StyleInput style in recipe.Styles)
        {
            Weight("weight of a style", style.Weight, faults);
            Number("scale of a style", style.Scale, 0.05, 20, faults);
        }

        if (!recipe.Styles.IsEmpty && recipe.Styles.Sum(style => style.Weight) <= 0)
        {
            faults.Add("The weights of all styles are 0; give at least one of them more.");
        }

        foreach (GuidanceRegion region in recipe.Regions)
        {
            if (region.Style < 0 || region.Style >= recipe.Styles.Length)
            {
                faults.Add($"A region takes style {region.Style + 1}, but the recipe has {recipe.Styles.Length}; choose one of them.");
            }
        }
    }

    private static void Start(Initialization start, ImmutableArray<string>.Builder faults)
    {
        if (start is { Kind: InitializationKind.Image, Image: null })
        {
            faults.Add("The run is to start from a picture, but none is named; choose one, or start from the content, the style or noise.");
        }
    }

    private static void Changes(Recipe recipe, ImmutableArray<string> layers, ImmutableArray<string>.Builder faults)
    {
        foreach (RecipeChange change in recipe.Changes)
        {
            Weight("changed content weight", change.ContentWeight ?? 0, faults);
            Weight("changed style weight", change.StyleWeight ?? 0, faults);
            Weight("changed total variation weight", change.TotalVariationWeight ?? 0, faults);
            Number("changed learning rate", change.LearningRate ?? 1, 1e-8, 1e3, faults);
            Whole("number of extra iterations", change.ExtraIterations ?? 1, 1, 1_000_000, faults);
            if (change.Objective is { } objective)
            {
                Objective(recipe with { Objective = objective }, faults);
                Layers(recipe with { Objective = objective }, layers, faults);
            }

            if (change.StyleWeights is { } weights && (weights.Length != recipe.Styles.Length || weights.Any(weight => !(weight >= 0)) || !(weights.Sum() > 0)))
            {
                faults.Add($"A change gives {weights.Length} style weights; {recipe.Styles.Length} are needed, none negative and not all 0.");
            }
        }
    }

    private static void Weight(string name, double value, ImmutableArray<string>.Builder faults) => Number(name, value, 0, 1e12, faults);

    private static void Whole(string name, int value, int least, int most, ImmutableArray<string>.Builder faults)
    {
        if (value < least || value > most)
        {
            faults.Add($"The {name} is {value}; allowed are {least} to {most}.");
        }
    }

    private static void Number(string name, double value, double least, double most, ImmutableArray<string>.Builder faults)
    {
        if (!(value >= least && value <= most))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"The {name} is {value:G6}; allowed are {least:G6} to {most:G6}."));
        }
    }
}
