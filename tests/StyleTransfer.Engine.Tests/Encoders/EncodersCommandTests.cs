using StyleTransfer.Cli.Commands;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core.Encoders;

namespace StyleTransfer.Engine.Tests.Encoders;

public sealed class EncodersCommandTests
{
    [Fact]
    public void Table_InstalledMissingAndRefused_TellsEachWhatToDo()
    {
        using StringWriter output = new();
        EncoderInfo[] list =
        [
            new()
            {
                Name = "mine", Description = "A small one.", License = "MIT", Source = "here", Installed = true, Kind = EncoderKind.Compact, Bytes = 3_900_000,
                Sha256 = new string('a', 64), Path = "/models/mine.safetensors", Layers = [new("relu1_1", 16), new("relu1_2", 16), new("relu2_1", 32)],
            },
            new() { Name = "vgg19", Description = "The paper's.", License = "BSD-3-Clause", Source = "there", Bytes = 80_000_000 },
            new() { Name = "odd", Description = "A file that cannot be used.", License = "unknown", Source = "x", Problem = "It is not an encoder." },
        ];

        EncoderTable.Write(output, list, encoder => $"42 ms for {encoder.Name}");

        string text = output.ToString();
        Assert.Contains("mine  [installed]", text, StringComparison.Ordinal);
        Assert.Contains("relu1_1 … relu2_1 (3); channels 16, 32", text, StringComparison.Ordinal);
        Assert.Contains("3.9 MB", text, StringComparison.Ordinal);
        Assert.Contains("42 ms for mine", text, StringComparison.Ordinal);
        Assert.DoesNotContain("42 ms for vgg19", text, StringComparison.Ordinal);
        Assert.Contains("styletransfer encoders install vgg19", text, StringComparison.Ordinal);
        Assert.Contains("odd  [cannot be used]", text, StringComparison.Ordinal);
        Assert.Contains("It is not an encoder.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_InAPipe_IsAPlainLineForEachTenth()
    {
        using StringWriter output = new();
        using (InstallLine line = new(output, isTerminal: false))
        {
            for (int i = 0; i <= 1000; i++)
            {
                line.Report(new InstallProgress(InstallStage.Downloading, i * 575_000L, 575_000_000, TimeSpan.FromSeconds(100 - i / 10)));
            }

            line.Report(new InstallProgress(InstallStage.Waiting, 1, 2, null, "The line was cut."));
            line.Report(new InstallProgress(InstallStage.Done, 1, 1, TimeSpan.Zero));
        }

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(13, lines.Length);
        Assert.Equal("downloading 50% 287.5 of 575.0 MB, 50 s left", lines[5].Trim());
        Assert.Contains("The line was cut. Trying again.", lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_InATerminal_RewritesOneLine()
    {
        using StringWriter output = new();
        using (InstallLine line = new(output, isTerminal: true))
        {
            line.Report(new InstallProgress(InstallStage.Downloading, 50, 100, TimeSpan.FromMinutes(75)));
            line.Report(new InstallProgress(InstallStage.Reducing, 0, 100, null));
        }

        string text = output.ToString();
        Assert.Contains("50%", text, StringComparison.Ordinal);
        Assert.Contains("1 h 15 min left", text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
