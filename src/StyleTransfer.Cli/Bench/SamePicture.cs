using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;
using TorchSharp;

namespace StyleTransfer.Cli.Bench;

/// <summary>
/// How long our solver takes to bring a published recipe's own objective as low as that recipe does, in float32 and by libtorch's graph as it
/// was published.
/// </summary>
internal static class SamePicture
{
    private const int MostExtra = 600;

    // How much heavier the content is until the last scale is under way. Where style and content are out of balance, the style is soon what it
    // is to be, and the content only slowly: the other way round it goes quicker.
    private const double HeavierContent = 4;

    // Of a recipe's evaluations, by our own kernels: enough to know their time.
    private const double ShareByOurKernels = 0.1;

    /// <param name="share">Of the published iterations; 1 for the whole recipe.</param>
    public static IEnumerable<BenchRow> Measure(Encoder encoder, string preset, int size, double share, double toReach)
    {
        Recipe published = TimedRun.WithInputs(Presets.Named(preset).At(size)) with { Precision = Precision.Float32, Initialization = new Initialization { Kind = InitializationKind.Content } };
        TimedRun peer = new();
        using Encoder libtorch = encoder.LibtorchAlone();
        double goal = Objective(peer.Run(Shortened(published, share), libtorch), published, encoder, size);
        TimedRun ours = Reach(goal, published, encoder, size, out bool isReached);

        string name = $"Time to {preset}'s objective, {encoder.Name}";
        string work = FormattableString.Invariant(
            $"{size}²: theirs, by libtorch's convolutions and graph, {peer.Seconds.Count} evaluations ({share:P0} of the recipe) {peer.Total:0.0} s to {goal:G5}; ours {ours.Seconds.Count} in {ours.Total:0.0} s to {ours.Reports[^1].Total:G5}");
        yield return isReached
            ? BenchRow.AtMost(name, ours.Total / peer.Total, toReach, "", work)
            : new BenchRow(name, ours.Total / peer.Total, "", FormattableString.Invariant($"≤ {toReach:G3}"), false, "not reached; " + work);

        if (encoder.Device.type != DeviceType.CPU)
        {
            yield break; // Our kernels are the processor's.
        }

        TimedRun byOurKernels = new();
        byOurKernels.Run(Shortened(published, share * ShareByOurKernels), encoder);
        double whole = Scaled(byOurKernels, peer);
        yield return BenchRow.Plain(
            $"The same against {preset} by our own float32 kernels", ours.Total / whole, "",
            FormattableString.Invariant($"{whole:0.0} s, from {byOurKernels.Seconds.Count} evaluations"));
    }

    // Each scale's usual evaluation, as often as there are such in the whole recipe.
    private static double Scaled(TimedRun few, TimedRun whole)
    {
        ILookup<int, double> times = few.Reports.Zip(few.Seconds).ToLookup(pair => pair.First.Width, pair => pair.Second);
        return whole.Reports.CountBy(report => report.Width).Sum(scale =>
        {
            double[] sorted = [.. times[scale.Key].Order()];
            return sorted[sorted.Length / 2] * scale.Value;
        });
    }

    private static Recipe Shortened(Recipe published, double share) => published with
    {
        Schedule = published.Schedule with
        {
            FirstIterations = Math.Max(20, (int)(published.Schedule.FirstIterations * share)),
            Iterations = Math.Max(10, (int)(published.Schedule.Iterations * share)),
        },
    };

    private static TimedRun Reach(double goal, Recipe published, Encoder encoder, int size, out bool isReached)
    {
        using CancellationTokenSource reached = new();
        TimedRun ours = null!;
        ours = new TimedRun(() =>
        {
            // At the last scale the objective is the peer's own; in bfloat16 up to its rounding.
            if (ours.Reports[^1].Width == size && ours.Reports[^1].Total <= goal)
            {
                reached.Cancel();
            }
        });
        ours.Run(Ours(published), encoder, tileEdge: null, reached.Token);
        isReached = reached.IsCancellationRequested;
        return ours;
    }

    // Up a steep pyramid by L-BFGS, a few dozen evaluations at each scale; then with the peer's own weights as many as it takes.
    private static Recipe Ours(Recipe published)
    {
        double content = published.Objective.Content.Weight;
        Recipe ours = published with
        {
            Precision = Precision.Auto,
            Objective = published.Objective with { Content = published.Objective.Content with { Weight = HeavierContent * content } },
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.Lbfgs, History = 32, Clamp = published.Optimizer.Clamp },
            Schedule = published.Schedule with
            {
                Pyramid = true,
                MinSize = 64,
                Ratio = 2,
                FirstIterations = 40,
                Iterations = 30,
                ContentDetail = 1,
                Averaging = 0,
                CarryState = false,
                Tolerance = 0,
            },
        };
        return ours with { Changes = [new RecipeChange { Iteration = ScalePlan.TotalIterations(ours), ContentWeight = content, ExtraIterations = MostExtra }] };
    }

    // Averaged iterates are not among those evaluated.
    private static double Objective(TransferResult result, Recipe recipe, Encoder encoder, int size) =>
        LossReport.Of(result.Picture, recipe, TimedRun.Inputs(size), encoder).Total;
}
