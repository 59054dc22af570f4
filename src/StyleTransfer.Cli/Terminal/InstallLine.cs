using System.Globalization;
using StyleTransfer.Core.Encoders;

namespace StyleTransfer.Cli.Terminal;

/// <summary>An installation's progress: one line that is rewritten in a terminal, a plain line now and then in a pipe.</summary>
internal sealed class InstallLine(TextWriter output, bool isTerminal) : IProgress<InstallProgress>, IDisposable
{
    private const int BarWidth = 24;
    private readonly Lock gate = new();
    private InstallStage? lastStage;
    private int lastTenth = -1;
    private int lastLength;

    public void Report(InstallProgress value)
    {
        lock (gate)
        {
            int tenth = value.Total is > 0 and { } total ? (int)(10 * value.Bytes / total) : -1;
            bool isNews = value.Stage != lastStage || tenth != lastTenth || value.Note is not null;
            (lastStage, lastTenth) = (value.Stage, tenth);
            if (isTerminal)
            {
                string line = Text(value);
                output.Write($"\r{line.PadRight(lastLength)}");
                lastLength = line.Length;
            }
            else if (isNews)
            {
                output.WriteLine(Text(value));
            }
        }
    }

    /// <summary>Ends the line that was being rewritten.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (isTerminal && lastLength > 0)
            {
                output.WriteLine();
                lastLength = 0;
            }
        }
    }

    private string Text(InstallProgress value)
    {
        string what = value.Stage switch
        {
            InstallStage.Downloading => "downloading",
            InstallStage.Waiting => "waiting",
            InstallStage.Checking => "checking",
            InstallStage.Reducing => "reducing",
            _ => "done",
        };
        if (value.Note is { } note)
        {
            return $"{what}: {note} Trying again.";
        }

        if (value.Stage is not (InstallStage.Downloading or InstallStage.Checking) || value.Total is not (> 0 and { } total))
        {
            return what;
        }

        double share = (double)value.Bytes / total;
        int full = (int)(share * BarWidth);
        string bar = isTerminal ? $"[{new string('█', full)}{new string('·', BarWidth - full)}] " : "";
        string left = value.Remaining is { } remaining ? $", {Duration(remaining)} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{what} {bar}{share:0%} {value.Bytes / 1e6:0.0} of {total / 1e6:0.0} MB{left}");
    }

    private static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s" : $"{Math.Ceiling(time.TotalSeconds):0} s";
}
