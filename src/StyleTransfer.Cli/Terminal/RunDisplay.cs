using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using StyleTransfer.Core.Runs;

namespace StyleTransfer.Cli.Terminal;

/// <summary>Shows a run on standard error: a bar with the loss and the time left in a terminal, plain lines in a pipe.</summary>
internal abstract class RunDisplay : IDisposable
{
    public abstract void Show(IterationReport report, RunPace pace);

    public virtual void Dispose()
    {
    }

    /// <summary>Runs the work with the display that suits where standard error goes.</summary>
    public static T While<T>(Func<RunDisplay, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            using PlainLines lines = new();
            return work(lines);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                using Bar bar = new(context.AddTask("starting"));
                return work(bar);
            });
    }

    private static string Describe(IterationReport report, RunPace pace) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Iteration}/{pace.TotalIterations}  {report.Width}×{report.Height}  loss {report.Total:0.0000e+0}  {report.Seconds:0.0} s, {pace.SecondsLeft:0} s left");

    private sealed class Bar(ProgressTask task) : RunDisplay
    {
        public override void Show(IterationReport report, RunPace pace)
        {
            // By work, not by iterations: those at the last scale take most of the time.
            task.MaxValue = 1;
            task.Value = pace.Share;
            task.Description = Markup.Escape(Describe(report, pace));
        }
    }

    /// <summary>A line every two seconds, and the first and last one: enough for a log, not a flood.</summary>
    private sealed class PlainLines : RunDisplay
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
        private readonly Stopwatch sinceLine = Stopwatch.StartNew();

        public override void Show(IterationReport report, RunPace pace)
        {
            if (report.Iteration != 1 && report.Iteration != pace.TotalIterations && report.Note is null && sinceLine.Elapsed < Interval)
            {
                return;
            }

            Console.Error.WriteLine($"{Describe(report, pace)}{(report.Note is null ? "" : $"  ({report.Note})")}");
            sinceLine.Restart();
        }
    }
}
