using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>The whole picture at once; its activations are kept from forward to backward.</summary>
internal sealed class WholePass(Encoder encoder, IReadOnlyCollection<string> layers, EncoderMode mode) : IFeaturePass
{
    private Tensor? leaf;
    private IReadOnlyDictionary<string, Tensor> features = new Dictionary<string, Tensor>();

    public void Forward(Tensor image, Action<FeaturePart> visit)
    {
        leaf = image.detach().requires_grad_();
        features = encoder.Features(leaf, layers, mode);
        foreach ((string layer, Tensor whole) in features)
        {
            visit(new FeaturePart(layer, whole, 0, 0));
        }
    }

    public Tensor Backward(IReadOnlyCollection<string> from, Func<FeaturePart, Tensor?> seed)
    {
        List<Tensor> outputs = [];
        List<Tensor> seeds = [];
        foreach (string layer in from)
        {
            if (seed(new FeaturePart(layer, features[layer], 0, 0)) is Tensor gradient)
            {
                outputs.Add(features[layer]);
                seeds.Add(gradient);
            }
        }

        if (outputs.Count == 0)
        {
            return zeros_like(leaf!);
        }

        // Kept for a further call only where several are to come: the activations are most of a run's memory.
        return autograd.grad(outputs, [leaf!], seeds, retain_graph: from.Count < layers.Count)[0];
    }
}
