using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Distillation;

/// <summary>
/// How far the student's features are from the teacher's, per layer: the relative squared error of the features before and after
/// the ReLU, and of their means and covariances, which are what a style is made of.
/// </summary>
/// <remarks>Before the ReLU because a unit that is silent where the teacher's speaks has no slope behind it.</remarks>
internal static class DistillationLoss
{
    // Those that recipes look at, by how much; relu5_1 is where errors add up and results differ most.
    private static readonly ImmutableDictionary<string, double> Weights = new Dictionary<string, double>
    {
        ["relu1_1"] = 3,
        ["relu2_1"] = 2,
        ["relu3_1"] = 1.5,
        ["relu4_1"] = 1.5,
        ["relu4_2"] = 2,
        ["relu4_3"] = 1,
        ["relu4_4"] = 2,
        ["relu5_1"] = 2,
    }.ToImmutableDictionary();

    private const double OtherWeight = 0.6;

    // A layer of the teacher that is silent everywhere has no energy to be relative to.
    private const double Nothing = 1e-8;

    /// <param name="student">[B, C, H, W] per layer, differentiable; null before the ReLU where only the features after it compare.</param>
    /// <param name="teacher">The same shapes, by <c>reluN_M</c> and <c>convN_M</c>.</param>
    /// <param name="beforeWeight">What the error before the ReLU counts, against the one after it.</param>
    /// <param name="momentWeight">What the errors of mean and covariance count, against the features' own.</param>
    /// <returns>The weighted sum, and each layer's relative squared error after the ReLU (detached).</returns>
    public static (Tensor Loss, Dictionary<string, Tensor> Errors) Of(
        Dictionary<string, (Tensor? Before, Tensor After)> student, IReadOnlyDictionary<string, Tensor> teacher, double beforeWeight, double momentWeight)
    {
        Tensor? loss = null;
        Dictionary<string, Tensor> errors = [];
        foreach ((string layer, (Tensor? before, Tensor after)) in student)
        {
            if (!teacher.TryGetValue(layer, out Tensor? target))
            {
                continue;
            }

            Tensor s = after.to(ScalarType.Float32).flatten(2);
            Tensor t = target.to(ScalarType.Float32).flatten(2);
            Tensor error = RelativeError(s, t, [1L, 2]);
            Tensor meanS = s.mean([2L], keepdim: true);
            Tensor meanT = t.mean([2L], keepdim: true);
            Tensor covarianceS = Covariance(s, meanS);
            Tensor covarianceT = Covariance(t, meanT);
            Tensor term = error.Plus(RelativeError(covarianceS, covarianceT, [1L, 2]).Plus(RelativeError(meanS, meanT, [1L, 2])).Times(momentWeight));
            if (before is not null)
            {
                Tensor b = before.to(ScalarType.Float32).flatten(2);
                term = term.Plus(RelativeError(b, teacher[LayerStatistics.Before(layer)].to(ScalarType.Float32).flatten(2), [1L, 2]).Times(beforeWeight));
            }

            term = term.Times(Weights.GetValueOrDefault(layer, OtherWeight));
            loss = loss is null ? term : loss.Plus(term);
            errors[layer] = error.detach();
        }

        return (loss!, errors);
    }

    // Per picture, so that a flat one weighs as much as a rich one; the floor keeps a black one from weighing all.
    private static Tensor RelativeError(Tensor student, Tensor teacher, long[] dimensions)
    {
        Tensor energy = teacher.Squared().sum(dimensions);
        Tensor error = (student - teacher).Squared().sum(dimensions) / energy.Plus(energy.mean().Times(0.05)).Plus(Nothing);
        // A picture far outside of what was learnt so far must not throw the weights about: the slope falls where the error is large.
        return error.log1p().mean();
    }

    private static Tensor Covariance(Tensor features, Tensor mean)
    {
        Tensor centered = features - mean;
        return centered.bmm(centered.transpose(1, 2)).Over(features.shape[2]);
    }
}
