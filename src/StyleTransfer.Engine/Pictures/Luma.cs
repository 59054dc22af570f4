using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Pictures;

/// <summary>Light and colour apart, by the weights of BT.601 that gamma-encoded pictures use.</summary>
internal static class Luma
{
    private static readonly float[] Weights = [0.299f, 0.587f, 0.114f];

    /// <param name="image">[1, 3, H, W].</param>
    /// <returns>[1, 1, H, W].</returns>
    public static Tensor Of(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = tensor(Weights, [1, 3, 1, 1]).to(image.dtype).to(image.device);
        return (image * weights).sum(1, keepdim: true).MoveToOuterDisposeScope();
    }

    /// <summary>The same light in all three channels.</summary>
    public static Tensor Grey(Tensor image) => Of(image).expand(1, 3, image.shape[2], image.shape[3]).contiguous();

    /// <summary>
    /// A style's light with the mean and deviation of the content's, in all three channels: L ↦ σ_c ⁄ σ_s (L − μ_s) + μ_c
    /// (Gatys et al. 2017, equation 13).
    /// </summary>
    public static Tensor MatchGrey(Tensor style, Tensor content)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor light = Grey(style);
        Tensor goal = Of(content);
        Tensor scale = goal.std() / light.std().AtLeast(1e-4);
        return ((light - light.mean()) * scale).Plus(goal.mean()).Clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>The light of one picture with the chroma of another of the same size; what leaves the gamut is clipped.</summary>
    public static Tensor WithChroma(Tensor light, Tensor chroma)
    {
        using DisposeScope scope = NewDisposeScope();
        return chroma.Plus(Of(light) - Of(chroma)).Clamp(0, 1).MoveToOuterDisposeScope();
    }
}
