using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Cli.Sheets;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Images.Sheets;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;
using TorchSharp;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer judge</c>: how good the pictures are that an encoder makes, as another encoder sees them.</summary>
internal static class JudgeCommand
{
    public static Command Create()
    {
        PairOptions pairs = new();
        Option<string> reference = new("--reference") { Description = "The encoder to compare with, which also judges both: a name or a file.", Required = true, HelpName = "NAME|FILE" };
        Option<string?> sheetFile = new("--sheet") { Description = "Also lays the results side by side in one picture.", HelpName = "FILE" };
        Option<string?> jsonFile = new("--json") { Description = "Also writes every number as JSON.", HelpName = "FILE" };
        RecipeOptions recipeOptions = new();
        EncoderChoice encoderChoice = new();
        Command command = new("judge", "Makes every content × style with two encoders and compares style and content distances in the reference's features.") { reference, sheetFile, jsonFile };
        pairs.AddTo(command);
        recipeOptions.AddTo(command);
        encoderChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            OutputPicture? sheet = parsed.GetValue(sheetFile) is { } path ? OutputPicture.Check(path, bitDepth: 8) : null;
            Recipe recipe = recipeOptions.Apply(parsed, recipeOptions.Start(parsed));
            torch.Device device = encoderChoice.Device(parsed);
            using Encoder candidate = encoderChoice.Load(parsed, recipe.Encoder);
            Core.Encoders.EncoderInfo judgeInfo = EncoderChoice.Find(parsed.GetValue(reference)!);
            using Encoder judge = Encoder.Load(judgeInfo.Name, judgeInfo.Read(), device);
            using Interrupt interrupt = new();
            (Verdict verdict, ContactSheet pictures) = Judge(recipe, pairs.Contents(parsed), pairs.Styles(parsed), candidate, judge, interrupt.Token);
            Conclude(verdict, candidate, judge);
            if (parsed.GetValue(jsonFile) is { } file)
            {
                AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(verdict, RecipeJson.Options));
            }

            if (sheet is not null)
            {
                AtomicFile.Write(sheet.Path, ImageWriter.Write(pictures.Render(), new ImageWriteOptions { Format = sheet.Format }));
            }

            return CommandRunner.Success;
        });
        return command;
    }

    private static (Verdict Verdict, ContactSheet Sheet) Judge(
        Recipe recipe, InputPicture[] contents, InputPicture[] styles, Encoder candidate, Encoder judge, CancellationToken cancellationToken)
    {
        List<PairVerdict> verdicts = [];
        List<ImmutableArray<SheetPicture>> rows = [];
        List<SheetHeading> headings = [];
        Console.WriteLine($"{"pair",-44} {"style",8} {"ratio",6} {"content",8} {"ratio",6} {"time",6}");
        foreach (InputPicture content in contents)
        {
            foreach (InputPicture style in styles)
            {
                MeasuredRun theirs = MeasuredRun.Make(recipe, content, style, judge, cancellationToken);
                MeasuredRun ours = MeasuredRun.Make(recipe, content, style, candidate, cancellationToken);
                PairVerdict verdict = new(
                    SheetLayout.Name(content),
                    SheetLayout.Name(style),
                    Judgement.Of(ours.Picture, content.Pixels, style.Pixels, judge),
                    Judgement.Of(theirs.Picture, content.Pixels, style.Pixels, judge),
                    ours.SecondsPerIteration,
                    theirs.SecondsPerIteration);
                verdicts.Add(verdict);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{$"{verdict.Content} × {verdict.Style}",-44} {verdict.Candidate.Style,8:0.0000} {verdict.StyleRatio,6:0.00} {verdict.Candidate.Content,8:0.0000} {verdict.ContentRatio,6:0.00} {verdict.TimeRatio,6:0.00}"));
                headings.Add(new SheetHeading(verdict.Style, style.Pixels));
                rows.Add([new SheetPicture(theirs.Picture, Caption(verdict.Reference)), new SheetPicture(ours.Picture, Caption(verdict.Candidate))]);
            }
        }

        ContactSheet sheet = new(
            $"{judge.Name} and {candidate.Name}, {recipe.Preset}, {recipe.Schedule.Size} px; distances as {judge.Name} sees them",
            [new SheetHeading(judge.Name), new SheetHeading(candidate.Name)],
            [.. headings],
            [.. rows]);
        return (new Verdict([.. verdicts]), sheet);
    }

    private static string Caption(Judgement judgement) =>
        string.Create(CultureInfo.InvariantCulture, $"style {judgement.Style:0.000}, content {judgement.Content:0.000}");

    private static void Conclude(Verdict verdict, Encoder candidate, Encoder judge) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {candidate.Name} against {judge.Name} over {verdict.Pairs.Length} pairs, as {judge.Name} sees them:
        style    geometric mean {verdict.StyleMean:0.000}, worst {verdict.WorstStyle.StyleRatio:0.000} ({verdict.WorstStyle.Content} × {verdict.WorstStyle.Style})
        content  geometric mean {verdict.ContentMean:0.000}, worst {verdict.WorstContent.ContentRatio:0.000} ({verdict.WorstContent.Content} × {verdict.WorstContent.Style})
        time     {verdict.TimeRatio:0.00} an iteration (median of the pairs)
        """));
}
