namespace StyleTransfer.Cli.Terminal;

/// <summary>Ctrl-C as a token: the first asks for an end, a second one, if that hangs, ends the process.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource stop = new();

    public Interrupt() => Console.CancelKeyPress += OnInterrupt;

    public CancellationToken Token => stop.Token;

    public void Dispose()
    {
        Console.CancelKeyPress -= OnInterrupt;
        stop.Dispose();
    }

    private void OnInterrupt(object? sender, ConsoleCancelEventArgs interrupt)
    {
        interrupt.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }
}
