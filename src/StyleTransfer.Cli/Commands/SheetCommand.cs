using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Cli.Sheets;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Images.Sheets;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer sheet</c>: contents × styles × presets × encoders as one labelled picture.</summary>
internal static class SheetCommand
{
    public static Command Create()
    {
        PairOptions pairs = new();
        Option<string[]> presets = new("--presets") { Description = "Presets to compare, instead of --preset.", AllowMultipleArgumentsPerToken = true, HelpName = "NAME" };
        Option<string[]> encoders = new("--encoders") { Description = "Encoders to compare, instead of --encoder: names or files.", AllowMultipleArgumentsPerToken = true, HelpName = "NAME|FILE" };
        Option<string?> rows = new("--rows") { Description = "What differs from row to row: content, style, preset, encoder, or several such as content,style.", HelpName = "AXIS,…" };
        Option<string?> columns = new("--columns") { Description = "What differs from column to column.", HelpName = "AXIS,…" };
        Option<string> output = new("--output", "-o") { Description = "Where the sheet goes: .png, .jpg, .webp or .tif.", Required = true, HelpName = "FILE" };
        Option<string> title = new("--title") { Description = "A line at the top.", DefaultValueFactory = _ => "", HelpName = "TEXT" };
        RecipeOptions recipeOptions = new();
        EncoderChoice encoderChoice = new();
        Command command = new("sheet", "Makes pictures of several contents, styles, presets or encoders and lays them out side by side.") { presets, encoders, rows, columns, output, title };
        pairs.AddTo(command);
        recipeOptions.AddTo(command);
        encoderChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            OutputPicture destination = OutputPicture.Check(parsed.GetValue(output)!, bitDepth: 8);
            Preset[] named = [.. (parsed.GetValue(presets) ?? []).Select(Presets.Named)];
            Recipe start = recipeOptions.Start(parsed);
            EncoderInfo[] chosen = parsed.GetValue(encoders) is { Length: > 0 } names ? [.. names.Select(name => EncoderChoice.Find(name))] : [encoderChoice.Find(parsed, start.Encoder)];
            Dictionary<SheetAxis, object[]> values = new()
            {
                [SheetAxis.Content] = pairs.Contents(parsed),
                [SheetAxis.Style] = pairs.Styles(parsed),
                [SheetAxis.Preset] = named,
                [SheetAxis.Encoder] = chosen,
            };
            (ImmutableArray<SheetAxis> down, ImmutableArray<SheetAxis> across) = Layout(values, parsed.GetValue(rows), parsed.GetValue(columns));
            SheetPoint origin = new()
            {
                Content = (InputPicture)values[SheetAxis.Content][0],
                Style = (InputPicture)values[SheetAxis.Style][0],
                Encoder = chosen[0],
            };
            using EncoderShelf shelf = new(encoderChoice.Device(parsed));
            using Interrupt interrupt = new();
            int size = start.Schedule.Size;
            Recipe Of(SheetPoint point) => recipeOptions.Apply(parsed, point.Preset?.At(size) ?? start);
            ContactSheet sheet = Make(values, down, across, origin, point =>
            {
                Recipe recipe = Of(point);
                MeasuredRun run = MeasuredRun.Make(recipe, point.Content, point.Style, shelf.Get(point.Encoder), interrupt.Token);
                Console.Error.WriteLine($"{SheetLayout.Name(point.Content)} × {SheetLayout.Name(point.Style)}, {recipe.Preset}, {point.Encoder.Name}");
                return new SheetPicture(run.Picture, string.Create(CultureInfo.InvariantCulture, $"{1000 * run.SecondsPerIteration:0} ms an iteration"));
            });
            PixelImage picture = (sheet with { Title = parsed.GetValue(title)! }).Render();
            AtomicFile.Write(destination.Path, ImageWriter.Write(picture, new ImageWriteOptions { Format = destination.Format }));
            Console.WriteLine($"{destination.Path}: {picture.Width}×{picture.Height}, {sheet.Rows.Length} × {sheet.Columns.Length} pictures");
            return CommandRunner.Success;
        });
        return command;
    }

    // What was not placed: the last axis that has several values goes across, the others down.
    private static (ImmutableArray<SheetAxis> Rows, ImmutableArray<SheetAxis> Columns) Layout(Dictionary<SheetAxis, object[]> values, string? rows, string? columns)
    {
        ImmutableArray<SheetAxis> down = rows is null ? [] : SheetLayout.Parse(rows, "--rows");
        ImmutableArray<SheetAxis> across = columns is null ? [] : SheetLayout.Parse(columns, "--columns");
        if (down.Concat(across).GroupBy(axis => axis).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new RunException($"--rows and --columns both name {twice.Key.ToString().ToLowerInvariant()}; each may stand once.");
        }

        ImmutableArray<SheetAxis> left = [.. values.Where(axis => axis.Value.Length > 1 && !down.Contains(axis.Key) && !across.Contains(axis.Key)).Select(axis => axis.Key).Order()];
        if (columns is null && rows is null)
        {
            return ([.. left.SkipLast(1)], [.. left.TakeLast(1)]);
        }

        return columns is null ? (down, left) : ([.. down, .. left], across);
    }

    private static ContactSheet Make(
        Dictionary<SheetAxis, object[]> values, ImmutableArray<SheetAxis> down, ImmutableArray<SheetAxis> across, SheetPoint origin, Func<SheetPoint, SheetPicture> run)
    {
        ImmutableArray<ImmutableArray<(SheetAxis Axis, object Value)>> rows = SheetLayout.Combinations(down, axis => values[axis]);
        ImmutableArray<ImmutableArray<(SheetAxis Axis, object Value)>> columns = SheetLayout.Combinations(across, axis => values[axis]);
        return new ContactSheet(
            "",
            [.. columns.Select(SheetLayout.Heading)],
            [.. rows.Select(SheetLayout.Heading)],
            [
                .. rows.Select(row => ImmutableArray.CreateRange(columns.Select(column =>
                    run(row.Concat(column).Aggregate(origin, (point, part) => point.With(part.Axis, part.Value)))))),
            ]);
    }
}
