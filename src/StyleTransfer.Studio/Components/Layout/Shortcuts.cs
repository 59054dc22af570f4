namespace StyleTransfer.Studio.Components.Layout;

/// <summary>A key, or two in a row with a space between, and what it does.</summary>
/// <param name="Keys">As the browser names them: <c>n</c>, <c>g s</c>, <c>/</c>, <c>Space</c>, <c>ArrowLeft</c>.</param>
/// <param name="Text">What it does, in the visitor's language.</param>
public sealed record Shortcut(string Keys, string Text, Func<Task> Run);

/// <summary>
/// The shortcuts that hold at this moment in one circuit: the layout's, and those of the page that is open. The sheet behind <c>?</c>
/// shows them; a page that adds some disposes what it got when it is left.
/// </summary>
public sealed class Shortcuts
{
    private readonly List<Shortcut> all = [];

    public event Action? Changed;

    public IReadOnlyList<Shortcut> All => all;

    /// <summary>Of two with the same keys the later one holds: a page may take a key from the layout.</summary>
    public IDisposable Add(params Shortcut[] shortcuts)
    {
        all.AddRange(shortcuts);
        Changed?.Invoke();
        return new Removal(this, shortcuts);
    }

    public Task RunAsync(string keys) => all.FindLast(shortcut => shortcut.Keys == keys)?.Run() ?? Task.CompletedTask;

    private sealed class Removal(Shortcuts owner, Shortcut[] shortcuts) : IDisposable
    {
        public void Dispose()
        {
            owner.all.RemoveAll(shortcuts.Contains);
            owner.Changed?.Invoke();
        }
    }
}
