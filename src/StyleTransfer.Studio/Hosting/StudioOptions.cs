namespace StyleTransfer.Studio.Hosting;

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The folder of everything the studio keeps; relative to the content root.</summary>
    public string Root { get; set; } = "data";

    /// <summary>Uploads beyond this are refused.</summary>
    public long MaxUploadBytes { get; set; } = 25 * 1024 * 1024;

    public long MaxUploadPixels { get; set; } = 40_000_000;
}

/// <summary>Section <c>Gallery</c>.</summary>
public sealed class GalleryOptions
{
    /// <summary>Paints the starter pictures into a new studio.</summary>
    public bool StarterPictures { get; set; } = true;
}

/// <summary>Section <c>Security</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>With a password the studio may listen beyond this machine, and asks for it at the door.</summary>
    public string? Password { get; set; }

    /// <summary>Host names by which the studio may be reached, beyond localhost.</summary>
    public string[] Hosts { get; set; } = [];
}

/// <summary>Section <c>Worker</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>The worker's program; by default the one that was built or published with the studio.</summary>
    public string? Path { get; set; }

    /// <summary>One worker for each of them, such as <c>cpu</c> or <c>cuda:0</c>; empty for every CUDA device, or the processor where there is none.</summary>
    public string[] Devices { get; set; } = [];

    /// <summary>The checkpoints of one session take at most this; between the oldest and the newest they grow sparser.</summary>
    public long CheckpointBytesASession { get; set; } = 256 * 1024 * 1024;

    /// <summary>All checkpoints together; beyond it the sessions that ended longest ago lose theirs first.</summary>
    public long CheckpointBytes { get; set; } = 8L * 1024 * 1024 * 1024;

    /// <summary>A session that crashed this often is set aside.</summary>
    public int MaxCrashes { get; set; } = 3;

    /// <summary>How long a worker may take to save a checkpoint when the studio stops.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
