namespace StyleTransfer.Core.Recipes;

/// <summary>Between blocks of convolutions. Average and L2 keep activations in the scale of maximum pooling by a fixed gain.</summary>
public enum Pooling { Max, Average, L2 }

/// <summary>At the border of each 3×3 convolution; <see cref="Encoder"/> is what the network was trained with.</summary>
public enum Padding
{
    Encoder,
    Zero,
    Reflect,
    Replicate,

    /// <summary>The border repeated before the first convolution, the encoder's own elsewhere: as crowsonkb.</summary>
    ReplicateFirst,
}

public enum ContentForm
{
    /// <summary>½ Σ (F − P)²: equation 1 of Gatys et al. 2016.</summary>
    Paper,

    /// <summary>Mean of (F − P)², independent of size.</summary>
    Mean,

    /// <summary>Σ (F − P)² ⁄ Σ P²: dimensionless, alike for every encoder.</summary>
    Relative,
}

public enum StyleForm
{
    /// <summary>Σ (G − A)² ⁄ (4 N² M²): equations 3 and 4 of Gatys et al. 2016.</summary>
    GramPaper,

    /// <summary>Σ ((G − A) ⁄ M)² ⁄ N⁴, as jcjohnson/neural-style.</summary>
    GramMean,

    /// <summary>Wasserstein-2 distance of the Gaussians with the features' mean and covariance, per channel, as crowsonkb.</summary>
    Wasserstein2,

    /// <summary>Sliced Wasserstein distance (Heitz et al., CVPR 2021).</summary>
    SlicedWasserstein,

    /// <summary>Wasserstein-2 divided by the style's own second moment: dimensionless, alike for every encoder.</summary>
    RelativeWasserstein2,
}

public enum TotalVariationForm
{
    /// <summary>Σ |∇x|.</summary>
    L1,

    /// <summary>Σ |∇x|².</summary>
    L2,

    /// <summary>Mean of squared differences to all eight neighbours, as crowsonkb.</summary>
    NinePoint,
}

public enum OptimizerKind { Lbfgs, Adam }

public enum InitializationKind
{
    Content,
    Style,

    /// <summary>White noise, normal with mean 0.5 and deviation 0.25.</summary>
    Noise,

    /// <summary>Noise with the mean and covariance of the style's colours.</summary>
    StyleNoise,

    /// <summary>A file or a former result.</summary>
    Image,
}

public enum Precision { Auto, Float32, Bfloat16 }

public enum ColorPreservation
{
    None,

    /// <summary>Only luminance is transferred; the content's chroma returns.</summary>
    Luminance,

    /// <summary>The result's chroma is replaced by the content's, after the fact.</summary>
    Chroma,
}

public enum ColorMatching
{
    None,
    Cholesky,
    Pca,

    /// <summary>The symmetric square root: the optimal transport between the two colour Gaussians.</summary>
    Symmetric,
}
