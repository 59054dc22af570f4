using static TorchSharp.torch;

namespace StyleTransfer.Engine.Encoders;

/// <summary>By libtorch's own graph: any device, type and pooling.</summary>
/// <param name="leaf">The input, which requires a gradient where there is a way back.</param>
internal sealed class AutogradTrace(Tensor leaf, IReadOnlyDictionary<string, Tensor> features, Tensor? next) : IFeatureTrace
{
    public IReadOnlyDictionary<string, Tensor> Features => features;

    public Tensor? Next => next;

    public Tensor? Back(Func<string, Tensor?> seed, Tensor? handedBack, bool isLast)
    {
        List<Tensor> outputs = [];
        List<Tensor> seeds = [];
        foreach ((string layer, Tensor feature) in features)
        {
            if (seed(layer) is { } slope)
            {
                outputs.Add(feature);
                seeds.Add(slope);
            }
        }

        if (handedBack is not null && next is not null)
        {
            outputs.Add(next);
            seeds.Add(handedBack);
        }

        // Kept for a further call only where one is to come: the activations are most of a run's memory.
        return outputs.Count == 0 ? null : autograd.grad(outputs, [leaf], seeds, retain_graph: !isLast)[0];
    }
}
