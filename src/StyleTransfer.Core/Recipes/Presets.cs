using System.Collections.Immutable;

namespace StyleTransfer.Core.Recipes;

/// <summary>A recipe without inputs, to begin from.</summary>
/// <param name="Name">What the command line and the API call it.</param>
/// <param name="Title">What a page calls it.</param>
/// <param name="Summary">One sentence for whoever chooses.</param>
/// <param name="Source">Where its values were published; null for our own.</param>
/// <param name="Template">At the default size.</param>
public sealed record Preset(string Name, string Title, string Summary, string? Source, Recipe Template)
{
    /// <summary>The template at a size.</summary>
    public Recipe At(int size) => Template with { Schedule = Template.Schedule with { Size = size } };
}

/// <summary>The recipes that one can start from.</summary>
public static class Presets
{
    public const string Default = "balanced";

    // relu1_1 … relu5_1 and relu4_2, as Gatys et al. 2016 chose them.
    private static readonly ImmutableArray<string> styleLayers = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"];
    private static readonly ImmutableArray<LayerWeight> contentLayers = [new("relu4_2", 1)];

    /// <summary>
    /// Ours: Wasserstein-2 moments relative to the style's own, so that the weights mean the same for every encoder; L-BFGS up a
    /// pyramid of √2, restarted at each scale.
    /// </summary>
    public static Preset Balanced { get; } = new(
        "balanced",
        "Balanced",
        "Coherent strokes and true colours in a few seconds; the right choice for most pictures.",
        Source: null,
        Ours("balanced", firstIterations: 50, iterations: 25));

    /// <summary>As <see cref="Balanced"/>, with a steeper pyramid and half the work.</summary>
    public static Preset Fast { get; } = new(
        "fast",
        "Fast",
        "A first look in half the time; strokes are a little looser.",
        Source: null,
        Ours("fast", firstIterations: 40, iterations: 20, ratio: 2));

    /// <summary>As <see cref="Balanced"/>, with more than twice the iterations at each scale and an end by convergence.</summary>
    public static Preset Best { get; } = new(
        "best",
        "Best",
        "More than twice the work, for the picture that you will print.",
        Source: null,
        Ours("best", firstIterations: 112, iterations: 65, tolerance: 2e-3));

    /// <summary>
    /// For photographs in the light of another photograph: <see cref="Best"/>'s objective with a larger part for the content, the matting
    /// Laplacian and the edges drawn again afterwards (Luan et al. 2017). With regions for sky, water and ground it is at its best.
    /// </summary>
    public static Preset Photo { get; } = new(
        "photo",
        "Photograph",
        "A photo in another photo's light and colours; straight lines stay straight.",
        Source: null,
        Photographic(Ours("photo", firstIterations: 50, iterations: 25)));

    /// <summary>The paper itself.</summary>
    /// <remarks>
    /// Published: ½ Σ (F − P)² at conv4_2, E_l = Σ (G − A)² ⁄ (4 N² M²) with w_l = 1 ⁄ 5 at conv1_1 … conv5_1 (both after the ReLU, as the
    /// paper's figures use them), α ⁄ β = 1e-3, average pooling, white noise to begin with, L-BFGS at one scale of 512 pixels. The paper
    /// gives no number of iterations; 1000 is what its authors' and others' code uses. Not published, and left as they are: the
    /// rescaling of the network's weights to a mean activation of 1, which each encoder here has or has not.
    /// </remarks>
    public static Preset Gatys2016 { get; } = new(
        "gatys2016",
        "Gatys et al. 2016",
        "The paper's own recipe: Gram matrices, average pooling, from noise, one scale.",
        "Gatys, Ecker, Bethge: Image Style Transfer Using Convolutional Neural Networks, CVPR 2016",
        new Recipe
        {
            Preset = "gatys2016",
            Encoder = new EncoderReference { Pooling = Pooling.Average },
            Objective = new ObjectiveSettings
            {
                Content = new ContentSettings { Weight = 1e-3, Form = ContentForm.Paper, Layers = contentLayers },
                Style = new StyleSettings { Weight = 1, Form = StyleForm.GramPaper, Layers = Weighted(0.2, 0.2, 0.2, 0.2, 0.2) },
                TotalVariation = new TotalVariationSettings { Weight = 0 },
            },
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.Lbfgs, LearningRate = 1, History = 100, Clamp = false },
            Schedule = new ScheduleSettings { Pyramid = false, FirstIterations = 1000, Iterations = 1000 },
            Initialization = new Initialization { Kind = InitializationKind.Noise },
        });

    /// <summary>The most used implementation.</summary>
    /// <remarks>
    /// Published: content weight 5 at relu4_2 with the mean of (F − P)², style weight 100 at relu1_1 … relu5_1 with Σ ((G − A) ⁄ M)² ⁄ N⁴,
    /// L2 total variation 1e-3, max pooling, L-BFGS without line search with a history of 100, 1000 iterations at one scale of 512
    /// pixels. Published for Caffe's VGG-19 on pixels of 0 to 255 around their mean; here the encoder that is chosen takes its place. Its
    /// default of white noise to begin with is kept.
    /// </remarks>
    public static Preset Johnson2015 { get; } = new(
        "johnson2015",
        "neural-style (Johnson 2015)",
        "The recipe of jcjohnson/neural-style: Gram matrices and L-BFGS at one scale.",
        "https://github.com/jcjohnson/neural-style",
        new Recipe
        {
            Preset = "johnson2015",
            Objective = new ObjectiveSettings
            {
                Content = new ContentSettings { Weight = 5, Form = ContentForm.Mean, Layers = contentLayers },
                Style = new StyleSettings { Weight = 100, Form = StyleForm.GramMean, Layers = Weighted(1, 1, 1, 1, 1) },
                TotalVariation = new TotalVariationSettings { Weight = 1e-3, Form = TotalVariationForm.L2 },
            },
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.Lbfgs, LearningRate = 1, History = 100, Clamp = false },
            Schedule = new ScheduleSettings { Pyramid = false, FirstIterations = 1000, Iterations = 1000 },
            Initialization = new Initialization { Kind = InitializationKind.Noise },
        });

    /// <summary>The best published quality, at its full length.</summary>
    /// <remarks>
    /// Published: [0, 1] pixels with ImageNet's statistics, the border repeated before conv1_1, content 0.015 at relu4_2, style 256 : 64 :
    /// 16 : 4 : 1 (over 341) at relu1_1 … relu5_1 with Wasserstein-2 and Σ + 1e-4 I, nine-point total variation 2, Adam 0.02 with β of
    /// (0.9, 0.99) and its moments carried over, pixels clamped after each step, averaging 0.99 anew at each scale, scales of
    /// size ⁄ √2ᵏ down to 128, 1000 iterations at the first and 500 at each further one, from the content.
    /// </remarks>
    public static Preset Crowson2021 { get; } = new(
        "crowson2021",
        "style-transfer-pytorch (Crowson 2021)",
        "The recipe of crowsonkb/style-transfer-pytorch: Wasserstein-2 and Adam up a pyramid, slow and good.",
        "https://github.com/crowsonkb/style-transfer-pytorch",
        new Recipe
        {
            Preset = "crowson2021",
            Encoder = new EncoderReference { Padding = Padding.ReplicateFirst },
            Objective = new ObjectiveSettings
            {
                Content = new ContentSettings { Weight = 0.015, Form = ContentForm.Mean, Layers = contentLayers },
                Style = new StyleSettings
                {
                    Weight = 1,
                    Form = StyleForm.Wasserstein2,
                    Layers = Weighted(256.0 / 341, 64.0 / 341, 16.0 / 341, 4.0 / 341, 1.0 / 341),
                },
                TotalVariation = new TotalVariationSettings { Weight = 2, Form = TotalVariationForm.NinePoint },
            },
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.Adam, LearningRate = 0.02, Beta1 = 0.9, Beta2 = 0.99, Clamp = true },
            Schedule = new ScheduleSettings { FirstIterations = 1000, Iterations = 500, Averaging = 0.99, CarryState = true },
        });

    /// <summary>Every preset, in the order in which a list shows them.</summary>
    public static ImmutableArray<Preset> All { get; } = [Fast, Balanced, Best, Photo, Gatys2016, Johnson2015, Crowson2021];

    /// <exception cref="RecipeException">No preset has that name.</exception>
    public static Preset Named(string name) =>
        All.FirstOrDefault(preset => preset.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new RecipeException($"There is no preset '{name}'; allowed are {string.Join(", ", All.Select(preset => preset.Name))}.");

    private static Recipe Ours(string name, int firstIterations, int iterations, double ratio = 1.4142135623730951, double tolerance = 0) => new()
    {
        Preset = name,
        Objective = new ObjectiveSettings
        {
            Content = new ContentSettings { Weight = 0.02, Form = ContentForm.Relative, Layers = contentLayers },
            Style = new StyleSettings { Weight = 1, Form = StyleForm.RelativeWasserstein2, Layers = Weighted(0.4, 0.3, 0.2, 0.06, 0.04) },
            TotalVariation = new TotalVariationSettings { Weight = 0.05, Form = TotalVariationForm.NinePoint },
        },
        Optimizer = new OptimizerSettings { Kind = OptimizerKind.Lbfgs, LearningRate = 1, History = 8, Clamp = true },
        Schedule = new ScheduleSettings { FirstIterations = firstIterations, Iterations = iterations, Ratio = ratio, ContentDetail = 1, Tolerance = tolerance },
    };

    private static Recipe Photographic(Recipe recipe) => recipe with
    {
        Objective = recipe.Objective with { Content = recipe.Objective.Content with { Weight = 0.06 }, MattingWeight = 10 },
        Refinement = new RefinementSettings { Strength = 1 },
    };

    private static ImmutableArray<LayerWeight> Weighted(params ReadOnlySpan<double> weights)
    {
        ImmutableArray<LayerWeight>.Builder layers = ImmutableArray.CreateBuilder<LayerWeight>();
        for (int i = 0; i < weights.Length; i++)
        {
            layers.Add(new LayerWeight(styleLayers[i], weights[i]));
        }

        return layers.ToImmutable();
    }
}
