using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// L = α·content + β·style + γ·total variation + δ·matting: equation 7 of Gatys et al. 2016, extended. Owns its terms and masks.
/// </summary>
/// <remarks>
/// An evaluation has two halves. The first gathers the statistics of the features; from them the style distances give, in closed
/// form, their values and gradients. The second turns these into gradients at the features, adds the content terms', and
/// back-propagates. Neither half needs more of the picture than a part at a time, so tiles give the gradient of the whole.
/// </remarks>
internal sealed class Objective(
    IFeaturePass pass,
    ImmutableArray<ContentTerm> contents,
    ImmutableArray<StyleTerm> styles,
    RegionMaps regions,
    TotalVariationForm variation,
    MattingLaplacian? matting,
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
        Tensor gradient = layers.Length > 0 ? AtFeatures(image, weights, values) : zeros_like(image);

        double variationValue = 0;
        if (weights.TotalVariation != 0)
        {
            (double value, Tensor slope) = TotalVariation.Evaluate(image, variation);
            variationValue = weights.TotalVariation * value;
            gradient.PlusInPlace(slope, times: weights.TotalVariation);
        }

        double mattingValue = 0;
        if (matting is not null && weights.Matting != 0)
        {
            (double value, Tensor slope) = matting.Evaluate(image);
            values["matting"] = mattingValue = weights.Matting * value;
            gradient.PlusInPlace(slope, times: weights.Matting);
        }

        Losses losses = new(
            contents.Select(ContentName).Distinct().Sum(name => values[name]),
            styles.Sum(term => values[term.Name]),
            variationValue,
            mattingValue,
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
        matting?.Dispose();
    }

    private Tensor AtFeatures(Tensor image, ObjectiveWeights weights, Dictionary<string, double> values)
    {
        Dictionary<(string Layer, int Region), IStyleStatistic> statistics =
            styles.GroupBy(term => (term.Layer, term.Region)).ToDictionary(group => group.Key, group => group.First().Distance.NewStatistic());
        try
        {
            pass.Forward(image, part =>
            {
                foreach (((string layer, int region), IStyleStatistic statistic) in statistics)
                {
                    if (layer == part.Layer)
                    {
                        statistic.Add(part, regions.At(part, region));
                    }
                }
            });
            foreach ((string name, double value) in Compared(statistics, weights))
            {
                values[name] = value;
            }

            Tensor? OfStyle(FeaturePart part) => Sum(statistics
                .Where(pair => pair.Key.Layer == part.Layer)
                .Select(pair => pair.Value.At(part, regions.At(part, pair.Key.Region))));

            Tensor? OfContent(FeaturePart part) => Sum(contents.Where(term => term.Layer == part.Layer).Select(term =>
            {
                double weight = weights.Content * term.Weight;
                (double value, Tensor slope) = term.Evaluate(part, weight);
                values[ContentName(term)] = values.GetValueOrDefault(ContentName(term)) + weight * value;
                return slope;
            }));

            return normalizeGradients
                ? Normalized(image, weights, OfContent, OfStyle)
                : pass.Backward(layers, part => Sum([OfContent(part), OfStyle(part)]));
        }
        finally
        {
            foreach (IStyleStatistic statistic in statistics.Values)
            {
                statistic.Dispose();
            }
        }
    }

    // A layer's decomposition is one thread's work; several layers are several threads', the largest first.
    private IEnumerable<(string Name, double Value)> Compared(Dictionary<(string Layer, int Region), IStyleStatistic> statistics, ObjectiveWeights weights)
    {
        IGrouping<(string, int), StyleTerm>[] groups = [.. styles.GroupBy(term => (term.Layer, term.Region)).OrderByDescending(group => group.Key.Layer)];
        Dictionary<StyleTerm, double>[] values = [.. groups.Select(_ => new Dictionary<StyleTerm, double>())];
        Threads.Share(groups.Length, place =>
        {
            foreach (StyleTerm term in groups[place])
            {
                double weight = weights.Style * weights.Styles[term.Style] * term.Weight;
                values[place][term] = weight * statistics[groups[place].Key].Compare(term.Distance, weight);
            }
        });
        // In the terms' own order, which is that of the trace.
        Dictionary<StyleTerm, double> all = values.SelectMany(group => group).ToDictionary(pair => pair.Key, pair => pair.Value);
        return styles.Select(term => (term.Name, all[term]));
    }

    // Each term's own gradient at the pixels, a layer at a time, brought to L1 norm 1 and then weighted (the aim of neural-style's
    // option, which normalises at the features; neural-style-pt's scales the value instead).
    private Tensor Normalized(Tensor image, ObjectiveWeights weights, Func<FeaturePart, Tensor?> ofContent, Func<FeaturePart, Tensor?> ofStyle)
    {
        Tensor sum = zeros_like(image);
        bool isGone = false;
        void Add(string layer, Func<FeaturePart, Tensor?> seed, double weight)
        {
            using DisposeScope scope = NewDisposeScope();
            if (isGone)
            {
                pass.Forward(image, _ => { }); // With one layer only, the pass lets its graph go at once.
            }

            isGone = layers.Length == 1;
            Tensor gradient = pass.Backward([layer], seed);
            sum.PlusInPlace(gradient, times: weight / Math.Max(gradient.abs().sum().ToDouble(), 1e-30));
        }

        foreach (IGrouping<string, ContentTerm> layer in contents.GroupBy(term => term.Layer))
        {
            Add(layer.Key, ofContent, weights.Content * layer.Sum(term => term.Weight));
        }

        foreach (IGrouping<string, StyleTerm> layer in styles.GroupBy(term => term.Layer))
        {
            Add(layer.Key, ofStyle, weights.Style * layer.Sum(term => weights.Styles[term.Style] * term.Weight));
        }

        return sum;
    }

    private static Tensor? Sum(IEnumerable<Tensor?> slopes) =>
        slopes.Aggregate((Tensor?)null, (sum, slope) => sum is null ? slope : slope is null ? sum : sum.PlusInPlace(slope));

    private static string ContentName(ContentTerm term) => $"content/{term.Layer}";
}
