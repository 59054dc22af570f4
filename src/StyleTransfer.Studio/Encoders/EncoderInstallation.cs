using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;

namespace StyleTransfer.Studio.Encoders;

/// <summary>Where the installation of VGG-19 stands.</summary>
public enum InstallState
{
    Idle,
    Running,
    Cancelled,
    Failed,
    Installed,
}

/// <param name="Progress">The newest of the installation that runs or ran last; null before the first.</param>
/// <param name="Error">Why it failed, in a sentence.</param>
public sealed record InstallStatus(InstallState State, InstallProgress? Progress = null, string? Error = null);

/// <summary>
/// The studio's one installation of VGG-19: it goes on when the page that began it is left, and every page sees the same.
/// The encoder is a file, so the worker uses it with the next session, without a restart.
/// </summary>
public sealed partial class EncoderInstallation(
    EncoderInstaller installer, HttpClient client, ILogger<EncoderInstallation> log) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private CancellationTokenSource? stop;
    private Task running = Task.CompletedTask;
    private InstallStatus status = new(InstallState.Idle);

    /// <summary>After each change, from any thread.</summary>
    public event Action? Changed;

    public InstallStatus Status
    {
        get
        {
            lock (gate)
            {
                return status;
            }
        }
    }

    /// <summary>Downloads from the pinned address or a mirror; what an earlier attempt received is continued.</summary>
    /// <returns>False where an installation runs already.</returns>
    public bool TryStart() => TryStart((progress, token) => installer.DownloadAsync(client, progress, token), out _);

    /// <summary>Takes a file of the machine that the studio runs on.</summary>
    /// <returns>False where an installation runs already.</returns>
    public bool TryStart(string path) => TryStart((progress, token) => installer.FromFileAsync(path, progress, token), out _);

    /// <summary>Takes what a visitor sends. Ends when the installation does, since the bytes come with the request.</summary>
    /// <param name="cancellationToken">The visitor's: it is gone, or gave up.</param>
    /// <exception cref="EncoderException">Another installation runs.</exception>
    public async Task<InstallStatus> ReceiveAsync(Stream body, string name, long? length, CancellationToken cancellationToken)
    {
        if (!TryStart((progress, token) => ReceiveAsync(progress, token), out Task run))
        {
            throw new EncoderException("An installation is running; wait for it, or cancel it first.");
        }

        await run;
        return Status;

        async Task<EncoderInfo> ReceiveAsync(IProgress<InstallProgress> progress, CancellationToken token)
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
            return await installer.FromStreamAsync(body, name, length, progress, either.Token);
        }
    }

    /// <summary>Stops what runs; what was received is kept and continued the next time.</summary>
    public void Cancel()
    {
        lock (gate)
        {
            stop?.Cancel();
        }
    }

    /// <summary>Stops and waits, so that the partial file is whole when the process goes.</summary>
    public async ValueTask DisposeAsync()
    {
        Cancel();
        await running;
    }

    private bool TryStart(Func<IProgress<InstallProgress>, CancellationToken, Task<EncoderInfo>> install, out Task run)
    {
        CancellationTokenSource source = new();
        lock (gate)
        {
            if (stop is not null)
            {
                source.Dispose();
                run = Task.CompletedTask;
                return false;
            }

            stop = source;
            status = new InstallStatus(InstallState.Running);
            run = running = Task.Run(() => RunAsync(install, source), CancellationToken.None);
        }

        Tell();
        return true;
    }

    private async Task RunAsync(Func<IProgress<InstallProgress>, CancellationToken, Task<EncoderInfo>> install, CancellationTokenSource source)
    {
        InstallStatus end;
        try
        {
            EncoderInfo installed = await install(new Reporter(this), source.Token);
            Installed(log, installed.Name, installed.Sha256!);
            end = new InstallStatus(InstallState.Installed);
        }
        catch (OperationCanceledException)
        {
            end = new InstallStatus(InstallState.Cancelled);
        }
        catch (Exception e) when (e is StyleTransferException or IOException or UnauthorizedAccessException)
        {
            end = new InstallStatus(InstallState.Failed, Error: e.Message);
        }
        catch (Exception e)
        {
            Failed(log, e);
            end = new InstallStatus(InstallState.Failed, Error: $"The installation failed: {e.Message}");
        }

        lock (gate)
        {
            status = end with { Progress = status.Progress };
            stop = null;
        }

        source.Dispose();
        Tell();
    }

    // A subscriber's fault is not the installation's.
    private void Tell()
    {
        foreach (Action subscriber in Changed?.GetInvocationList().Cast<Action>() ?? [])
        {
            try
            {
                subscriber();
            }
            catch (Exception e)
            {
                SubscriberFailed(log, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Encoder {Name} installed, SHA-256 {Sha256}")]
    private static partial void Installed(ILogger log, string name, string sha256);

    [LoggerMessage(Level = LogLevel.Error, Message = "The installation of an encoder failed")]
    private static partial void Failed(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A page could not follow the installation")]
    private static partial void SubscriberFailed(ILogger log, Exception exception);

    private sealed class Reporter(EncoderInstallation owner) : IProgress<InstallProgress>
    {
        public void Report(InstallProgress value)
        {
            lock (owner.gate)
            {
                owner.status = owner.status with { Progress = value };
            }

            owner.Tell();
        }
    }
}
