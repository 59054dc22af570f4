using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace StyleTransfer.Tests;

/// <summary>
/// The built studio as a process of its own, on a free port, with a data folder of its own that goes with it.
/// <code>
/// await using StudioProcess studio = await StudioProcess.StartAsync(token);                         // no starter pictures
/// await using StudioProcess studio = await StudioProcess.StartAsync(token, "--Gallery:StarterPictures=true");
/// studio.Address; studio.Kill(); await studio.StartAgainAsync(token);                               // kill -9, the same data folder
/// </code>
/// Shared by the studio's tests, the browser tests and the figures (a linked file).
/// </summary>
public sealed partial class StudioProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string[] settings;
    private readonly ConcurrentQueue<string> output = new();
    private Process? process;

    private StudioProcess(string[] settings) => this.settings = settings;

    /// <summary>The repository's root, which is the content root in development.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Everything that this studio keeps.</summary>
    public string DataRoot { get; } = Directory.CreateTempSubdirectory("studio-").FullName;

    /// <summary>Without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    public int Id => process!.Id;

    /// <summary>What it wrote, for a failing test's message.</summary>
    public string Log => string.Join('\n', output);

    public static async Task<StudioProcess> StartAsync(CancellationToken cancellationToken, params string[] settings)
    {
        StudioProcess studio = new(settings);
        try
        {
            await studio.StartAgainAsync(cancellationToken);
        }
        catch
        {
            await studio.DisposeAsync();
            throw;
        }

        return studio;
    }

    /// <summary>Starts it, or starts it once more over the same data.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Repository };
        string[] arguments =
        [
            Path.Combine(Repository, "src", "StyleTransfer.Studio", "bin", configuration, "net10.0", "StyleTransfer.Studio.dll"),
            "--urls", "http://127.0.0.1:0",
            "--Storage:Root", DataRoot,
            "--Gallery:StarterPictures", "false",
            .. settings,
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        // A studio that a test starts has the settings of the test, not of the shell.
        start.Environment.Remove("ASPNETCORE_URLS");
        TaskCompletionSource<string> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The studio ended before it listened:\n{Log}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Address = await listening.Task.WaitAsync(Patience, cancellationToken);

        void Take(string? line)
        {
            if (line is null)
            {
                return;
            }

            output.Enqueue(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                listening.TrySetResult(match.Groups[1].Value);
            }
        }
    }

    /// <summary><c>kill -9</c>: it has no chance to save anything.</summary>
    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(DataRoot, recursive: true);
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StyleTransfer.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("StyleTransfer.sln is in no folder above the tests.");
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
