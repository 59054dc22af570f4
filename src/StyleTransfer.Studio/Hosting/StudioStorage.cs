using Microsoft.Extensions.Options;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Studio.Hosting;

/// <summary>Where things lie under <c>Storage:Root</c>, which is one studio's alone for as long as it runs.</summary>
public sealed class StudioStorage : IDisposable
{
    private readonly FileStream ours;

    public StudioStorage(IOptions<StorageOptions> options, IHostEnvironment environment)
    {
        Root = Path.GetFullPath(Path.Combine(environment.ContentRootPath, options.Value.Root));
        ours = Taken(Root);
        Checkpoints = Path.Combine(Root, "checkpoints");
        Directory.CreateDirectory(Checkpoints);
        Encoders = Path.Combine(Root, "encoders");
        Store = new FileStore(StoreRoot);
        UploadLimits = new ImageLimits { MaxBytes = options.Value.MaxUploadBytes, MaxPixels = options.Value.MaxUploadPixels };
    }

    public string Root { get; }

    public string StoreRoot => Path.Combine(Root, "store");

    public string Checkpoints { get; }

    public string Encoders { get; }

    public string Database => Path.Combine(Root, "studio.db");

    public FileStore Store { get; }

    public ImageLimits UploadLimits { get; }

    public void Dispose() => ours.Dispose();

    // Two studios would each run what the other has queued. The system lets go of it however a studio ends.
    private static FileStream Taken(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotKeep(root, e);
        }

        string path = Path.Combine(root, "studio.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && !IsTaken(e)))
        {
            throw CannotKeep(root, e);
        }
        catch (IOException e)
        {
            throw new StudioStartException(
                $"Another studio keeps its data in {root} ({e.Message}) Stop it, or give this one a folder of its own: --Storage:Root FOLDER.", e);
        }
    }

    // Sharing violation, as Windows says it, and would block, as Linux and macOS do.
    private static bool IsTaken(Exception e) => e.HResult is unchecked((int)0x80070020) or 11 or 35;

    private static StudioStartException CannotKeep(string root, Exception e) =>
        new($"The studio cannot keep its data in {root}: {e.Message} Allow it to write there, or choose another folder: --Storage:Root FOLDER.", e);
}
