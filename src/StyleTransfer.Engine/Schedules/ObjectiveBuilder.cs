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
    /// <param name="tiling">How the picture is cut; null for all of it at once.</param>
    public static Objective Build(Recipe recipe, ScaleInputs inputs, Encoder encoder, EncoderMode mode, Tiling? tiling = null)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        ImmutableArray<string> styleLayers = [.. recipe.Objective.Style.Layers.Select(layer => layer.Layer).Distinct()];
        RegionMaps regions = inputs.Regions.IsEmpty
            ? RegionMaps.None
            : RegionMaps.Build([.. inputs.Regions.Select(region => region.Content)], styleLayers, encoder);
        ImmutableArray<ContentTerm> contents = Contents(recipe.Objective.Content, inputs.Content, encoder, mode, tiling ?? Tiling.OfTargets);
        ImmutableArray<StyleTerm> styles = Styles(recipe, inputs, encoder, mode, tiling ?? Tiling.OfTargets);
        ImmutableArray<string> layers = [.. contents.Select(term => term.Layer).Concat(styles.Select(term => term.Layer)).Distinct()];
        MattingLaplacian? matting = recipe.Objective.MattingWeight > 0 && inputs.Content is not null ? new MattingLaplacian(inputs.Content) : null;
        return new Objective(
            tiling is null ? new WholePass(encoder, layers, mode) : new TiledPass(encoder, layers, mode, tiling),
            contents,
            styles,
            regions,
            recipe.Objective.TotalVariation.Form,
            matting,
            recipe.Objective.NormalizeGradients);
    }

    private static ImmutableArray<ContentTerm> Contents(ContentSettings settings, Tensor? content, Encoder encoder, EncoderMode mode, Tiling tiling)
    {
        if (content is null || settings.Layers.IsEmpty)
        {
            return [];
        }

        ImmutableArray<string> layers = [.. settings.Layers.Select(layer => layer.Layer).Distinct()];
        Dictionary<string, Tensor> features = WholeFeatures(content, layers, encoder, mode, tiling);
        return [.. settings.Layers.Select(layer => new ContentTerm(layer.Layer, layer.Weight, features[layer.Layer].clone(), settings.Form))];
    }

    private static ImmutableArray<StyleTerm> Styles(Recipe recipe, ScaleInputs inputs, Encoder encoder, EncoderMode mode, Tiling tiling)
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
            // −1 is the whole style.
            int[] regions = inputs.Regions.IsEmpty ? [-1] : [.. Enumerable.Range(0, inputs.Regions.Length).Where(region => recipe.Regions[region].Style == style)];
            ImmutableArray<(string Layer, int Region, Tensor? Mask)> places =
            [
                .. layers.SelectMany(layer => regions.Select(region => (layer, region, region < 0 ? null : StyleMap(recipe, inputs, region, layer, encoder)))),
            ];
            Func<string, int, IStyleDistance> distance = Distances(recipe, inputs.Styles[style], places, encoder, mode, tiling);
            foreach (LayerWeight layer in settings.Layers)
            {
                terms.AddRange(regions.Select(region => region < 0
                    ? new StyleTerm($"style/{layer.Layer}/{style}", layer.Layer, -1, style, layer.Weight, distance(layer.Layer, -1))
                    : Guided(recipe, inputs, region, layer, distance(layer.Layer, region))));
            }
        }

        return terms.ToImmutable();
    }

    // By layer and region. Moments are summed tile by tile; what else a distance looks at needs the style's whole features.
    private static Func<string, int, IStyleDistance> Distances(
        Recipe recipe, Tensor style, ImmutableArray<(string Layer, int Region, Tensor? Mask)> places, Encoder encoder, EncoderMode mode, Tiling tiling)
    {
        StyleForm form = recipe.Objective.Style.Form;
        string[] layers = [.. places.Select(place => place.Layer).Distinct()];
        if (form == StyleForm.SlicedWasserstein)
        {
            Dictionary<string, Tensor> features = WholeFeatures(style, layers, encoder, mode, tiling);
            return (layer, region) => StyleDistances.Create(form, features[layer], places.First(place => place.Layer == layer && place.Region == region).Mask, recipe.Seed);
        }

        Dictionary<(string, int), MomentSum> sums = places.ToDictionary(place => (place.Layer, place.Region), _ => new MomentSum());
        new TiledPass(encoder, layers, mode, tiling).Look(style, part =>
        {
            foreach ((string layer, int region, Tensor? mask) in places.Where(place => place.Layer == part.Layer))
            {
                sums[(layer, region)].Add(part.Features, mask is null ? null : part.Of(mask));
            }
        });
        Dictionary<(string, int), Moments> moments = sums.ToDictionary(pair => pair.Key, pair => pair.Value.Moments());
        return (layer, region) => StyleDistances.OfMoments(form, moments[(layer, region)]);
    }

    private static Dictionary<string, Tensor> WholeFeatures(
        Tensor image, IReadOnlyCollection<string> layers, Encoder encoder, EncoderMode mode, Tiling tiling)
    {
        Dictionary<string, Tensor> maps = layers.ToDictionary(layer => layer, layer =>
            mode.Map(encoder.Channels(layer), image.shape[2] / encoder.Stride(layer), image.shape[3] / encoder.Stride(layer), encoder.Device));
        new TiledPass(encoder, layers, mode, tiling).Look(image, part =>
        {
            using DisposeScope step = NewDisposeScope();
            part.Of(maps[part.Layer]).copy_(part.Features);
        });
        return maps;
    }

    // Weighted by the region's share of the picture, so that a pixel in a small region is pulled as hard as one in a large region;
    // and by the number of styles, whose weights add up to 1 while each acts on its own region only.
    private static StyleTerm Guided(Recipe recipe, ScaleInputs inputs, int region, LayerWeight layer, IStyleDistance distance)
    {
        GuidanceRegion settings = recipe.Regions[region];
        return new StyleTerm(
            $"style/{layer.Layer}/{settings.Style}/{RegionName(settings, region)}",
            layer.Layer,
            region,
            settings.Style,
            layer.Weight * inputs.Regions[region].Content.mean().ToDouble() * inputs.Styles.Length,
            distance);
    }

    private static Tensor? StyleMap(Recipe recipe, ScaleInputs inputs, int region, string layer, Encoder encoder)
    {
        ScaleRegion masks = inputs.Regions[region];
        Tensor? map = masks.Style is null ? null : RegionMaps.AtLayer(masks.Style, layer, encoder);
        return masks.Content.mean().ToDouble() > 0 && (map is null || map.sum().ToDouble() > 0)
            ? map
            : throw new RecipeException($"A mask of '{RegionName(recipe.Regions[region], region)}' is black all over; white is inside. Paint the region, or remove it.");
    }

    private static string RegionName(GuidanceRegion settings, int region) => settings.Name ?? $"region {region + 1}";
}
