using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Engine.Objectives;

/// <summary>The weights that may change while a run goes on.</summary>
/// <param name="Styles">One for each style, adding up to 1.</param>
internal sealed record ObjectiveWeights(double Content, double Style, double TotalVariation, double Matting, ImmutableArray<double> Styles)
{
    public static ObjectiveWeights Of(Recipe recipe) => new(
        recipe.Objective.Content.Weight,
        recipe.Objective.Style.Weight,
        recipe.Objective.TotalVariation.Weight,
        recipe.Objective.MattingWeight,
        Normalized([.. recipe.Styles.Select(style => style.Weight)]));

    public ObjectiveWeights After(RecipeChange change) => this with
    {
        Content = change.ContentWeight ?? change.Objective?.Content.Weight ?? Content,
        Style = change.StyleWeight ?? change.Objective?.Style.Weight ?? Style,
        TotalVariation = change.TotalVariationWeight ?? change.Objective?.TotalVariation.Weight ?? TotalVariation,
        Matting = change.Objective?.MattingWeight ?? Matting,
        Styles = change.StyleWeights is { } weights ? Normalized(weights) : Styles,
    };

    private static ImmutableArray<double> Normalized(ImmutableArray<double> weights)
    {
        double sum = weights.Sum();
        return sum > 0 ? [.. weights.Select(weight => weight / sum)] : weights;
    }
}
