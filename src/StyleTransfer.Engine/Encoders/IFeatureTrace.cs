using static TorchSharp.torch;

namespace StyleTransfer.Engine.Encoders;

/// <summary>What a way through the network leaves for the way back. Its tensors are in the dispose scope that was current when it was made.</summary>
internal interface IFeatureTrace
{
    /// <summary>Of the layers that were asked for.</summary>
    IReadOnlyDictionary<string, Tensor> Features { get; }

    /// <summary>The pooled features for the next segment; null after the last.</summary>
    Tensor? Next { get; }

    /// <summary>∂L ⁄ ∂(the input), in the caller's scope; null where nothing comes back.</summary>
    /// <param name="seed">∂L ⁄ ∂F of a layer, of its shape, type and memory layout, which becomes this method's own; null for none.</param>
    /// <param name="next">∂L ⁄ ∂<see cref="Next"/>, or null.</param>
    /// <param name="isLast">No further call will come: what is no longer needed goes at once.</param>
    Tensor? Back(Func<string, Tensor?> seed, Tensor? next, bool isLast);
}
