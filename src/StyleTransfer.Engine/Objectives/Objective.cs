using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// L = α·content + β·style + γ·total variation: equation 7 of Gatys et al. 2016, extended. Owns its terms and masks.
/// </summary>
/// <remarks>
/// An evaluation has two halves. The first sums the statistics of the features; from them the style distances give, in closed
/// form, their values and gradients with respect to the statistics. The second turns these into gradients at the features,
/// ∂L ⁄ ∂f = w (∂L ⁄ ∂μ + 2 ∂L ⁄ ∂Second · f) ⁄ Σ w, adds the content terms', and back-propagates. Neither half needs more of the picture
/// than a part at a time, so tiles give the gradient of the whole.
/// </remarks>
internal sealed class Objective(
    IFeaturePass pass,
    ImmutableArray<ContentTerm> contents,
    ImmutableArray<StyleTerm> styles,
    RegionMaps regions,
    TotalVariationForm variation,
    bool normalizeGradients) : IDisposable
{
    private readonly ImmutableArray<string> layers =
        [.. contents.Select(term => term.Layer).Concat(styles.Select(term => term.Layer)).Distinct()];

    /// <summary>Value and gradient at a picture.</summary>
    /// <param name="image">[1, 3, H, W], float32 (float64 for checks).</param>
    /// <returns>Its gradient is in the caller's scope.</returns>
    public Evaluation Evaluate(Tensor image, ObjectiveWeights weights)
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, double> values = [];
        Tensor gradient = zeros_like(image);
        if (layers.Length > 0)
        {
            gradient.add_(AtFeatures(image, weights, values));
        }

        double variationValue = 0;
        if (weights.TotalVariation != 0)
        {
            (double value, Tensor slope) = TotalVariation.Evaluate(image, variation);
            variationValue = weights.TotalVariation * value;
            gradient.add_(slope, alpha: weights.TotalVariation);
        }

        Losses losses = new(
            contents.Select(ContentName).Distinct().Sum(name => values[name]),
            styles.Sum(term => values[term.Name]),
            variationValue,
            0,
            [.. values.Select(pair => new TermValue(pair.Key, pair.Value))]);
        return new Evaluation(losses, gradient.MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        foreach (ContentTerm term in contents)
        {
            term.Dispose();
        }

        foreach (StyleTerm term in styles)
        {
            term.Dispose();
        }

        regions.Dispose();
    }

    private Tensor AtFeatures(Tensor image, ObjectiveWeights weights, Dictionary<string, double> values)
    {
        Dictionary<(string Layer, int Region), MomentSum> sums =
            styles.Select(term => (term.Layer, term.Region)).Distinct().ToDictionary(key => key, _ => new MomentSum());
        pass.Forward(image, part =>
        {
            foreach (((string layer, int region), MomentSum sum) in sums)
            {
                if (layer == part.Layer)
                {
                    sum.Add(part.Features, regions.At(part, region));
                }
            }
        });

        Dictionary<(string, int), FeatureGradient> slopes = [];
        foreach (((string layer, int region), MomentSum sum) in sums)
        {
            FeatureGradient slope = new(sum.Area);
            Moments moments = sum.Moments();
            foreach (StyleTerm term in styles.Where(term => term.Layer == layer && term.Region == region))
            {
                double weight = weights.Style * weights.Styles[term.Style] * term.Weight;
                DistanceValue distance = term.Distance.Evaluate(moments);
                values[term.Name] = weight * distance.Value;
                slope.Add(distance, weight);
            }

            slopes[(layer, region)] = slope;
        }

        Tensor? Seed(FeaturePart part)
        {
            Tensor? seed = null;
            foreach (ContentTerm term in contents.Where(term => term.Layer == part.Layer))
            {
                double weight = weights.Content * term.Weight;
                (double value, Tensor slope) = term.Evaluate(part, weight);
                values[ContentName(term)] = values.GetValueOrDefault(ContentName(term)) + weight * value;
                seed = seed is null ? slope : seed.add_(slope);
            }

            foreach (((string layer, int region), FeatureGradient slope) in slopes)
            {
                if (layer == part.Layer)
                {
                    Tensor at = slope.At(part, regions.At(part, region));
                    seed = seed is null ? at : seed.add_(at);
                }
            }

            return seed;
        }

        if (!normalizeGradients)
        {
            return pass.Backward(layers, Seed);
        }

        // Each layer's own gradient at the pixels, brought to L1 norm 1 (ProGamerGov/neural-style-pt's aim; theirs scales the value).
        Tensor sumOfLayers = zeros_like(image);
        foreach (string layer in layers)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = pass.Backward([layer], Seed);
            sumOfLayers.add_(gradient / gradient.abs().sum().clamp(min: 1e-12));
        }

        return sumOfLayers;
    }

    private static string ContentName(ContentTerm term) => $"content/{term.Layer}";
}
