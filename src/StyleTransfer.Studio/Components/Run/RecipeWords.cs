using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Localization;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Components.Parts;

namespace StyleTransfer.Studio.Components.Run;

/// <summary>A recipe as one would tell it to somebody.</summary>
public sealed class RecipeWords(IStringLocalizer<RecipeWords> texts)
{
    /// <summary>What, and how, in the order of a conversation.</summary>
    public IEnumerable<(string What, string How)> Of(Recipe recipe)
    {
        ObjectiveSettings objective = recipe.Objective;
        yield return (texts["Size"], Size(recipe.Schedule));
        yield return (texts["Work"], Work(recipe));
        if (recipe.Schedule.ContentDetail > 0 && recipe.Content is not null && ScalePlan.Of(recipe.Schedule).Length > 1)
        {
            yield return (texts["Detail"], texts["Detail_Text", (recipe.Schedule.ContentDetail * 100).ToString("0", CultureInfo.CurrentCulture)]);
        }

        if (recipe.Schedule.Tolerance > 0)
        {
            yield return (texts["Tolerance"], texts["Tolerance_Text", Number(recipe.Schedule.Tolerance * 100)]);
        }

        yield return (texts["Start"], texts[$"Start_{recipe.Initialization.Kind}", recipe.Seed]);
        if (!recipe.Styles.IsEmpty)
        {
            yield return (texts["Style"], texts["Term", ChoiceNames.Of("styleForm", recipe), Layers(objective.Style.Layers), Number(objective.Style.Weight)]);
            yield return (texts["Strokes"], texts["Strokes_Text", string.Join(" + ", recipe.Styles.Select(style => (style.Scale * 100).ToString("0", CultureInfo.CurrentCulture) + " %"))]);
        }

        if (recipe.Content is not null)
        {
            yield return (texts["Content"], texts["Term", ChoiceNames.Of("contentForm", recipe), Layers(objective.Content.Layers), Number(objective.Content.Weight)]);
        }

        if (objective.TotalVariation.Weight > 0)
        {
            yield return (texts["Smooth"], texts["Smooth_Text", ChoiceNames.Of("totalVariationForm", recipe), Number(objective.TotalVariation.Weight)]);
        }

        if (objective.MattingWeight > 0)
        {
            yield return (texts["Matting"], texts["Matting_Text", Number(objective.MattingWeight)]);
        }

        if (recipe.Refinement.Strength > 0)
        {
            yield return (texts["Refinement"], texts["Refinement_Text", (recipe.Refinement.Strength * 100).ToString("0", CultureInfo.CurrentCulture)]);
        }

        if (!recipe.Regions.IsEmpty)
        {
            yield return (texts["Regions"], texts["Regions_Text", recipe.Regions.Length]);
        }

        if (recipe.Color.Preserve != ColorPreservation.None || recipe.Color.MatchStyle != ColorMatching.None)
        {
            yield return (texts["Colour"], string.Join(", ", Colour(recipe)));
        }

        yield return (texts["Optimiser"], Optimiser(recipe.Optimizer));
        yield return (texts["Encoder"], string.Join(", ", Encoder(recipe)));
    }

    /// <summary>What a change does, such as <c>style weight 2, 30 more iterations</c>.</summary>
    public string Of(RecipeChange change) => string.Join(", ", Parts(change));

    private IEnumerable<string> Parts(RecipeChange change)
    {
        if (change.Objective is not null)
        {
            yield return texts["Change_Preset", change.Preset is { } preset ? PresetNames.TitleOf(preset) : "–"];
        }

        foreach ((string name, double? value) in new[]
        {
            ("Change_Content", change.ContentWeight), ("Change_Style", change.StyleWeight), ("Change_Tv", change.TotalVariationWeight), ("Change_Rate", change.LearningRate),
        })
        {
            if (value is { } number)
            {
                yield return texts[name, Number(number)];
            }
        }

        if (change.StyleWeights is { } weights)
        {
            yield return texts["Change_Styles", string.Join(" : ", weights.Select(Number))];
        }

        if (change.ExtraIterations is { } extra)
        {
            yield return texts["Change_Extra", extra];
        }
    }

    private string Size(ScheduleSettings schedule)
    {
        ImmutableArray<ScaleStep> scales = ScalePlan.Of(schedule);
        return scales.Length == 1
            ? texts["Size_One", schedule.Size]
            : texts["Size_Many", schedule.Size, scales.Length, string.Join(" → ", scales.Select(scale => scale.LongerEdge))];
    }

    private string Work(Recipe recipe)
    {
        int scales = ScalePlan.Of(recipe.Schedule).Length;
        int total = ScalePlan.TotalIterations(recipe);
        return scales == 1 ? texts["Work_One", total] : texts["Work_Many", recipe.Schedule.FirstIterations, recipe.Schedule.Iterations, total];
    }

    private IEnumerable<string> Colour(Recipe recipe)
    {
        if (recipe.Color.Preserve != ColorPreservation.None)
        {
            yield return texts[$"Keep_{recipe.Color.Preserve}"];
        }

        if (recipe.Color.MatchStyle != ColorMatching.None)
        {
            yield return texts["Match", ChoiceNames.Of("matchStyleColor", recipe)];
        }
    }

    private string Optimiser(OptimizerSettings optimizer) => optimizer.Kind == OptimizerKind.Lbfgs
        ? texts["Lbfgs", optimizer.History, Number(optimizer.LearningRate)]
        : texts["Adam", Number(optimizer.LearningRate), Number(optimizer.Beta1), Number(optimizer.Beta2)];

    private IEnumerable<string> Encoder(Recipe recipe)
    {
        EncoderReference encoder = recipe.Encoder;
        yield return encoder.Sha256 is { } hash ? $"{encoder.Name} ({hash[..8]}…)" : encoder.Name;
        yield return texts["Pooling", ChoiceNames.Of("pooling", recipe)];
        if (encoder.Padding != Padding.Encoder)
        {
            yield return texts["Padding", ChoiceNames.Of("padding", recipe)];
        }
    }

    private static string Layers(ImmutableArray<LayerWeight> layers) => string.Join(", ", layers.Where(layer => layer.Weight > 0).Select(layer => layer.Layer));

    private static string Number(double value) => value.ToString("G4", CultureInfo.CurrentCulture);
}
