using System.Diagnostics;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Cli.Bench;

/// <summary>
/// An encoder's convolutions and nothing else, forward and backward to their inputs: what libtorch itself takes for the work that
/// no implementation can do without.
/// </summary>
internal sealed class ConvolutionChain : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly List<(Tensor Input, Tensor Weight, Tensor Bias, Tensor Seed)> convolutions = [];

    /// <param name="deepest">The last layer that an iteration computes, such as <c>relu5_1</c>.</param>
    public ConvolutionChain(Encoder encoder, string deepest, int size, Precision precision)
    {
        ScalarType type = precision == Precision.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        using Scalar small = 0.05.ToScalar();
        long inputs = 3;
        foreach (string layer in encoder.Layers.Where(layer => layer.StartsWith("relu", StringComparison.Ordinal)))
        {
            long outputs = encoder.Channels(layer);
            long edge = size / encoder.Stride(layer);
            Tensor weight = Laid(randn([outputs, inputs, 3, 3], type, encoder.Device).mul(small));
            Tensor input = Laid(rand([1, inputs, edge, edge], type, encoder.Device)).requires_grad_();
            Tensor seed = Laid(rand([1, outputs, edge, edge], type, encoder.Device));
            convolutions.Add((input, weight, zeros([outputs], type, encoder.Device), seed));
            inputs = outputs;
            if (layer == deepest)
            {
                break;
            }
        }
    }

    public List<double> Seconds { get; } = [];

    public double Best => Seconds.Min();

    public void Measure()
    {
        using DisposeScope step = NewDisposeScope();
        Stopwatch watch = Stopwatch.StartNew();
        Tensor? last = null;
        foreach ((Tensor input, Tensor weight, Tensor bias, Tensor seed) in convolutions)
        {
            using DisposeScope one = NewDisposeScope();
            Tensor output = F.conv2d(input, weight, bias, padding: [1, 1]);
            last = autograd.grad([output], [input], [seed])[0].MoveToOuterDisposeScope();
        }

        _ = last!.flatten().narrow(0, 0, 1).to(ScalarType.Float32).item<float>(); // Waits for an accelerator.
        Seconds.Add(watch.Elapsed.TotalSeconds);
    }

    public void Dispose() => scope.Dispose();

    // As the engine lays them out, which is also the fastest: channels last.
    private static Tensor Laid(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).detach();
}
