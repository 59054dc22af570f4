using System.Collections.Immutable;
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
            recipe = After(recipe, change);
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
            ContentWeight = Changed(before.Objective.Content.Weight, wanted.Objective.Content.Weight),
            StyleWeight = Changed(before.Objective.Style.Weight, wanted.Objective.Style.Weight),
            TotalVariationWeight = Changed(before.Objective.TotalVariation.Weight, wanted.Objective.TotalVariation.Weight),
            LearningRate = Changed(before.Optimizer.LearningRate, wanted.Optimizer.LearningRate),
            StyleWeights = Weights(before).SequenceEqual(Weights(wanted)) ? null : Weights(wanted),
        };
        // What is only more iterations at the end of a finished run extends it.
        if (change.StyleWeights is { } weights && weights.Length != parent.Styles.Length)
        {
            return null;
        }

        Recipe reached = After(before, change);
        if (RecipeJson.Write(Comparable(reached)) != RecipeJson.Write(Comparable(wanted)))
        {
            return null;
        }

        ImmutableArray<RecipeChange> kept = [.. parent.Changes.Where(made => made.Iteration < iteration)];
        bool isUnchanged = change == new RecipeChange { Iteration = iteration };
        return parent with { Changes = isUnchanged ? kept : kept.Add(change) };
    }

    private static Recipe After(Recipe recipe, RecipeChange change) => recipe with
    {
        Objective = recipe.Objective with
        {
            Content = recipe.Objective.Content with { Weight = change.ContentWeight ?? recipe.Objective.Content.Weight },
            Style = recipe.Objective.Style with { Weight = change.StyleWeight ?? recipe.Objective.Style.Weight },
            TotalVariation = recipe.Objective.TotalVariation with { Weight = change.TotalVariationWeight ?? recipe.Objective.TotalVariation.Weight },
        },
        Optimizer = recipe.Optimizer with { LearningRate = change.LearningRate ?? recipe.Optimizer.LearningRate },
        Styles = change.StyleWeights is { } weights && weights.Length == recipe.Styles.Length
            ? [.. recipe.Styles.Select((style, index) => style with { Weight = weights[index] })]
            : recipe.Styles,
    };

    // Auto is resolved when a run begins, and the preset's name is for people.
    private static Recipe Comparable(Recipe recipe) => recipe with { Changes = [], Preset = null, Precision = Precision.Auto };

    private static ImmutableArray<double> Weights(Recipe recipe) => [.. recipe.Styles.Select(style => style.Weight)];

    private static double? Changed(double before, double wanted) => before == wanted ? null : wanted;
}
