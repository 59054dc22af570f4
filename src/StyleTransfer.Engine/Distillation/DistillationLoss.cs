using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Distillation;

/// <summary>
/// How far the student's features are from the teacher's, per layer: the relative squared error of the features, and of their
/// Gram matrices, which are what a style is made of.
/// </summary>
internal static class DistillationLoss
{
    // Content recipes look at relu4_2, and the style weights fall steeply with depth.
    private static readonly ImmutableDictionary<string, double> Weights = new Dictionary<string, double>
    {
        ["relu1_1"] = 3, ["relu2_1"] = 2, ["relu3_1"] = 1.5, ["relu4_1"] = 1, ["relu4_2"] = 1.5, ["relu5_1"] = 0.7,
    }.ToImmutableDictionary();

    private const double OtherWeight = 0.3;
    private const double GramWeight = 0.25;

    /// <param name="student">[B, C, H, W] per layer, differentiable.</param>
    /// <param name="teacher">The same shapes.</param>
    /// <returns>The weighted sum, and each layer's relative squared error (detached).</returns>
    public static (Tensor Loss, Dictionary<string, Tensor> Errors) Of(Dictionary<string, Tensor> student, IReadOnlyDictionary<string, Tensor> teacher)
    {
        Tensor? loss = null;
        Dictionary<string, Tensor> errors = [];
        foreach ((string layer, Tensor features) in student)
        {
            if (!teacher.TryGetValue(layer, out Tensor? target))
            {
                continue;
            }

            Tensor s = Columns(features);
            Tensor t = Columns(target);
            Tensor energy = t.square().sum([1L]).mean([1L]);
            // Per picture, so that a flat one weighs as much as a rich one; the floor keeps a black one from weighing all.
            Tensor floor = energy.mean() * 0.05;
            Tensor error = ((s - t).square().sum([1L]).mean([1L]) / (energy + floor)).mean();
            Tensor gramS = s.bmm(s.transpose(1, 2)) / s.shape[2];
            Tensor gramT = t.bmm(t.transpose(1, 2)) / t.shape[2];
            // Not squared: it is of fourth order in the features already, and one odd picture must not move all weights.
            Tensor gramEnergy = gramT.square().sum([1L, 2]);
            Tensor gram = (((gramS - gramT).square().sum([1L, 2]) + 1e-8) / (gramEnergy + (gramEnergy.mean() * 0.05) + 1e-8)).sqrt().mean();
            Tensor term = (error + (gram * GramWeight)) * Weights.GetValueOrDefault(layer, OtherWeight);
            loss = loss is null ? term : loss + term;
            errors[layer] = error.detach();
        }

        return (loss!, errors);
    }

    private static Tensor Columns(Tensor features) => features.to(ScalarType.Float32).flatten(2);
}
