using System.CommandLine;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core;
using StyleTransfer.Core.Messages;

namespace StyleTransfer.Cli.Worker;

/// <summary><c>styletransfer worker</c>: runs sessions for the studio that started it, one at a time.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        Command command = new("worker", "Runs sessions for a studio; the studio starts it itself.") { Hidden = true };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? address = Environment.GetEnvironmentVariable(WorkerEnvironment.StudioAddress);
        string? secret = Environment.GetEnvironmentVariable(WorkerEnvironment.Secret);
        if (address is null || secret is null)
        {
            throw new RunException($"A worker is started by the studio, which passes {WorkerEnvironment.StudioAddress} and {WorkerEnvironment.Secret}. Start the studio, or use `styletransfer transfer`.");
        }

        await using HubConnection connection = new HubConnectionBuilder()
            .WithUrl(address + WorkerEnvironment.HubPath, options => options.Headers[WorkerEnvironment.SecretHeader] = secret)
            .AddMessagePackProtocol()
            .Build();
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A worker whose studio is gone saves a checkpoint and goes too; so it does when its standard input closes.
        connection.Closed += _ => leaving.CancelAsync();
        _ = WatchInputAsync(leaving);

        await using SessionRunner runner = new(connection);
        connection.On<RunCommand>(nameof(IWorkerCommands.Run), runner.Start);
        connection.On<Guid>(nameof(IWorkerCommands.Stop), runner.Stop);
        connection.On<Guid, string>(nameof(IWorkerCommands.Adjust), runner.Adjust);
        try
        {
            await connection.StartAsync(leaving.Token);
            await connection.InvokeAsync(nameof(IWorkerReports.Ready), await runner.WarmUpAsync(), leaving.Token);
            await Task.Delay(Timeout.Infinite, leaving.Token);
        }
        catch (OperationCanceledException)
        {
            // The way out: disposing the runner stops its run, which leaves a checkpoint.
        }

        return CommandRunner.Success;
    }

    private static async Task WatchInputAsync(CancellationTokenSource leaving)
    {
        await using Stream input = Console.OpenStandardInput();
        byte[] ignored = new byte[16];
        try
        {
            while (await input.ReadAsync(ignored, leaving.Token) > 0)
            {
            }

            await leaving.CancelAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The worker is leaving already.
        }
    }
}
