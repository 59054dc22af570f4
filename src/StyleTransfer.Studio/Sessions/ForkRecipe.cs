using System.Collections.Immutable;
using System.Text.Json;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Sessions;

/// <summary>What a fork's recipe is, so that it runs as its parent did up to the fork.</summary>
internal static class ForkRecipe
{
    /// <summary>The recipe whose values hold after an iteration, without changes: what a form shows.</summary>
    public static Recipe EffectiveAt(Recipe recipe, int iteration)
    {
        foreach (RecipeChange change in recipe.Changes.Where(change => change.Iteration < iteration))
        {
            recipe = change.ApplyTo(recipe);
        }

        return recipe with { Changes = [] };
    }

    /// <summary>The parent's recipe with what differs as a change at the iteration; null where more differs than a run can change.</summary>
    public static Recipe? Exact(Recipe parent, int iteration, Recipe wanted)
    {
        int planned = ScalePlan.TotalIterations(parent);
        if (iteration < 1 || iteration > planned)
        {
            throw new RecipeException($"The fork is to begin at iteration {iteration}; this session has {planned}. Choose one of 1 to {planned}.");
        }

        Recipe before = EffectiveAt(parent, iteration);
        RecipeChange change = new()
        {
            Iteration = iteration,
            LearningRate = Changed(before.Optimizer.LearningRate, wanted.Optimizer.LearningRate),
            StyleWeights = Weights(before).SequenceEqual(Weights(wanted)) ? null : Weights(wanted),
        };
        change = IsSame(WithWeights(before.Objective, wanted.Objective), wanted.Objective)
            ? change with
            {
                ContentWeight = Changed(before.Objective.Content.Weight, wanted.Objective.Content.Weight),
                StyleWeight = Changed(before.Objective.Style.Weight, wanted.Objective.Style.Weight),
                TotalVariationWeight = Changed(before.Objective.TotalVariation.Weight, wanted.Objective.TotalVariation.Weight),
            }
            : change with { Objective = wanted.Objective, Preset = wanted.Preset == before.Preset ? null : wanted.Preset };
        if (change.StyleWeights is { } weights && weights.Length != parent.Styles.Length)
        {
            return null;
        }

        if (RecipeJson.Write(Comparable(change.ApplyTo(before))) != RecipeJson.Write(Comparable(wanted)))
        {
            return null;
        }

        ImmutableArray<RecipeChange> kept = [.. parent.Changes.Where(made => made.Iteration < iteration)];
        bool isUnchanged = change == new RecipeChange { Iteration = iteration };
        return parent with { Changes = isUnchanged ? kept : kept.Add(change) };
    }

    private static ObjectiveSettings WithWeights(ObjectiveSettings objective, ObjectiveSettings weights) => objective with
    {
        Content = objective.Content with { Weight = weights.Content.Weight },
        Style = objective.Style with { Weight = weights.Style.Weight },
        TotalVariation = objective.TotalVariation with { Weight = weights.TotalVariation.Weight },
    };

    // Lists of layers are equal when they hold the same; records compare their references.
    private static bool IsSame(ObjectiveSettings one, ObjectiveSettings other) =>
        JsonSerializer.Serialize(one, RecipeJson.Options) == JsonSerializer.Serialize(other, RecipeJson.Options);

    // Auto is resolved when a run begins, and the preset's name is for people.
    private static Recipe Comparable(Recipe recipe) => recipe with { Changes = [], Preset = null, Precision = Precision.Auto };

    private static ImmutableArray<double> Weights(Recipe recipe) => [.. recipe.Styles.Select(style => style.Weight)];

    private static double? Changed(double before, double wanted) => before == wanted ? null : wanted;
}
