using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

internal sealed record ObjectiveValue(Tensor Gradient, double Total, double Content, double Style, double Tv, ImmutableArray<TermValue> Terms);

internal sealed class Objective : IDisposable
{
    private readonly Encoder encoder;
    private readonly EncoderMode mode;
    private readonly ObjectiveSettings settings;
    private readonly Dictionary<string, Tensor> contentTargets = [];
    private readonly List<(string Layer, int Style, double Weight, MomentDistance Distance)> styleTerms = [];
    private readonly string[] layers;

    public Objective(Encoder encoder, EncoderMode mode, ObjectiveSettings settings, Tensor? content, IReadOnlyList<(Tensor Image, double Weight)> styles)
    {
        this.encoder = encoder;
        this.mode = mode;
        this.settings = settings;
        layers = [.. settings.Content.Layers.Concat(settings.Style.Layers).Select(l => l.Layer).Distinct()];
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        if (content is not null)
        {
            foreach ((string layer, Tensor f) in encoder.Features(content, [.. settings.Content.Layers.Select(l => l.Layer)], mode))
            {
                contentTargets[layer] = f.DetachFromDisposeScope();
            }
        }

        for (int i = 0; i < styles.Count; i++)
        {
            var features = encoder.Features(styles[i].Image, [.. settings.Style.Layers.Select(l => l.Layer)], mode);
            foreach (LayerWeight layer in settings.Style.Layers)
            {
                FeatureMoments moments = FeatureMoments.Of(features[layer.Layer]);
                MomentDistance distance = settings.Style.Form switch
                {
                    StyleForm.Wasserstein2 => new Wasserstein2Distance(moments, isRelative: false),
                    StyleForm.RelativeWasserstein2 => new Wasserstein2Distance(moments, isRelative: true),
                    StyleForm.GramPaper => new GramDistance(moments.Second.DetachFromDisposeScope(), 1 / (4 * Math.Pow(moments.Mean.shape[0], 2))),
                    _ => new GramDistance(moments.Second.DetachFromDisposeScope(), 1 / Math.Pow(moments.Mean.shape[0], 4)),
                };
                styleTerms.Add((layer.Layer, i, layer.Weight * styles[i].Weight, distance));
            }
        }
    }

    public ObjectiveValue Evaluate(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor leaf = x.detach().requires_grad_();
        IReadOnlyDictionary<string, Tensor> features = encoder.Features(leaf, layers, mode);
        Dictionary<string, Tensor> gradients = [];
        List<(string Name, Tensor Value)> values = [];
        using (no_grad())
        {
            foreach (LayerWeight layer in settings.Content.Layers)
            {
                if (!contentTargets.TryGetValue(layer.Layer, out Tensor? target))
                {
                    continue;
                }

                Tensor difference = features[layer.Layer].to(ScalarType.Float32) - target.to(ScalarType.Float32);
                double factor = settings.Content.Form switch
                {
                    ContentForm.Paper => 0.5,
                    ContentForm.Mean => 1.0 / difference.numel(),
                    _ => 1 / target.to(ScalarType.Float32).square().sum().item<float>(),
                };
                factor *= layer.Weight * settings.Content.Weight;
                values.Add(($"content/{layer.Layer}", difference.square().sum() * factor));
                Add(layer.Layer, difference * (2 * factor));
            }

            foreach (var group in styleTerms.GroupBy(t => t.Layer))
            {
                FeatureMoments moments = FeatureMoments.Of(features[group.Key]);
                Tensor f = FeatureMoments.Columns(features[group.Key]);
                Tensor? bySecond = null;
                Tensor? byMean = null;
                foreach (var term in group)
                {
                    double weight = term.Weight * settings.Style.Weight;
                    MomentGradient g = term.Distance.Evaluate(moments);
                    values.Add(($"style/{group.Key}/{term.Style}", g.Value * weight));
                    bySecond = bySecond is null ? g.Second * weight : bySecond + (g.Second * weight);
                    if (g.Mean is not null)
                    {
                        byMean = byMean is null ? g.Mean * weight : byMean + (g.Mean * weight);
                    }
                }

                Tensor byFeatures = bySecond!.mm(f) * (2 / moments.Positions);
                if (byMean is not null)
                {
                    byFeatures = byFeatures + (byMean / moments.Positions).unsqueeze(1);
                }

                Add(group.Key, byFeatures.reshape(features[group.Key].shape));
            }
        }

        Tensor tv = TotalVariation(leaf, settings.TotalVariation.Form) * settings.TotalVariation.Weight;
        values.Add(("tv", tv.detach()));
        List<Tensor> roots = [.. gradients.Keys.Select(k => features[k]), tv];
        List<Tensor> seeds = [.. gradients.Keys.Select(k => gradients[k].to(features[k].dtype)), ones_like(tv)];
        autograd.backward(roots, seeds);
        Tensor gradient = leaf.grad!.clone().MoveToOuterDisposeScope();
        float[] numbers = stack(values.Select(v => v.Value.to(ScalarType.Float32).reshape([]))).cpu().data<float>().ToArray();
        ImmutableArray<TermValue> terms = [.. values.Zip(numbers, (v, n) => new TermValue(v.Name, n))];
        double Sum(string prefix) => terms.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(t => t.Value);
        return new ObjectiveValue(gradient, terms.Sum(t => t.Value), Sum("content"), Sum("style"), Sum("tv"), terms);

        void Add(string layer, Tensor g) => gradients[layer] = gradients.TryGetValue(layer, out Tensor? old) ? old + g : g;
    }

    private static Tensor TotalVariation(Tensor x, TotalVariationForm form)
    {
        Tensor p = nn.functional.pad(x, (1, 1, 1, 1), PaddingModes.Replicate);
        Tensor d(int dy, int dx) => x - p[.., .., (1 + dy)..(1 + dy + (int)x.shape[2]), (1 + dx)..(1 + dx + (int)x.shape[3])];
        return ((d(0, 1).square() + d(1, 0).square() + d(0, -1).square() + d(-1, 0).square()) * 0.25 * (2.0 / 3)
            + ((d(1, 1).square() + d(1, -1).square() + d(-1, 1).square() + d(-1, -1).square()) * 0.125 * (1.0 / 3))).mean() * 3;
    }

    public void Dispose()
    {
        foreach (Tensor t in contentTargets.Values)
        {
            t.Dispose();
        }

        styleTerms.ForEach(t => t.Distance.Dispose());
    }
}
