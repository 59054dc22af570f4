using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using StyleTransfer.Core.Runs;

namespace StyleTransfer.Cli.Terminal;

/// <summary>Shows a run on standard error: a bar with the loss and the time left in a terminal, plain lines in a pipe.</summary>
internal abstract class RunDisplay : IDisposable
{
    public abstract void Show(IterationReport report, int totalIterations);

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
            .Columns(new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new RemainingTimeColumn())
            .Start(context =>
            {
                using Bar bar = new(context.AddTask("starting"));
                return work(bar);
            });
    }

    private static string Describe(IterationReport report, int total) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Iteration}/{total}  {report.Width}×{report.Height}  loss {report.Total:G4}  {report.Seconds:0.0} s");

    private sealed class Bar(ProgressTask task) : RunDisplay
    {
        public override void Show(IterationReport report, int totalIterations)
        {
            task.MaxValue = totalIterations;
            task.Value = report.Iteration;
            task.Description = Describe(report, totalIterations);
        }
    }

    /// <summary>One line every two seconds, and the last one: enough for a log, not a flood.</summary>
    private sealed class PlainLines : RunDisplay
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
        private readonly Stopwatch sinceLine = Stopwatch.StartNew();

        public override void Show(IterationReport report, int totalIterations)
        {
            if (report.Iteration != 1 && report.Iteration != totalIterations && report.Note is null && sinceLine.Elapsed < Interval)
            {
                return;
            }

            double left = report.Seconds / report.Iteration * (totalIterations - report.Iteration);
            string note = report.Note is null ? "" : $"  ({report.Note})";
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Describe(report, totalIterations)}  {left:0} s left{note}"));
            sinceLine.Restart();
        }
    }
}
