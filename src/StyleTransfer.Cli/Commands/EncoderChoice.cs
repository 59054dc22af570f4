using System.CommandLine;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using TorchSharp;

namespace StyleTransfer.Cli.Commands;

/// <summary>Which network, and where it computes.</summary>
internal sealed class EncoderChoice
{
    private readonly Option<string?> encoder = new("--encoder")
    {
        Description = "auto, a name from `styletransfer encoders`, or a safetensors file.",
        HelpName = "NAME|FILE",
    };

    private readonly Option<string> device = new("--device") { Description = "auto, cpu or cuda.", DefaultValueFactory = _ => "auto" };

    public EncoderChoice() => device.AcceptOnlyFromAmong("auto", "cpu", "cuda");

    public void AddTo(Command command)
    {
        command.Add(encoder);
        command.Add(device);
    }

    /// <summary>Loads what was asked for; where nothing was, what the recipe names.</summary>
    /// <exception cref="EncoderException">Unknown, not installed, or refused.</exception>
    public Encoder Load(ParseResult parsed, EncoderReference reference)
    {
        EncoderInfo info = Find(parsed, reference);
        return Encoder.Load(info.Name, info.Read(), Devices(Device(parsed)));
    }

    /// <summary>What was asked for; where nothing was, what the recipe names.</summary>
    /// <exception cref="EncoderException">Unknown, not installed, or refused.</exception>
    public EncoderInfo Find(ParseResult parsed, EncoderReference reference) =>
        parsed.GetValue(encoder) is { } name ? Find(name) : Find(reference.Name, reference.Sha256);

    /// <summary>A name of the catalogue, or a file.</summary>
    /// <exception cref="EncoderException">Unknown, not installed, or refused.</exception>
    public static EncoderInfo Find(string name, string? sha256 = null) => new EncoderCatalog(EncoderOptions.Load()).Resolve(name, sha256);

    /// <summary>Where encoders compute.</summary>
    public torch.Device Device(ParseResult parsed) => Device(parsed.GetValue(device)!);

    // Tiles are shared out to every CUDA device.
    private static IReadOnlyList<torch.Device> Devices(torch.Device device) => device.type == DeviceType.CUDA
        ? [.. Enumerable.Range(0, torch.cuda.device_count()).Select(index => torch.device($"cuda:{index}"))]
        : [device];

    private static torch.Device Device(string name)
    {
        bool hasCuda = torch.cuda.is_available();
        return name switch
        {
            "cpu" => torch.CPU,
            "auto" => hasCuda ? torch.CUDA : torch.CPU,
            _ => Cuda(),
        };
    }

    /// <exception cref="RunException">There is none.</exception>
    public static torch.Device Cuda() => torch.cuda.is_available()
        ? torch.CUDA
        : throw new RunException("--device cuda, but no CUDA device can be used here; take --device cpu, or build with -p:Torch=cuda on a machine with an NVIDIA driver.");
}
