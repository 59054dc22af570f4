using System.Threading.Channels;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Wakes the queue's runner. The database is the truth; this only says that it is worth a look.</summary>
public sealed class QueueSignal
{
    private readonly Channel<bool> slot = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => slot.Writer.TryWrite(true);

    internal async Task WaitAsync(CancellationToken cancellationToken) => await slot.Reader.ReadAsync(cancellationToken);
}
