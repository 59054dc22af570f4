using System.Diagnostics;
using System.Globalization;
using StyleTransfer.Core;

namespace StyleTransfer.Cli.Bench;

/// <summary>This program in a process of its own, for what a running process cannot show: its start, and its peak of memory.</summary>
internal static class OwnProcess
{
    /// <summary>Until it ends.</summary>
    /// <param name="onErrorLine">Sees each line of standard error with the time since the process was started.</param>
    public static (TimeSpan Duration, string Output) Run(IReadOnlyList<string> arguments, Action<TimeSpan, string>? onErrorLine = null)
    {
        string host = Environment.ProcessPath ?? "dotnet";
        string name = Path.GetFileNameWithoutExtension(host);
        bool isProgram = name.Equals(typeof(OwnProcess).Assembly.GetName().Name, StringComparison.OrdinalIgnoreCase);
        // The very dotnet that runs this: another may not be in the path. Inside a test's own program there is none to ask.
        string dotnet = name.Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? host : "dotnet";
        ProcessStartInfo start = isProgram ? new(host, arguments) : new(dotnet, [typeof(OwnProcess).Assembly.Location, .. arguments]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        Stopwatch watch = Stopwatch.StartNew();
        using Process process = Process.Start(start) ?? throw new RunException("The program could not start itself to be measured.");
        List<string> errors = [];
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                errors.Add(text);
                onErrorLine?.Invoke(watch.Elapsed, text);
            }
        };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (watch.Elapsed, output)
            : throw new RunException($"The measured process failed: {string.Join(' ', errors.TakeLast(3))}");
    }

    public static double Number(IReadOnlyList<string> arguments) =>
        double.Parse(Run(arguments).Output.Trim(), CultureInfo.InvariantCulture);
}
