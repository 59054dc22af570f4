using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Distillation;

/// <summary>
/// Pictures that the student itself has optimised, from training pictures. A network that is to steer an optimisation must agree
/// with its teacher where that optimisation leads, which is not where photos are.
/// </summary>
internal sealed class OnPolicyPictures(TrainingPictures pictures, int capacity) : IDisposable
{
    private static readonly int[] KeptIterations = [3, 8, 20, 40];

    private readonly List<Tensor> pool = [];

    public int Count => pool.Count;

    /// <summary>One of the pool, whole: [1, 3, edge, edge].</summary>
    public Tensor Pick(Random random) => pool[random.Next(pool.Count)];

    /// <summary>Runs one transfer with the student as it is now and keeps some of its iterates.</summary>
    public void Add(Encoder student, Random random, Generator noise, int edge)
    {
        using Tensor content = random.NextDouble() < 0.15 ? rand([1, 3, edge, edge], generator: noise) : pictures.Crop(random, edge);
        using Tensor style = pictures.Augmented(random, noise, edge);
        Recipe recipe = new()
        {
            Content = "training",
            Styles = [new StyleInput { Image = "training" }],
            Precision = Precision.Bfloat16,
            Schedule = new ScheduleSettings { Size = edge, MinSize = edge, Pyramid = false, FirstIterations = KeptIterations[^1] },
            Optimizer = new OptimizerSettings(),
            Objective = random.NextDouble() < 0.6 ? Relative(random) : Steep(random),
        };
        TransferInputs inputs = new() { Content = PixelTensors.ToImage(content), Styles = [PixelTensors.ToImage(style)] };
        using RunControl control = new();
        _ = TransferRun.Run(recipe, inputs, student, new Keeper(this), control, checkpoint: null, CancellationToken.None);
        while (pool.Count > capacity)
        {
            pool[0].Dispose();
            pool.RemoveAt(0);
        }
    }

    // As the default preset has it.
    private static ObjectiveSettings Relative(Random random) => new()
    {
        Content = new ContentSettings { Form = ContentForm.Relative, Weight = 0.004 * Math.Pow(15, random.NextDouble()) },
        Style = new StyleSettings
        {
            Form = StyleForm.RelativeWasserstein2,
            Layers = [new("relu1_1", 0.4), new("relu2_1", 0.3), new("relu3_1", 0.2), new("relu4_1", 0.06), new("relu5_1", 0.04)],
        },
        TotalVariation = new TotalVariationSettings { Weight = 0.1 * random.NextDouble() },
    };

    // As the published recipes have it.
    private static ObjectiveSettings Steep(Random random) => new()
    {
        Content = new ContentSettings { Form = ContentForm.Mean, Weight = 0.003 * Math.Pow(30, random.NextDouble()) },
        Style = new StyleSettings
        {
            Form = random.Next(2) == 0 ? StyleForm.Wasserstein2 : StyleForm.GramMean,
            Layers = [new("relu1_1", 0.75), new("relu2_1", 0.188), new("relu3_1", 0.047), new("relu4_1", 0.0117), new("relu5_1", 0.0029)],
        },
        TotalVariation = new TotalVariationSettings { Weight = 2 * random.NextDouble() },
    };

    public void Dispose() => pool.ForEach(picture => picture.Dispose());

    private sealed class Keeper(OnPolicyPictures owner) : IRunObserver
    {
        public void OnIteration(IterationReport report, IRunSnapshot snapshot)
        {
            if (KeptIterations.Contains(report.Iteration))
            {
                owner.pool.Add(PixelTensors.ToTensor(snapshot.Picture(), CPU).DetachFromDisposeScope());
            }
        }
    }
}
