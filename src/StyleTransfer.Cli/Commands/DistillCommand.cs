using System.CommandLine;
using System.Globalization;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core;
using StyleTransfer.Engine.Distillation;
using StyleTransfer.Engine.Encoders;
using TorchSharp;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer distill</c>: trains a compact encoder from a larger one.</summary>
internal static class DistillCommand
{
    public static Command Create()
    {
        Option<string> teacher = new("--teacher") { Description = "The encoder to learn from: a safetensors file.", Required = true, HelpName = "FILE" };
        Option<string> images = new("--images") { Description = "A folder of pictures to learn on.", Required = true, HelpName = "DIR" };
        Option<string> output = new("--output", "-o") { Description = "The weights file to write; its checkpoint lies beside it.", Required = true, HelpName = "FILE" };
        Option<double> minutes = new("--minutes") { Description = "How long to train.", DefaultValueFactory = _ => 240, HelpName = "N" };
        Option<int?> steps = new("--steps") { Description = "How many steps to train, instead of --minutes: the same seed then gives the same file.", HelpName = "N" };
        Option<long> seed = new("--seed") { Description = "Seed of the first weights and of every crop.", HelpName = "N" };
        Option<bool> resume = new("--resume") { Description = "Goes on from the checkpoint." };
        Command command = new("distill", "Trains a compact encoder that gives a larger one's features.") { teacher, images, output, minutes, steps, seed, resume };
        command.SetAction(parsed =>
        {
            double duration = parsed.GetValue(minutes);
            if (!(duration > 0 && duration < 100_000))
            {
                throw new RunException($"--minutes is {duration}; allowed are numbers above 0, such as 240.");
            }

            if (parsed.GetValue(steps) is < 1 and var count)
            {
                throw new RunException($"--steps is {count}; allowed are numbers from 1, such as 20000.");
            }

            DistillationOptions options = new()
            {
                Images = parsed.GetValue(images)!,
                Output = parsed.GetValue(output)!,
                Duration = TimeSpan.FromMinutes(duration),
                Steps = parsed.GetValue(steps),
                Seed = parsed.GetValue(seed),
                Resume = parsed.GetValue(resume),
                Command = CommandLineText.Public(parsed.Tokens.Select(token => token.Value)),
            };
            using CancellationTokenSource stop = new();
            Console.CancelKeyPress += (_, interrupt) =>
            {
                interrupt.Cancel = !stop.IsCancellationRequested;
                stop.Cancel();
            };
            using Encoder encoder = Encoder.Load(parsed.GetValue(teacher)!, torch.CPU);
            DistillationReport last = Distiller.Run(encoder, options, report => Console.WriteLine(Line(report)), stop.Token);
            Console.WriteLine($"{options.Output}: {last.Step} steps");
            if (stop.IsCancellationRequested)
            {
                Console.Error.WriteLine("Stopped; the same command with --resume goes on.");
                return CommandRunner.Failure;
            }

            return CommandRunner.Success;
        });
        return command;
    }

    private static string Line(DistillationReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Elapsed:hh\\:mm\\:ss}  step {report.Step}  loss {report.Loss:0.0000}  {string.Join("  ", report.Errors.Select(error => $"{error.Key} {error.Value.ToString("0.0000", CultureInfo.InvariantCulture)}"))}");
}
