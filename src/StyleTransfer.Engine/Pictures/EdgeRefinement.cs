using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Pictures;

/// <summary>
/// Draws a result's edges where the content's are: each place becomes an affine function of the content's colours around it. Tones and
/// colours of the result stay, lines that the network bent are straight again.
/// </summary>
/// <remarks>
/// He, Sun, Tang, "Guided Image Filtering", 2013, with the content as guide; in photographic style transfer it is the smooth local affine
/// model that Luan et al. 2017 add to their results.
/// </remarks>
internal static class EdgeRefinement
{
    /// <summary>Window's edge over the picture's longer edge.</summary>
    private const double WindowShare = 1.0 / 40;

    private const double Epsilon = 1e-4;

    /// <param name="picture">[1, 3, H, W].</param>
    /// <param name="content">Of the same size.</param>
    /// <param name="strength">From 0, the picture as it is, to 1.</param>
    public static Tensor Apply(Tensor picture, Tensor content, double strength)
    {
        using DisposeScope scope = NewDisposeScope();
        long shorter = Math.Min(picture.shape[2], picture.shape[3]);
        int half = (int)Math.Round(Math.Max(picture.shape[2], picture.shape[3]) * WindowShare / 2);
        int window = 2 * (int)Math.Clamp(half, 1, (shorter - 1) / 2) + 1;
        using LocalAffine models = new(content, window, Epsilon);
        Tensor v = picture.detach().to(ScalarType.Float64);
        Tensor cover = models.Spread(ones([1, 1, v.shape[2] - window + 1, v.shape[3] - window + 1], ScalarType.Float64, v.device));
        Tensor refined = models.Predict(v) / cover;
        return v.Plus((refined - v).Times(strength)).to(picture.dtype).Clamp(0, 1).MoveToOuterDisposeScope();
    }
}
