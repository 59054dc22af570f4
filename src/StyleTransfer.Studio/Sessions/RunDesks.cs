using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Sessions;

/// <summary>A desk for each device. What is configured, or whatever the first worker finds on this machine.</summary>
internal sealed class RunDesks(
    IHubContext<WorkerHub, IWorkerCommands> hub,
    RunRecords records,
    Drafts drafts,
    QueueSignal queue,
    IOptions<WorkerOptions> options,
    ILoggerFactory logs)
{
    public const string AnyDevice = "auto";

    private readonly Lock gate = new();
    private List<RunDesk> desks = [];

    /// <summary>A worker's desk was added while others run already.</summary>
    public event Action<RunDesk>? Added;

    public IReadOnlyList<RunDesk> All
    {
        get
        {
            lock (gate)
            {
                return desks;
            }
        }
    }

    public IReadOnlyList<string> Devices => [.. All.Select(desk => desk.Device).OfType<string>()];

    /// <summary>Opens a desk for each configured device, or one that takes what it finds.</summary>
    public void OpenConfigured()
    {
        foreach (string device in options.Value.Devices is { Length: > 0 } named ? named : [AnyDevice])
        {
            Open(device);
        }
    }

    /// <summary>The first worker has looked: every further CUDA device gets a worker of its own, unless devices are configured.</summary>
    public void OpenOthers(WorkerReady ready)
    {
        if (options.Value.Devices.Length > 0)
        {
            return;
        }

        for (int device = All.Count; device < ready.CudaDevices; device++)
        {
            Added?.Invoke(Open($"cuda:{device}"));
        }
    }

    public RunDesk? OfSecret(string? secret) => All.FirstOrDefault(desk => desk.Worker.Knows(secret));

    public Task<bool> StopAsync(Guid session, SessionState wanted) => AnyAsync(desk => desk.StopAsync(session, wanted));

    public Task<bool> AdjustAsync(Guid session, RecipeChange change) => AnyAsync(desk => desk.AdjustAsync(session, change));

    /// <summary>Asks one desk after the other until one does it.</summary>
    public async Task<bool> AnyAsync(Func<RunDesk, Task<bool>> ask)
    {
        foreach (RunDesk desk in All)
        {
            if (await ask(desk))
            {
                return true;
            }
        }

        return false;
    }

    private RunDesk Open(string device)
    {
        WorkerProcess worker = new(device, options, logs.CreateLogger<WorkerProcess>());
        RunDesk desk = new(worker, hub, records, drafts, queue, options.Value.MaxCrashes, logs.CreateLogger<RunDesk>());
        lock (gate)
        {
            desks = [.. desks, desk];
        }

        return desk;
    }
}
