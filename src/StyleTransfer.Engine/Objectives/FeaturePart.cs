using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// One layer's features over one part of the picture: all of it, or a tile's own positions without its margin.
/// </summary>
/// <param name="Features">[1, C, h, w].</param>
/// <param name="Top">First row in the whole layer.</param>
/// <param name="Left">First column in the whole layer.</param>
internal readonly record struct FeaturePart(string Layer, Tensor Features, long Top, long Left)
{
    /// <summary>The same positions of a map over the whole layer, [1, ·, H, W].</summary>
    public Tensor Of(Tensor whole) =>
        whole.shape[2] == Features.shape[2] && whole.shape[3] == Features.shape[3]
            ? whole
            : whole.narrow(2, Top, Features.shape[2]).narrow(3, Left, Features.shape[3]);
}

/// <summary>
/// Carries a picture through the encoder and gradients back. The objective sees parts; whether they are the whole or tiles is
/// the pass's own matter, and the result is the same.
/// </summary>
internal interface IFeaturePass
{
    /// <param name="image">[1, 3, H, W], float32 (float64 for checks).</param>
    /// <param name="visit">Sees every part of every layer once; the tensors are its own during the call only.</param>
    void Forward(Tensor image, Action<FeaturePart> visit);

    /// <summary>Back-propagates from the picture of the last <see cref="Forward"/>.</summary>
    /// <param name="layers">The layers to start from.</param>
    /// <param name="seed">∂L ⁄ ∂F for a part, of its shape and type; null for none.</param>
    /// <returns>∂L ⁄ ∂image, in the caller's scope.</returns>
    Tensor Backward(IReadOnlyCollection<string> layers, Func<FeaturePart, Tensor?> seed);
}
