using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using StyleTransfer.Cli.Bench;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Running;
using TorchSharp;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer bench</c>: the engine's figures on this machine, by ratio where that is possible.</summary>
internal static class BenchCommand
{
    private const string Compact = "compact";

    // Each a group that can be asked for alone.
    private static readonly string[] parts = ["iteration", "precision", "tiles", "memory", "start", "estimate", "solver"];

    public static Command Create()
    {
        Option<string?> json = new("--json") { Description = "Also writes the figures here.", HelpName = "FILE" };
        Option<string> device = new("--device") { Description = "cpu or cuda.", DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        Option<bool> quick = new("--quick") { Description = "Smaller and shorter: a minute, to see that it works." };
        Option<bool> full = new("--full") { Description = "The published recipes at their whole length and size, and sizes up to 2048: hours on a CPU." };
        Option<string[]> only = new("--only") { Description = $"Some parts: {string.Join(", ", parts)}.", AllowMultipleArgumentsPerToken = true, HelpName = "PART" };
        only.AcceptOnlyFromAmong(parts);
        Option<string?> peak = new("--peak") { Hidden = true };
        Command command = new("bench", "Measures the engine: nearness to the bare convolutions, precision, memory, tiles, start, estimates, solvers.")
        {
            json, device, quick, full, only, peak,
        };
        command.SetAction(parsed =>
        {
            torch.Device on = parsed.GetValue(device) == "cuda" ? EncoderChoice.Cuda() : torch.CPU;
            if (parsed.GetValue(peak) is { } specification)
            {
                Console.WriteLine(MemoryPeak.Measure(specification, name => Load(name, on)).ToString("R", CultureInfo.InvariantCulture));
                return CommandRunner.Success;
            }

            Length length = parsed.GetValue(full) ? Length.Full : parsed.GetValue(quick) ? Length.Quick : Length.Usual;
            string[] asked = parsed.GetValue(only) is { Length: > 0 } some ? some : parts;
            Precision[] precisions = Precisions(on);
            BenchTable table = new(Console.Out, on.ToString(), precisions);
            foreach (string part in parts.Where(asked.Contains))
            {
                foreach (BenchRow row in Rows(part, length, on, precisions))
                {
                    table.Add(row);
                }
            }

            if (parsed.GetValue(json) is { } file)
            {
                AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(table.Report($"styletransfer bench{Flags(length, asked)}"), RecipeJson.Options));
            }

            return CommandRunner.Success;
        });
        return command;
    }

    private static IEnumerable<BenchRow> Rows(string part, Length length, torch.Device device, Precision[] precisions)
    {
        bool isQuick = length == Length.Quick;
        bool isFull = length == Length.Full;
        if (part == "start")
        {
            foreach (BenchRow row in StartFigures.Measure(Compact))
            {
                yield return row;
            }

            yield break;
        }

        if (part == "memory")
        {
            foreach ((Precision precision, double most) in new[] { (Precision.Bfloat16, 0.45), (Precision.Float32, 0.9) }.Where(row => precisions.Contains(row.Item1)))
            {
                int iterations = isQuick ? 2 : 5;
                double gigabytes = MemoryPeak.Gigabytes(SeededVgg.Name, precision, 512, iterations, tileEdge: null);
                yield return BenchRow.AtMost($"Peak memory, {SeededVgg.Name}, {precision.ToString().ToLowerInvariant()}", gigabytes, most, "GB", $"512², over the process with the encoder loaded, {iterations} iterations");
            }

            if (isFull && precisions.Contains(Precision.Bfloat16))
            {
                double gigabytes = MemoryPeak.Gigabytes(SeededVgg.Name, Precision.Bfloat16, 4096, 2, tileEdge: 512);
                yield return BenchRow.AtMost("Peak memory at 4096², bfloat16", gigabytes, 6, "GB", $"{SeededVgg.Name} in tiles of 512²");
            }

            yield break;
        }

        foreach (string name in isQuick ? new[] { Compact } : [Compact, SeededVgg.Name])
        {
            using Encoder encoder = Load(name, device);
            bool isLarge = name == SeededVgg.Name;
            IEnumerable<BenchRow> rows = part switch
            {
                "iteration" => IterationFigures.Measure(encoder, precisions, isQuick ? 256 : 512, isQuick ? 8 : isLarge ? 10 : 20),
                "precision" when (isLarge && !isFull) || precisions.Length == 1 => [],
                "precision" => [IterationFigures.Objective(encoder, isQuick ? 128 : isFull ? 512 : 256, isQuick ? 60 : 300)],
                "tiles" => [IterationFigures.Tiling(encoder, isQuick ? 512 : isLarge ? 768 : 1024, isQuick ? 256 : isLarge ? 384 : 512, 5)],
                "estimate" => EstimateFigures.Measure(encoder, precisions, isQuick ? [256, 384] : isFull ? [256, 512, 1024, 2048] : isLarge ? [256, 512] : [256, 512, 1024], withMemory: !isQuick),
                _ when isLarge && !isFull => [],
                // At 512, which both were published for.
                _ => SamePicture.Measure(encoder, "johnson2015", isQuick ? 128 : 512, isQuick ? 0.1 : 1, 1.0 / 5)
                    .Concat(SamePicture.Measure(encoder, "crowson2021", isQuick ? 128 : 512, isQuick ? 0.1 : 1, 1.0 / 20)),
            };
            foreach (BenchRow row in rows)
            {
                yield return row;
            }
        }
    }

    // Where bfloat16 is emulated it is some thirty times slower: nobody would use it, and its figures would take hours.
    private static Precision[] Precisions(torch.Device device)
    {
        using Encoder encoder = Load(Compact, device);
        return PrecisionChoice.Resolve(Precision.Auto, encoder) == Precision.Bfloat16 ? [Precision.Float32, Precision.Bfloat16] : [Precision.Float32];
    }

    private static Encoder Load(string name, torch.Device device)
    {
        if (name == SeededVgg.Name)
        {
            return SeededVgg.Load(device);
        }

        EncoderCatalog catalog = new(EncoderOptions.Load());
        EncoderInfo info = catalog.List().FirstOrDefault(candidate => candidate.Installed && candidate.Kind == EncoderKind.Compact)
            ?? throw new EncoderException("There is no compact encoder to measure; `styletransfer encoders` lists what there is.");
        return Encoder.Load(Compact, info.Read(), device);
    }

    private static string Flags(Length length, string[] asked) =>
        (length == Length.Usual ? "" : $" --{length.ToString().ToLowerInvariant()}") + (asked.Length == parts.Length ? "" : $" --only {string.Join(' ', asked)}");

    private enum Length { Quick, Usual, Full }
}
