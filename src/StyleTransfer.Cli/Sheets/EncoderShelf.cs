using StyleTransfer.Core.Encoders;
using StyleTransfer.Engine.Encoders;
using TorchSharp;

namespace StyleTransfer.Cli.Sheets;

/// <summary>Encoders that several runs take turns with, each loaded once.</summary>
internal sealed class EncoderShelf(torch.Device device) : IDisposable
{
    private readonly Dictionary<string, Encoder> loaded = [];

    public Encoder Get(EncoderInfo info)
    {
        if (!loaded.TryGetValue(info.Sha256!, out Encoder? encoder))
        {
            loaded[info.Sha256!] = encoder = Encoder.Load(info.Name, info.Read(), device);
        }

        return encoder;
    }

    public void Dispose()
    {
        foreach (Encoder encoder in loaded.Values)
        {
            encoder.Dispose();
        }
    }
}
