using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine;

/// <summary>One term of an objective at one picture.</summary>
/// <param name="Name">Such as <c>style/relu3_1/0</c>.</param>
/// <param name="Weight">All factors before the term: α or β, the layer's, the style's share.</param>
/// <param name="Value">As its formula gives it, unweighted.</param>
public sealed record LossTerm(string Name, double Weight, double Value)
{
    public double Weighted => Weight * Value;
}

/// <summary>The objective at one picture, for cross-checks with other programs: float32, pictures as they are.</summary>
public sealed record LossReport(int Width, int Height, double Total, double Content, double Style, double Tv, ImmutableArray<LossTerm> Terms)
{
    /// <param name="picture">x of equation 7. A content of another size is resampled to its size; styles keep theirs.</param>
    public static LossReport Of(PixelImage picture, Recipe recipe, TransferInputs inputs, Encoder encoder)
    {
        RecipeValidation.Check(recipe, encoder.Layers);
        if (!recipe.Regions.IsEmpty)
        {
            throw new RecipeException("The loss of a recipe with regions is reported by --trace only; leave the regions out.");
        }

        using DisposeScope scope = NewDisposeScope();
        using ScaleInputs scale = ScaleInputs.AsTheyAre(inputs, picture.Width, picture.Height, encoder.Device);
        EncoderMode mode = new(recipe.Encoder.Pooling, recipe.Encoder.Padding, ScalarType.Float32, ChannelsLast: true);
        using Objective objective = ObjectiveBuilder.Build(WithUnitWeights(recipe), scale, encoder, mode);
        ObjectiveWeights unit = new(1, 1, 1, 0, [.. recipe.Styles.Select(_ => 1.0)]);
        Losses losses = objective.Evaluate(PixelTensors.ToTensor(picture, encoder.Device), unit).Losses;

        ObjectiveWeights weights = ObjectiveWeights.Of(recipe);
        ImmutableArray<LossTerm> contents = TermsOf(losses, recipe.Objective.Content.Layers, layer => $"content/{layer}", weights.Content);
        ImmutableArray<LossTerm> styles =
        [
            .. recipe.Styles.SelectMany((_, style) =>
                TermsOf(losses, recipe.Objective.Style.Layers, layer => $"style/{layer}/{style}", weights.Style * weights.Styles[style])),
        ];
        LossTerm variation = new("tv", weights.TotalVariation, losses.Tv);
        double content = contents.Sum(term => term.Weighted);
        double styled = styles.Sum(term => term.Weighted);
        return new LossReport(
            picture.Width, picture.Height, content + styled + variation.Weighted, content, styled, variation.Weighted, [.. contents, .. styles, variation]);
    }

    private static ImmutableArray<LossTerm> TermsOf(Losses losses, ImmutableArray<LayerWeight> layers, Func<string, string> name, double factor) =>
    [
        .. layers.Select(layer => losses.Terms.FirstOrDefault(value => value.Name == name(layer.Layer)) is TermValue found
            ? new LossTerm(found.Name, factor * layer.Weight, found.Value)
            : null).OfType<LossTerm>(),
    ];

    private static Recipe WithUnitWeights(Recipe recipe) => recipe with
    {
        Objective = recipe.Objective with
        {
            Content = recipe.Objective.Content with { Layers = [.. recipe.Objective.Content.Layers.Select(layer => layer with { Weight = 1 })] },
            Style = recipe.Objective.Style with { Layers = [.. recipe.Objective.Style.Layers.Select(layer => layer with { Weight = 1 })] },
            NormalizeGradients = false,
        },
    };
}
