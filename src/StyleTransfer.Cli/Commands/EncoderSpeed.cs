using System.Diagnostics;
using System.Globalization;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Cli.Commands;

/// <summary>How long one evaluation takes: features down to relu5_1 and their gradient, 256 × 256 pixels, float32.</summary>
internal static class EncoderSpeed
{
    private const int Edge = 256;
    private const int Repetitions = 5;

    public static string Measure(EncoderInfo info)
    {
        Device device = cuda.is_available() ? CUDA : CPU;
        using Encoder encoder = Encoder.Load(info.Name, info.Read(), device);
        string[] layers = [.. info.Layers.Select(layer => layer.Name).Where(layer => layer.EndsWith("_1", StringComparison.Ordinal))];
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i <= Repetitions; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor image = rand(1, 3, Edge, Edge, device: device).requires_grad_();
            Stopwatch watch = Stopwatch.StartNew();
            Tensor sum = stack(encoder.Features(image, layers, EncoderMode.Default).Values.Select(feature => (feature * feature).mean())).sum();
            sum.backward();
            _ = image.grad!.sum().item<float>(); // Waits for an accelerator.
            best = i > 0 && watch.Elapsed < best ? watch.Elapsed : best; // The first one also pays for preparing.
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{best.TotalMilliseconds:0} ms an evaluation at {Edge} × {Edge} on {device.type.ToString().ToLowerInvariant()} (best of {Repetitions}, float32)");
    }
}
