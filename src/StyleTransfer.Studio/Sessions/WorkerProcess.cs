using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StyleTransfer.Core.Messages;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Starts the worker program and knows the secret by which it may talk to us.</summary>
internal sealed partial class WorkerProcess(string device, IOptions<WorkerOptions> options, ILogger<WorkerProcess> log)
{
    /// <summary>Made anew at each start of the studio and passed by environment, which other users cannot read.</summary>
    public string Secret { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a secret is ours; how long the answer takes says nothing about how much of it was right.</summary>
    public bool Knows(string? secret) =>
        secret is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Secret));

    /// <summary>Runs one worker until it ends; its standard input stays open as long as we live, so it never outlives us.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string studioAddress, CancellationToken cancellationToken)
    {
        string program = ProgramPath();
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(program);
        start.ArgumentList.Add("worker");
        start.Environment[WorkerEnvironment.StudioAddress] = studioAddress;
        start.Environment[WorkerEnvironment.Secret] = Secret;
        start.Environment[WorkerEnvironment.Device] = device;
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
        Started(log, process.Id, device);
        Task errors = LogErrorsAsync(process, CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The end of its input tells it to save a checkpoint and go.
            process.StandardInput.Close();
            using CancellationTokenSource patience = new(options.Value.StopTimeout);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }

        await errors;
        return process.ExitCode;
    }

    /// <summary>Configured, published beside us, or built beside us, in that order.</summary>
    private string ProgramPath()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "worker", "styletransfer.dll");
        string? built = typeof(WorkerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "WorkerPath")?.Value;
        string? found = new[] { options.Value.Path, beside, built }.FirstOrDefault(path => path is not null && File.Exists(path));
        return found ?? throw new FileNotFoundException($"The worker program is neither at Worker:Path nor at {beside}. Publish the studio again, or set Worker:Path.");
    }

    private async Task LogErrorsAsync(Process process, CancellationToken cancellationToken)
    {
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            // libtorch says so of processors that lack one of its optional kernels; it takes another, and nobody can do anything.
            if (!line.Contains("Could not initialize NNPACK", StringComparison.Ordinal))
            {
                Said(log, line);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {ProcessId} started, device {Device}")]
    private static partial void Started(ILogger log, int processId, string device);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker: {Line}")]
    private static partial void Said(ILogger log, string line);
}
