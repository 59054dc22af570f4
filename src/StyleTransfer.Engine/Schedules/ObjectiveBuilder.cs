using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Schedules;

/// <summary>Turns a recipe's objective into terms with their targets at one scale.</summary>
internal static class ObjectiveBuilder
{
    public static Objective Build(Recipe recipe, ScaleInputs inputs, Encoder encoder, EncoderMode mode)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        ImmutableArray<string> styleLayers = [.. recipe.Objective.Style.Layers.Select(layer => layer.Layer).Distinct()];
        RegionMaps regions = inputs.Regions.IsEmpty
            ? RegionMaps.None
            : RegionMaps.Build([.. inputs.Regions.Select(region => region.Content)], styleLayers, encoder);
        ImmutableArray<ContentTerm> contents = Contents(recipe.Objective.Content, inputs.Content, encoder, mode);
        ImmutableArray<StyleTerm> styles = Styles(recipe, inputs, encoder, mode);
        ImmutableArray<string> layers = [.. contents.Select(term => term.Layer).Concat(styles.Select(term => term.Layer)).Distinct()];
        MattingLaplacian? matting = recipe.Objective.MattingWeight > 0 && inputs.Content is not null ? new MattingLaplacian(inputs.Content) : null;
        return new Objective(
            new WholePass(encoder, layers, mode),
            contents,
            styles,
            regions,
            recipe.Objective.TotalVariation.Form,
            matting,
            recipe.Objective.NormalizeGradients);
    }

    private static ImmutableArray<ContentTerm> Contents(ContentSettings settings, Tensor? content, Encoder encoder, EncoderMode mode)
    {
        if (content is null || settings.Layers.IsEmpty)
        {
            return [];
        }

        IReadOnlyDictionary<string, Tensor> features = encoder.Features(content, [.. settings.Layers.Select(layer => layer.Layer).Distinct()], mode);
        return [.. settings.Layers.Select(layer => new ContentTerm(layer.Layer, layer.Weight, features[layer.Layer].clone(), settings.Form))];
    }

    private static ImmutableArray<StyleTerm> Styles(Recipe recipe, ScaleInputs inputs, Encoder encoder, EncoderMode mode)
    {
        StyleSettings settings = recipe.Objective.Style;
        if (settings.Layers.IsEmpty)
        {
            return [];
        }

        ImmutableArray<StyleTerm>.Builder terms = ImmutableArray.CreateBuilder<StyleTerm>();
        ImmutableArray<string> layers = [.. settings.Layers.Select(layer => layer.Layer).Distinct()];
        for (int style = 0; style < inputs.Styles.Length; style++)
        {
            using DisposeScope scope = NewDisposeScope();
            IReadOnlyDictionary<string, Tensor> features = encoder.Features(inputs.Styles[style], layers, mode);
            foreach (LayerWeight layer in settings.Layers)
            {
                if (inputs.Regions.IsEmpty)
                {
                    IStyleDistance distance = StyleDistances.Create(settings.Form, features[layer.Layer], mask: null, recipe.Seed);
                    terms.Add(new StyleTerm($"style/{layer.Layer}/{style}", layer.Layer, -1, style, layer.Weight, distance));
                }

                for (int region = 0; region < inputs.Regions.Length; region++)
                {
                    if (recipe.Regions[region].Style == style)
                    {
                        terms.Add(Guided(recipe, inputs, region, layer, features[layer.Layer], encoder));
                    }
                }
            }
        }

        return terms.ToImmutable();
    }

    // Weighted by the region's share of the picture, so that a pixel in a small region is pulled as hard as one in a large region;
    // and by the number of styles, whose weights add up to 1 while each acts on its own region only.
    private static StyleTerm Guided(Recipe recipe, ScaleInputs inputs, int region, LayerWeight layer, Tensor features, Encoder encoder)
    {
        ScaleRegion masks = inputs.Regions[region];
        GuidanceRegion settings = recipe.Regions[region];
        double share = masks.Content.mean().ToDouble();
        Tensor? styleMap = masks.Style is null ? null : RegionMaps.AtLayer(masks.Style, layer.Layer, encoder);
        string name = settings.Name ?? $"region {region + 1}";
        if (share <= 0 || (styleMap is not null && styleMap.sum().ToDouble() <= 0))
        {
            throw new RecipeException($"A mask of '{name}' is black all over; white is inside. Paint the region, or remove it.");
        }

        return new StyleTerm(
            $"style/{layer.Layer}/{settings.Style}/{name}",
            layer.Layer,
            region,
            settings.Style,
            layer.Weight * share * inputs.Styles.Length,
            StyleDistances.Create(recipe.Objective.Style.Form, features, styleMap, recipe.Seed));
    }
}
