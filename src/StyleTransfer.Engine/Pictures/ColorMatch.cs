using StyleTransfer.Core.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Pictures;

/// <summary>
/// Gives a style picture the mean and covariance of the content's colours: x ↦ A (x − μ_s) + μ_c with A Σ_s Aᵀ = Σ_c.
/// </summary>
/// <remarks>Gatys et al., "Controlling Perceptual Factors in Neural Style Transfer", CVPR 2017, section 5.3, equations 8 to 12.</remarks>
internal static class ColorMatch
{
    private const double Variance = 1e-5; // Keeps a picture of one colour invertible.

    /// <param name="style">[1, 3, H, W].</param>
    /// <param name="content">[1, 3, H′, W′].</param>
    public static Tensor Apply(Tensor style, Tensor content, ColorMatching matching)
    {
        if (matching == ColorMatching.None)
        {
            return style;
        }

        using DisposeScope scope = NewDisposeScope();
        (Tensor styleMean, Tensor styleCovariance, Tensor pixels) = Statistics(style);
        (Tensor contentMean, Tensor contentCovariance, _) = Statistics(content);
        Tensor map = matching switch
        {
            ColorMatching.Cholesky => linalg.cholesky(contentCovariance).mm(linalg.cholesky(styleCovariance).inverse()),
            // Equation 11, "image analogies": the roots by eigendecomposition.
            ColorMatching.Pca => Power(contentCovariance, 0.5).mm(Power(styleCovariance, -0.5)),
            _ => Transport(styleCovariance, contentCovariance),
        };
        Tensor mapped = map.mm(pixels - styleMean.unsqueeze(1)).Plus(contentMean.unsqueeze(1));
        return mapped.to(style.dtype).view(style.shape).Clamp(0, 1).MoveToOuterDisposeScope();
    }

    // Σ_s^-½ (Σ_s^½ Σ_c Σ_s^½)^½ Σ_s^-½: the symmetric solution, which moves colours least.
    private static Tensor Transport(Tensor style, Tensor content)
    {
        Tensor root = Power(style, 0.5);
        Tensor inverse = Power(style, -0.5);
        return inverse.mm(Power(root.mm(content).mm(root), 0.5)).mm(inverse);
    }

    private static (Tensor Mean, Tensor Covariance, Tensor Pixels) Statistics(Tensor image)
    {
        Tensor pixels = image[0].flatten(1).to(ScalarType.Float64); // [3, M]
        Tensor mean = pixels.mean([1]);
        Tensor centered = pixels - mean.unsqueeze(1);
        Tensor covariance = centered.mm(centered.t()).Over(pixels.shape[1]);
        return (mean, covariance.Plus(eye(3, dtype: ScalarType.Float64, device: image.device).Times(Variance)), pixels);
    }

    private static Tensor Power(Tensor symmetric, double exponent)
    {
        (Tensor values, Tensor vectors) = linalg.eigh(symmetric.Plus(symmetric.t()).Over(2));
        return (vectors * values.AtLeast(Variance * Variance).ToThe(exponent)).mm(vectors.t());
    }
}
