using StyleTransfer.Core.Images;
using StyleTransfer.Engine;

namespace StyleTransfer.Cli.Bench;

/// <summary>What somebody waits for: the first iteration, a first look, a finished picture, each from the start of the process.</summary>
internal static class StartFigures
{
    public static IEnumerable<BenchRow> Measure(string encoder)
    {
        string folder = Directory.CreateTempSubdirectory("styletransfer-bench-").FullName;
        try
        {
            TransferInputs inputs = TimedRun.Inputs(768);
            string content = Path.Combine(folder, "content.png");
            string style = Path.Combine(folder, "style.png");
            File.WriteAllBytes(content, ImageWriter.Write(inputs.Content!, new ImageWriteOptions()));
            File.WriteAllBytes(style, ImageWriter.Write(inputs.Styles[0], new ImageWriteOptions()));
            (TimeSpan first, TimeSpan done) Transfer(string preset, int size, string precision)
            {
                TimeSpan? first = null;
                (TimeSpan duration, _) = OwnProcess.Run(
                    [
                        "transfer", "--content", content, "--style", style, "--output", Path.Combine(folder, "result.png"), "--encoder", encoder,
                        "--preset", preset, "--size", FormattableString.Invariant($"{size}"), "--precision", precision,
                    ],
                    (at, line) => first ??= line.StartsWith("1/", StringComparison.Ordinal) ? at : null);
                return (first ?? duration, duration);
            }

            (TimeSpan start, TimeSpan finished) = Transfer("balanced", 512, "auto");
            yield return BenchRow.AtMost("Process start to first iteration", start.TotalSeconds, 2, "s", $"balanced at 512 px, {encoder}, precision measured at the start");
            yield return BenchRow.AtMost("A finished picture", finished.TotalSeconds, 6, "s", $"balanced at 512 px, {encoder}, from process start to the file");
            (_, TimeSpan look) = Transfer("fast", 256, "auto");
            yield return BenchRow.Plain("A finished first look", look.TotalSeconds, "s", $"fast at 256 px, {encoder}, from process start to the file");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
