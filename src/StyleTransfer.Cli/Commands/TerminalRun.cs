using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Commands;

/// <summary>One run watched from a terminal: progress, Ctrl-C, checkpoints, the trace, the result.</summary>
internal sealed class TerminalRun(ParseResult parsed, OutputPicture output)
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(2);

    /// <summary>Where a run that is stopped keeps its state; with a name given, the state is also written now and then and at the end.</summary>
    public string? CheckpointPath { get; init; }

    public string? TracePath { get; init; }

    /// <summary>Where a map of the distance that is left goes.</summary>
    public OutputPicture? Map { get; init; }

    /// <summary>The state to go on from.</summary>
    public byte[]? From { get; init; }

    /// <summary>Of the tiles that the picture is computed in; null lets the free memory decide.</summary>
    public int? TileEdge { get; init; }

    /// <returns>The exit code: 0 for a finished picture, 1 for a run that was stopped.</returns>
    public int Execute(Recipe recipe, TransferInputs inputs, Encoder encoder)
    {
        recipe = recipe with { Encoder = recipe.Encoder with { Name = encoder.Name, Sha256 = encoder.Sha256 } };
        using CancellationTokenSource stop = new();
        using RunControl control = new() { TileEdge = TileEdge };
        ConsoleCancelEventHandler onInterrupt = (_, interrupt) =>
        {
            // The first Ctrl-C ends the run after this iteration; a second one, if it hangs, ends the process.
            interrupt.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += onInterrupt;
        try
        {
            Observer observer = new(recipe, CheckpointPath);
            TransferResult result = RunDisplay.While(display =>
            {
                observer.Display = display;
                return TransferRun.Run(recipe, inputs, encoder, observer, control, From, stop.Token);
            });
            output.Write(result.Picture, result.Recipe);
            Map?.Write(StyleDistanceMap.Of(result.Picture, result.Recipe, inputs, encoder).Heat(), result.Recipe);
            if (TracePath is not null)
            {
                RunTrace trace = new(result.Recipe, encoder.Device.ToString(), observer.Reports);
                AtomicFile.Write(TracePath, JsonSerializer.SerializeToUtf8Bytes(trace, RecipeJson.Options));
            }

            return Conclude(result, observer.Reports);
        }
        finally
        {
            Console.CancelKeyPress -= onInterrupt;
        }
    }

    private int Conclude(TransferResult result, List<IterationReport> reports)
    {
        if (result.Completed)
        {
            if (CheckpointPath is not null)
            {
                AtomicFile.Write(CheckpointPath, result.Checkpoint);
            }

            double seconds = reports.Count > 0 ? reports[^1].Seconds : 0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output.Path}: {result.Picture.Width}×{result.Picture.Height}, {result.Iterations} iterations in {seconds:0.0} s"));
            return CommandRunner.Success;
        }

        string checkpoint = CheckpointPath ?? output.Path + ".checkpoint";
        AtomicFile.Write(checkpoint, result.Checkpoint);
        Console.Error.WriteLine($"Stopped after {result.Iterations} iterations; the picture so far is in {output.Path}.");
        Console.Error.WriteLine($"To go on: styletransfer {CommandLineText.WithResume(parsed.Tokens.Select(token => token.Value), checkpoint)}");
        return CommandRunner.Failure;
    }

    private sealed class Observer(Recipe recipe, string? checkpointPath) : IRunObserver
    {
        private readonly RunPace pace = new(recipe);
        private readonly Stopwatch sinceCheckpoint = Stopwatch.StartNew();

        public RunDisplay? Display { get; set; }

        public List<IterationReport> Reports { get; } = [];

        public void OnIteration(IterationReport report, IRunSnapshot snapshot)
        {
            Reports.Add(report);
            pace.Take(report.Scale, report.Iteration, report.Width, report.Height, report.Seconds);
            Display?.Show(report, pace);
            if (checkpointPath is not null && sinceCheckpoint.Elapsed > CheckpointInterval)
            {
                AtomicFile.Write(checkpointPath, snapshot.Checkpoint());
                sinceCheckpoint.Restart();
            }
        }
    }
}

/// <summary>What <c>--trace</c> writes.</summary>
internal sealed record RunTrace(Recipe Recipe, string Device, IReadOnlyList<IterationReport> Iterations);
