using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine;

/// <summary>How a run ended, and with what.</summary>
public sealed record TransferResult(PixelImage Picture, Recipe Recipe, int Iterations, bool Completed, byte[] Checkpoint);

/// <summary>One optimisation, from a recipe to a picture.</summary>
public static class TransferRun
{
    public static TransferResult Run(
        Recipe recipe,
        TransferInputs inputs,
        Encoder encoder,
        IRunObserver observer,
        RunControl control,
        byte[]? checkpoint,
        CancellationToken cancellationToken)
    {
        var mode = recipe.Precision == Precision.Float32 ? EncoderMode.Default : new EncoderMode(recipe.Encoder.Pooling, recipe.Encoder.Padding, ScalarType.BFloat16, true);
        List<(int, int, int)> scales = [];
        for (double s = recipe.Schedule.Size; ; s /= recipe.Schedule.Ratio)
        {
            var (w, h) = ImageScaler.Fit(inputs.Content!.Width, inputs.Content.Height, (int)Math.Round(s));
            scales.Insert(0, (w, h, recipe.Schedule.Iterations));
            if (s / recipe.Schedule.Ratio < recipe.Schedule.MinSize) { break; }
        }

        scales[0] = (scales[0].Item1, scales[0].Item2, recipe.Schedule.FirstIterations);
        Tensor x = PixelTensors.ToTensor(ImageScaler.Resize(inputs.Content!, scales[0].Item1, scales[0].Item2), encoder.Device);
        int iteration = 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (int k = 0; k < scales.Count; k++)
        {
            var (w, h, n) = scales[k];
            using DisposeScope scaleScope = NewDisposeScope();
            x = nn.functional.interpolate(x, [h, w], mode: InterpolationMode.Bicubic, align_corners: false).clamp(0, 1).DetachFromDisposeScope();
            using Tensor content = PixelTensors.ToTensor(ImageScaler.Resize(inputs.Content!, w, h), encoder.Device);
            List<(Tensor, double)> styles = [];
            foreach (var (style, input) in inputs.Styles.Zip(recipe.Styles))
            {
                int edge = Math.Min((int)(Math.Max(w, h) * input.Scale), Math.Max(style.Width, style.Height));
                var (sw, sh) = ImageScaler.Fit(style.Width, style.Height, edge);
                styles.Add((PixelTensors.ToTensor(ImageScaler.Resize(style, sw, sh), encoder.Device), input.Weight));
            }

            using Objective objective = new(encoder, mode, recipe.Objective, content, styles);
            using Lbfgs optimizer = new(recipe.Optimizer.History, recipe.Optimizer.LearningRate);
            ObjectiveValue value = objective.Evaluate(x);
            for (int i = 0; i < n; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor next = optimizer.Step(x, value.Gradient);
                if (recipe.Optimizer.Clamp) { next = next.clamp(0, 1); }
                ObjectiveValue nextValue = objective.Evaluate(next);
                optimizer.Observe(next - x, nextValue.Gradient);
                x.Dispose();
                value.Gradient.Dispose();
                x = next.DetachFromDisposeScope();
                value = nextValue with { Gradient = nextValue.Gradient.DetachFromDisposeScope() };
                iteration++;
                observer.OnIteration(new IterationReport { Iteration = iteration, Scale = k, Width = w, Height = h, Seconds = clock.Elapsed.TotalSeconds, Total = value.Total, Content = value.Content, Style = value.Style, Tv = value.Tv, Terms = value.Terms }, new Snapshot(x));
            }
        }

        return new TransferResult(PixelTensors.ToImage(x), recipe, iteration, true, []);
    }

    private sealed class Snapshot(Tensor x) : IRunSnapshot
    {
        public PixelImage Picture(int? maxEdge = null) => PixelTensors.ToImage(x);

        public byte[] Checkpoint() => throw new NotSupportedException();
    }
}
