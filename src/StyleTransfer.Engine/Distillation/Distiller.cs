using System.Diagnostics;
using System.Globalization;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Running;
using TorchSharp;
using static TorchSharp.torch;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Distillation;

/// <summary>
/// Trains our compact encoder: a student learns to give a teacher's features, from random weights, by gradient descent alone.
/// </summary>
/// <remarks>
/// Hinton et al. 2015 (distillation); Romero et al., "FitNets", ICLR 2015 (features as targets); Asano and Saeed, ICLR 2023 (a few
/// pictures, strong augmentation); Kingma and Ba 2015 (Adam); Polyak and Juditsky 1992 (averaged weights).
/// </remarks>
public static class Distiller
{
    private const double PeakRate = 0.02;
    private const double AverageDecay = 0.999;
    private const int WarmupSteps = 100;
    private const int OnPolicyEvery = 30;
    private const int OnPolicyAfter = 800;
    private const int OnPolicyCapacity = 400;
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(3);

    // Coarse first: small crops for most of the time, larger ones late, when borders and wide contexts are what is left to learn.
    private static (int Edge, int Batch) Crops(double progress) => progress < 0.5 ? (96, 4) : progress < 0.85 ? (128, 4) : (192, 3);

    // Trained end to end from the first step; but while the shallow layers are wrong, little of what the deep ones ask reaches them. It
    // grows to 1, so for the greater part of the time the gradient is the plain one.
    private static double Sharing(double progress) => Math.Clamp(0.1 + (0.9 * (progress - 0.1) / 0.25), 0.1, 1);

    // At last only what recipes look at counts: features after the ReLU, and their statistics, where optimisations lead.
    private static double BeforeWeight(double progress) => 1 - (0.8 * progress);

    private static double MomentWeight(double progress) => 0.3 + (0.9 * progress);

    private static double OnPolicyShare(double progress) => 0.35 + (0.2 * progress);

    /// <summary>Trains until the time is over or cancelled, and writes the weights file; a cancellation leaves a checkpoint.</summary>
    /// <remarks>
    /// Going on from a checkpoint is going on with the same weights, moments and crops, step by step; only the pictures that the student
    /// made itself begin anew. Until the first of them (and with <see cref="DistillationOptions.Steps"/>) it equals never having stopped.
    /// </remarks>
    /// <returns>The last report.</returns>
    /// <exception cref="RunException">No folder to write to, or a checkpoint of another training.</exception>
    /// <exception cref="EncoderException">The teacher lacks a layer.</exception>
    /// <exception cref="ImageException">No pictures.</exception>
    public static DistillationReport Run(Encoder teacher, DistillationOptions options, Action<DistillationReport> observer, CancellationToken cancellationToken)
    {
        Check(teacher, options);
        using TrainingPictures pictures = new(options.Images);
        using OnPolicyPictures policy = new(pictures, OnPolicyCapacity);
        string[] layers = [.. StudentNetwork.Layers];
        // bfloat16 only on processors that have it: elsewhere it is computed one number at a time.
        EncoderMode mode = PrecisionChoice.Mode(new Recipe { Precision = PrecisionChoice.Resolve(Precision.Auto, teacher) });
        string[] targets = [.. layers.SelectMany(layer => new[] { layer, LayerStatistics.Before(layer) })];
        using LayerStatistics statistics = LayerStatistics.Measure(teacher, pictures);
        using StudentNetwork student = new(layers.ToDictionary(layer => layer, teacher.Channels), statistics, options.Seed);
        using TrainingState state = options.Resume ? TrainingState.Load(CheckpointPath(options), student, Origin(teacher, pictures, options)) : new TrainingState(student);

        Stopwatch clock = Stopwatch.StartNew();
        TimeSpan before = state.Elapsed;
        TimeSpan nextCheckpoint = CheckpointInterval;
        RunningErrors running = new();
        DistillationReport report = new(state.Step, before, 0, new Dictionary<string, double>());
        while (Progress(state, options) is var progress && progress < 1 && !cancellationToken.IsCancellationRequested)
        {
            using DisposeScope scope = NewDisposeScope();
            (int edge, int batch) = Crops(progress);
            state.Step++;
            Random random = RandomOf(options.Seed, state.Step);
            using Generator noise = new((ulong)random.NextInt64());
            if (state.Step > OnPolicyAfter && state.Step % OnPolicyEvery == 0)
            {
                using Encoder current = Encoder.Load("student", student.ToFile(state.Averages, new Dictionary<string, string>()), CPU);
                policy.Add(current, random, noise, edge);
            }

            Tensor images = cat([.. Enumerable.Range(0, batch).Select(_ => Picture(pictures, policy, OnPolicyShare(progress), random, noise, edge))], 0);
            IReadOnlyDictionary<string, Tensor> wanted;
            using (no_grad())
            {
                wanted = teacher.Features(images, targets, mode);
            }

            (Tensor loss, Dictionary<string, Tensor> errors) = DistillationLoss.Of(
                student.Features(images, mode.DType, Sharing(progress)), wanted, BeforeWeight(progress), MomentWeight(progress));
            loss.backward();
            double rate = PeakRate * Math.Min(1, state.Step / (double)WarmupSteps) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, progress)));
            state.Update(student, rate, Math.Min(AverageDecay, state.Step / (state.Step + 10.0)));
            running.Add(loss.item<float>(), errors);
            state.Elapsed = before + clock.Elapsed;
            if (state.Step % options.ReportEvery == 0)
            {
                report = running.Report(state.Step, state.Elapsed);
                observer(report);
            }

            if (clock.Elapsed > nextCheckpoint)
            {
                AtomicFile.Write(CheckpointPath(options), state.Save(student, Origin(teacher, pictures, options)));
                AtomicFile.Write(options.Output, student.ToFile(state.Averages, Metadata(teacher, pictures, options, report with { Step = state.Step, Elapsed = state.Elapsed })));
                nextCheckpoint = clock.Elapsed + CheckpointInterval;
            }
        }

        report = running.IsEmpty ? report : running.Report(state.Step, state.Elapsed);
        AtomicFile.Write(CheckpointPath(options), state.Save(student, Origin(teacher, pictures, options)));
        AtomicFile.Write(options.Output, student.ToFile(state.Averages, Metadata(teacher, pictures, options, report)));
        return report;
    }

    /// <summary>Where the training state lies.</summary>
    public static string CheckpointPath(DistillationOptions options) => options.Output + ".checkpoint";

    /// <summary>Every step's randomness comes from its number, so that going on makes the same crops, in another process too.</summary>
    internal static Random RandomOf(long seed, int step) => new(unchecked((int)(seed * 1_000_003 + step))); // Never HashCode's: it differs from process to process.

    private static double Progress(TrainingState state, DistillationOptions options) =>
        options.Steps is { } steps ? (double)state.Step / steps : state.Elapsed / options.Duration;

    // What must be the same for a checkpoint to be this training's.
    private static Dictionary<string, string> Origin(Encoder teacher, TrainingPictures pictures, DistillationOptions options) => new()
    {
        ["teacherSha256"] = teacher.Sha256,
        ["imagesSha256"] = pictures.Sha256,
        ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
    };

    // Before hours are spent.
    private static void Check(Encoder teacher, DistillationOptions options)
    {
        string[] missing = [.. StudentNetwork.Layers.Where(layer => !teacher.Layers.Contains(layer))];
        if (missing.Length > 0)
        {
            throw new EncoderException($"The teacher '{teacher.Name}' has no {string.Join(", ", missing)}; a student learns {StudentNetwork.Layers[0]} to {StudentNetwork.Layers[^1]}. Take VGG-19 or an encoder that has them all.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(options.Output))))
        {
            throw new RunException($"The folder of the output '{options.Output}' does not exist. Make it first, or choose another.");
        }
    }

    private static Tensor Picture(TrainingPictures pictures, OnPolicyPictures policy, double policyShare, Random random, Generator noise, int edge)
    {
        if (policy.Count > 0 && random.NextDouble() < policyShare)
        {
            Tensor picked = policy.Pick(random);
            if (picked.shape[2] >= edge)
            {
                int top = random.Next((int)picked.shape[2] - edge + 1);
                int left = random.Next((int)picked.shape[3] - edge + 1);
                Tensor cut = picked[.., .., top..(top + edge), left..(left + edge)];
                return random.Next(2) == 0 ? cut : cut.flip(3);
            }
        }

        return pictures.Augmented(random, noise, edge);
    }

    private static Dictionary<string, string> Metadata(Encoder teacher, TrainingPictures pictures, DistillationOptions options, DistillationReport report)
    {
        Dictionary<string, string> metadata = new()
        {
            ["format"] = "styletransfer-compact-1",
            ["description"] = "Our own small network, distilled: random weights that learnt by gradient descent to give a larger network's features.",
            ["license"] = "MIT",
            ["source"] = $"styletransfer distill, from {teacher.Name}",
            ["teacher"] = teacher.Name,
            ["teacherSha256"] = teacher.Sha256,
            ["images"] = pictures.Count.ToString(CultureInfo.InvariantCulture),
            ["imagesSha256"] = pictures.Sha256,
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["steps"] = report.Step.ToString(CultureInfo.InvariantCulture),
            ["minutes"] = report.Elapsed.TotalMinutes.ToString("0.0", CultureInfo.InvariantCulture),
            ["command"] = options.Command,
        };
        foreach ((string layer, double error) in report.Errors)
        {
            metadata[$"error.{layer}"] = error.ToString("0.####", CultureInfo.InvariantCulture);
        }

        return metadata;
    }

    /// <summary>Averages between two reports.</summary>
    private sealed class RunningErrors
    {
        private readonly Dictionary<string, double> sums = [];
        private double loss;
        private int count;

        public bool IsEmpty => count == 0;

        public void Add(float stepLoss, Dictionary<string, Tensor> errors)
        {
            loss += stepLoss;
            count++;
            foreach ((string layer, Tensor error) in errors)
            {
                sums[layer] = sums.GetValueOrDefault(layer) + error.item<float>();
            }
        }

        public DistillationReport Report(int step, TimeSpan elapsed)
        {
            DistillationReport report = new(step, elapsed, loss / count, sums.ToDictionary(pair => pair.Key, pair => pair.Value / count));
            sums.Clear();
            loss = 0;
            count = 0;
            return report;
        }
    }
}
