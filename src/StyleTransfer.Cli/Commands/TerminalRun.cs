using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Commands;

/// <summary>One run watched from a terminal: progress, Ctrl-C, the trace, the result.</summary>
internal static class TerminalRun
{
    public static int Execute(
        Recipe recipe,
        TransferInputs inputs,
        EncoderOptions encoderOptions,
        ParseResult parsed,
        OutputPicture output,
        string? tracePath,
        byte[]? checkpoint)
    {
        using Encoder encoder = encoderOptions.Load(parsed, recipe.Encoder);
        recipe = recipe with { Encoder = recipe.Encoder with { Name = encoder.Name, Sha256 = encoder.Sha256 } };

        using CancellationTokenSource stop = new();
        using RunControl control = new();
        ConsoleCancelEventHandler onInterrupt = (_, interrupt) =>
        {
            // The first Ctrl-C ends the run after this iteration; a second one, if it hangs, ends the process.
            interrupt.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += onInterrupt;
        try
        {
            Observer observer = new(recipe, inputs);
            TransferResult result = RunDisplay.While(display =>
            {
                observer.Display = display;
                return TransferRun.Run(recipe, inputs, encoder, observer, control, checkpoint, stop.Token);
            });
            output.Write(result.Picture, result.Recipe);
            if (tracePath is not null)
            {
                RunTrace trace = new(result.Recipe, encoder.Device.ToString(), observer.Reports);
                AtomicFile.Write(tracePath, JsonSerializer.SerializeToUtf8Bytes(trace, RecipeJson.Options));
            }

            return Report(result, observer.Reports, output, parsed);
        }
        finally
        {
            Console.CancelKeyPress -= onInterrupt;
        }
    }

    private static int Report(TransferResult result, List<IterationReport> reports, OutputPicture output, ParseResult parsed)
    {
        double seconds = reports.Count > 0 ? reports[^1].Seconds : 0;
        if (result.Completed)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output.Path}: {result.Picture.Width}×{result.Picture.Height}, {result.Iterations} iterations in {seconds:0.0} s"));
            return CommandRunner.Success;
        }

        string checkpointPath = output.Path + ".checkpoint.safetensors";
        AtomicFile.Write(checkpointPath, result.Checkpoint);
        Console.Error.WriteLine($"Stopped after {result.Iterations} iterations; the picture so far is in {output.Path}.");
        Console.Error.WriteLine($"To go on: styletransfer {CommandLineText.WithResume(parsed.Tokens.Select(token => token.Value), checkpointPath)}");
        return CommandRunner.Failure;
    }

    private sealed class Observer(Recipe recipe, TransferInputs inputs) : IRunObserver
    {
        private readonly RunLength length = RunLength.Of(recipe, inputs);

        public RunDisplay? Display { get; set; }

        public List<IterationReport> Reports { get; } = [];

        public void OnIteration(IterationReport report, IRunSnapshot snapshot)
        {
            Reports.Add(report);
            Display?.Show(report, length);
        }
    }
}

/// <summary>What <c>--trace</c> writes.</summary>
internal sealed record RunTrace(Recipe Recipe, string Device, IReadOnlyList<IterationReport> Iterations);
