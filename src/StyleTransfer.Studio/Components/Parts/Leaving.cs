namespace StyleTransfer.Studio.Components.Parts;

/// <summary>Ends what a page or a dialog has begun when it is left.</summary>
public sealed class Leaving : IDisposable
{
    // Cancelled but never disposed: what is saved while one leaves asks for its token afterwards, and that must not break the next
    // page. A source without a timer holds nothing that would have to be given back.
    private readonly CancellationTokenSource source = new();

    public CancellationToken Token => source.Token;

    public void Dispose() => source.Cancel();
}
