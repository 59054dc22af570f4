using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Cli.Showcase;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core;
using StyleTransfer.Core.Art;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Images.Sheets;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer showcase</c>: the README's pictures, from the program's own starter art.</summary>
internal static class ShowcaseCommand
{
    public static Command Create() => new("showcase", "Makes the README's pictures from the program's own art.") { Controls(), TradeOff() };

    private static Command Controls()
    {
        Option<string> scene = Named("--scene", "mountain-lake", StarterArt.Scenes);
        Option<string> style = Named("--style", "night-whirl", StarterArt.Styles);
        Option<string> second = Named("--second", "carved-sea", StarterArt.Styles);
        Option<string> output = new("--output", "-o") { Description = "Where the sheet goes.", Required = true, HelpName = "FILE" };
        Option<int> size = new("--size") { Description = "Longer edge of each picture.", DefaultValueFactory = _ => 224, HelpName = "PIXELS" };
        EncoderChoice encoderChoice = new();
        Command command = new("controls", "A sheet of every control's effect: three pictures a row that differ in it alone.") { scene, style, second, output, size };
        encoderChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            OutputPicture destination = OutputPicture.Check(parsed.GetValue(output)!, bitDepth: 8);
            TransferInputs inputs = new()
            {
                Content = Paint(StarterArt.Scenes, parsed.GetValue(scene)!),
                Styles = [Paint(StarterArt.Styles, parsed.GetValue(style)!), Paint(StarterArt.Styles, parsed.GetValue(second)!)],
            };
            Recipe start = Start(Presets.Balanced, parsed.GetValue(size));
            using Encoder encoder = encoderChoice.Load(parsed, start.Encoder);
            ImmutableArray<ControlRow> rows = new ControlRows(start, inputs).All();
            int columns = rows.Max(row => row.Cells.Length);
            ContactSheet sheet = new(
                "What each control does",
                [.. Enumerable.Repeat(new SheetHeading(""), columns)],
                [.. rows.Select(row => new SheetHeading(row.Label))],
                [
                    .. rows.Select(row => ImmutableArray.CreateRange(row.Cells.Select(cell =>
                    {
                        Console.Error.WriteLine($"{row.Label}: {cell.Caption}");
                        return new SheetPicture(Run(cell.Recipe, cell.Inputs, encoder).Picture, cell.Caption);
                    }).Concat(Enumerable.Repeat(new SheetPicture(null), columns - row.Cells.Length)))),
                ]);
            PixelImage picture = sheet.Render();
            AtomicFile.Write(destination.Path, ImageWriter.Write(picture, new ImageWriteOptions { Format = destination.Format, Quality = 88 }));
            Console.WriteLine($"{destination.Path}: {picture.Width}×{picture.Height}");
            return CommandRunner.Success;
        });
        return command;
    }

    private static Command TradeOff()
    {
        Option<string[]> presets = new("--presets") { Description = "Presets to draw a curve of.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["fast", "balanced", "best"], HelpName = "NAME" };
        Option<string> factors = new("--factors") { Description = "What each preset's α is multiplied by.", DefaultValueFactory = _ => "0.25,0.5,1,2,4", HelpName = "X,…" };
        Option<double> length = new("--length") { Description = "Share of each preset's iterations.", DefaultValueFactory = _ => 1, HelpName = "X" };
        Option<int> pairs = new("--pairs") { Description = "How many pairs of the program's own scenes and styles to average over.", DefaultValueFactory = _ => 2, HelpName = "N" };
        Option<int> size = new("--size") { Description = "Longer edge.", DefaultValueFactory = _ => 256, HelpName = "PIXELS" };
        Option<string> output = new("--output", "-o") { Description = "Where the chart goes: .svg; the numbers lie beside it as .csv.", Required = true, HelpName = "FILE" };
        EncoderChoice encoderChoice = new();
        Command command = new("tradeoff", "Style distance over content distance as α ⁄ β is swept, a curve for each preset.") { presets, factors, length, pairs, size, output };
        encoderChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            ImmutableArray<double> sweep = [.. parsed.GetValue(factors)!.Split(',').Select(Factor)];
            ImmutableArray<(PixelImage Content, PixelImage Style)> chosen =
            [
                .. Enumerable.Range(0, Math.Clamp(parsed.GetValue(pairs), 1, StarterArt.Scenes.Length))
                    .Select(pair => (StarterArt.Scenes[pair].Render(CancellationToken.None), StarterArt.Styles[pair].Render(CancellationToken.None))),
            ];
            using Encoder encoder = encoderChoice.Load(parsed, new EncoderReference());
            List<TradeOffPoint> points = [];
            foreach (Preset preset in parsed.GetValue(presets)!.Select(Presets.Named))
            {
                foreach (double factor in sweep)
                {
                    TradeOffPoint point = Judged(Shortened(Start(preset, parsed.GetValue(size)), parsed.GetValue(length)), factor, chosen, encoder);
                    points.Add(point);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{point.Preset,-12} α × {factor,-5} content {point.Content:0.000}  style {point.Style:0.0000}  {point.Iterations} evaluations"));
                }
            }

            string path = parsed.GetValue(output)!;
            File.WriteAllText(path, TradeOffChart.Svg(points));
            File.WriteAllText(Path.ChangeExtension(path, ".csv"), TradeOffChart.Csv(points));
            return CommandRunner.Success;
        });
        return command;
    }

    private static TradeOffPoint Judged(Recipe recipe, double factor, ImmutableArray<(PixelImage Content, PixelImage Style)> pairs, Encoder encoder)
    {
        ContentSettings content = recipe.Objective.Content;
        recipe = recipe with { Objective = recipe.Objective with { Content = content with { Weight = factor * content.Weight } } };
        long begin = Stopwatch.GetTimestamp();
        ImmutableArray<TransferResult> results = [.. pairs.Select(pair => Run(recipe, new TransferInputs { Content = pair.Content, Styles = [pair.Style] }, encoder))];
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds / pairs.Length;
        ImmutableArray<Judgement> judgements = [.. results.Select((result, pair) => Judgement.Of(result.Picture, pairs[pair].Content, pairs[pair].Style, encoder))];
        return new TradeOffPoint(
            recipe.Preset!, factor, judgements.Average(judgement => judgement.Content), judgements.Average(judgement => judgement.Style), results[0].Iterations, seconds);
    }

    private static TransferResult Run(Recipe recipe, TransferInputs inputs, Encoder encoder)
    {
        using RunControl control = new();
        return TransferRun.Run(recipe, inputs, encoder, new Unwatched(), control, checkpoint: null, CancellationToken.None);
    }

    private static Recipe Start(Preset preset, int size) => preset.At(size) with { Content = "content", Styles = [new StyleInput { Image = "style" }] };

    private static Recipe Shortened(Recipe recipe, double share) => recipe with
    {
        Schedule = recipe.Schedule with
        {
            FirstIterations = Math.Max(1, (int)Math.Round(share * recipe.Schedule.FirstIterations)),
            Iterations = Math.Max(1, (int)Math.Round(share * recipe.Schedule.Iterations)),
        },
    };

    private static Option<string> Named(string name, string usual, ImmutableArray<StarterPicture> art)
    {
        Option<string> option = new(name) { Description = "One of the program's own pictures.", DefaultValueFactory = _ => usual, HelpName = "NAME" };
        option.AcceptOnlyFromAmong([.. art.Select(picture => picture.Key)]);
        return option;
    }

    private static PixelImage Paint(ImmutableArray<StarterPicture> art, string key) => art.Single(picture => picture.Key == key).Render(CancellationToken.None);

    private static double Factor(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double factor) && factor > 0
        ? factor
        : throw new RecipeException($"--factors has '{text}'; allowed are numbers above 0, such as 0.25,1,4.");

    private sealed class Unwatched : IRunObserver
    {
        public void OnIteration(IterationReport report, IRunSnapshot snapshot)
        {
        }
    }
}
