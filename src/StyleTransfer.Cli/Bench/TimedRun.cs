using System.Diagnostics;
using StyleTransfer.Core.Art;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Bench;

/// <summary>A run whose iterations are timed one by one; between two of them something else may be measured.</summary>
/// <param name="between">Called after each iteration, outside of its time.</param>
internal sealed class TimedRun(Action? between = null) : IRunObserver
{
    private static readonly Lazy<PixelImage> content = new(() => StarterArt.Scenes[0].Render(CancellationToken.None));
    private static readonly Lazy<PixelImage> style = new(() => StarterArt.Styles[0].Render(CancellationToken.None));
    private long last = Stopwatch.GetTimestamp();

    /// <summary>Of each iteration, without what was done between.</summary>
    public List<double> Seconds { get; } = [];

    public List<IterationReport> Reports { get; } = [];

    public double Total => Seconds.Sum();

    /// <summary>The fastest: whatever else the machine does only ever adds. Without the first, which also prepares.</summary>
    public double Best => Seconds.Skip(1).Min();

    /// <summary>Square pictures in, so that a size says how many pixels there are.</summary>
    public static TransferInputs Inputs(int size) => new()
    {
        Content = ImageScaler.Resize(content.Value, size, size),
        Styles = [ImageScaler.Resize(style.Value, size, size)],
    };

    /// <summary>The default preset at one scale.</summary>
    public static Recipe SingleScale(int size, int iterations, Precision precision)
    {
        Recipe recipe = WithInputs(Presets.Named(Presets.Default).At(size));
        return recipe with
        {
            Precision = precision,
            Schedule = recipe.Schedule with { Pyramid = false, FirstIterations = iterations, Iterations = iterations, Tolerance = 0 },
        };
    }

    public static Recipe WithInputs(Recipe recipe) => recipe with { Content = "bench", Styles = [new StyleInput { Image = "bench" }] };

    public TransferResult Run(Recipe recipe, Encoder encoder, int? tileEdge = null, CancellationToken cancellationToken = default)
    {
        using RunControl control = new() { TileEdge = tileEdge ?? int.MaxValue };
        last = Stopwatch.GetTimestamp();
        return TransferRun.Run(recipe, Inputs(recipe.Schedule.Size), encoder, this, control, checkpoint: null, cancellationToken);
    }

    public void OnIteration(IterationReport report, IRunSnapshot snapshot)
    {
        Seconds.Add(Stopwatch.GetElapsedTime(last).TotalSeconds);
        Reports.Add(report);
        between?.Invoke();
        last = Stopwatch.GetTimestamp();
    }
}
