using Microsoft.Extensions.Options;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Studio.Hosting;

/// <summary>Where things lie under <c>Storage:Root</c>.</summary>
public sealed class StudioStorage
{
    public StudioStorage(IOptions<StorageOptions> options, IHostEnvironment environment)
    {
        Root = Path.GetFullPath(Path.Combine(environment.ContentRootPath, options.Value.Root));
        Directory.CreateDirectory(Root);
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
}
