using StyleTransfer.Tests;

[assembly: AssemblyFixture(typeof(Turn))]

namespace StyleTransfer.Tests;

/// <summary>
/// Test projects run one after another: <c>dotnet test</c> starts them all at once, and three of them on two cores, with a browser,
/// several studios and a worker at work in each, make every one slow and none quick.
/// </summary>
public sealed class Turn : IAsyncLifetime
{
    private static readonly Lazy<Task<FileStream>> taken = new(TakeAsync);

    /// <summary>Ends when it is this project's turn. Fixtures begin in no fixed order, so each that does work awaits it.</summary>
    public static Task ComesAsync() => taken.Value;

    public async ValueTask InitializeAsync() => await ComesAsync();

    public async ValueTask DisposeAsync() => await (await taken.Value).DisposeAsync();

    private static async Task<FileStream> TakeAsync()
    {
        // In the folder of the tests: another checkout has turns of its own.
        string path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", ".turn"));
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another project is at work; the system gives its lock back even if it crashes.
                await Task.Delay(200);
            }
        }
    }
}
