using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>The whole picture at once; its activations are kept from forward to backward.</summary>
internal sealed class WholePass(Encoder encoder, IReadOnlyCollection<string> layers, EncoderMode mode) : IFeaturePass
{
    private Tensor? picture;
    private IFeatureTrace? trace;

    public void Forward(Tensor image, Action<FeaturePart> visit)
    {
        picture = image;
        trace = encoder.Trace(encoder.Segments(layers, cutAfter: null)[0], image.detach(), layers, mode);
        foreach ((string layer, Tensor whole) in trace.Features)
        {
            visit(new FeaturePart(layer, whole, 0, 0));
        }
    }

    public Tensor Backward(IReadOnlyCollection<string> from, Func<FeaturePart, Tensor?> seed) =>
        trace!.Back(
            layer => from.Contains(layer) ? seed(new FeaturePart(layer, trace.Features[layer], 0, 0)) : null,
            next: null,
            isLast: from.Count == layers.Count)
        ?? zeros_like(picture!);
}
