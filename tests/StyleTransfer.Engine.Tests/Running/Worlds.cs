using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Tests.Encoders;
using TorchSharp;

namespace StyleTransfer.Engine.Tests.Running;

/// <summary>Small things to run: an encoder of three blocks with few channels, pictures with edges and texture, a short recipe.</summary>
internal static class Worlds
{
    public static Encoder TinyEncoder(float gain = 1, int devices = 1)
    {
        List<TensorToWrite> tensors =
        [
            WeightsFiles.Tensor("conv0.weight", 1, 3, 3, 1, 1), WeightsFiles.Tensor("conv0.bias", 2, 3),
            WeightsFiles.Tensor("conv11.weight", 3, 4, 3, 3, 3), WeightsFiles.Tensor("conv11.bias", 4, 4),
            WeightsFiles.Tensor("conv12.weight", 5, 4, 4, 3, 3), WeightsFiles.Tensor("conv12.bias", 6, 4),
            WeightsFiles.Tensor("conv21.weight", 7, 6, 4, 3, 3), WeightsFiles.Tensor("conv21.bias", 8, 6),
            WeightsFiles.Tensor("conv22.weight", 9, 6, 6, 3, 3), WeightsFiles.Tensor("conv22.bias", 10, 6),
            WeightsFiles.Tensor("conv31.weight", 11, 8, 6, 3, 3), WeightsFiles.Tensor("conv31.bias", 12, 8),
        ];
        if (gain != 1)
        {
            tensors[2] = Scaled(tensors[2], gain);
        }

        return Encoder.Load("tiny", WeightsFiles.Write(tensors), [.. Enumerable.Repeat(torch.CPU, devices)]);
    }

    /// <summary>Waves and a disc; the seed moves them.</summary>
    public static PixelImage Picture(int width, int height, int seed, bool hasAlpha = false)
    {
        float[] rgb = new float[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool isInside = Math.Pow(x - width * (0.3 + 0.1 * seed), 2) + Math.Pow(y - height * 0.5, 2) < width * height / 16.0;
                for (int channel = 0; channel < 3; channel++)
                {
                    double wave = Math.Sin(x * (0.3 + 0.11 * seed) + channel) * Math.Cos(y * (0.23 + 0.05 * seed) - channel);
                    rgb[3 * (y * width + x) + channel] = (float)(0.5 + 0.3 * wave + (isInside ? 0.15 : -0.1));
                }
            }
        }

        float[]? alpha = hasAlpha ? [.. Enumerable.Range(0, width * height).Select(at => at % width < width / 2 ? 1f : 0.5f)] : null;
        return new PixelImage(width, height, rgb, alpha);
    }

    public static PixelImage Flat(int width, int height, float value) =>
        new(width, height, [.. Enumerable.Repeat(value, width * height * 3)]);

    /// <summary>Two scales, 32 and 45 pixels wide.</summary>
    public static Recipe Recipe(OptimizerKind optimizer = OptimizerKind.Lbfgs) => new()
    {
        Content = "content",
        Styles = [new StyleInput { Image = "style" }],
        Objective = new ObjectiveSettings
        {
            Content = new ContentSettings { Weight = 0.1, Layers = [new LayerWeight("relu2_2", 1)] },
            Style = new StyleSettings
            {
                Form = StyleForm.RelativeWasserstein2,
                Layers = [new LayerWeight("relu1_1", 1), new LayerWeight("relu2_1", 0.5), new LayerWeight("relu3_1", 0.25)],
            },
            TotalVariation = new TotalVariationSettings { Weight = 0.02 },
        },
        Optimizer = new OptimizerSettings { Kind = optimizer, LearningRate = optimizer == OptimizerKind.Adam ? 0.02 : 1, History = 5 },
        Schedule = new ScheduleSettings
        {
            Size = 45,
            MinSize = 32,
            FirstIterations = 8,
            Iterations = 8,
            Averaging = optimizer == OptimizerKind.Adam ? 0.9 : 0,
            CarryState = optimizer == OptimizerKind.Adam,
        },
        Precision = Precision.Float32,
    };

    public static TransferInputs Inputs(bool hasAlpha = false) => new()
    {
        Content = Picture(45, 34, 1, hasAlpha),
        Styles = [Picture(48, 48, 3)],
    };

    public static TransferResult Run(
        Recipe recipe,
        TransferInputs? inputs = null,
        Action<IterationReport, IRunSnapshot>? watch = null,
        RunControl? control = null,
        byte[]? checkpoint = null,
        Encoder? encoder = null,
        CancellationTokenSource? stop = null)
    {
        using Encoder tiny = TinyEncoder();
        using RunControl own = new();
        return TransferRun.Run(recipe, inputs ?? Inputs(), encoder ?? tiny, new Watcher(watch), control ?? own, checkpoint, stop?.Token ?? TestContext.Current.CancellationToken);
    }

    public static TensorToWrite Scaled(TensorToWrite tensor, float gain)
    {
        byte[] bytes = tensor.Bytes.ToArray();
        foreach (ref float value in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.AsSpan()))
        {
            value *= gain;
        }

        return tensor with { Bytes = bytes };
    }

    private sealed class Watcher(Action<IterationReport, IRunSnapshot>? watch) : IRunObserver
    {
        public void OnIteration(IterationReport report, IRunSnapshot snapshot) => watch?.Invoke(report, snapshot);
    }
}
