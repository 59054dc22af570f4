using static TorchSharp.torch;

namespace StyleTransfer.Engine.Encoders;

/// <summary>
/// A frozen convolutional network that gives features at named layers. Owns its weights, which need no gradient.
/// One instance serves one thread.
/// </summary>
public sealed class Encoder : IDisposable
{
    /// <summary>Reads either shape: torchvision's VGG-19 or the compact one.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="device">Where the weights go and the features are computed.</param>
    /// <exception cref="Core.EncoderException">Missing, damaged, or keys or shapes of neither kind.</exception>
    public static Encoder Load(string path, Device device) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
