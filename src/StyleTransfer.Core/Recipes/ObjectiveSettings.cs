using System.Collections.Immutable;
using System.Globalization;

namespace StyleTransfer.Core.Recipes;

/// <summary>What is minimised: L = α·content + β·style + γ·total variation + δ·matting (equation 7 of Gatys et al. 2016, extended).</summary>
public sealed record ObjectiveSettings
{
    public ContentSettings Content { get; init; } = new();
    public StyleSettings Style { get; init; } = new();
    public TotalVariationSettings TotalVariation { get; init; } = new();

    /// <summary>δ, the weight of the matting Laplacian (Luan et al. 2017); 0 leaves it out.</summary>
    public double MattingWeight { get; init; }

    /// <summary>Scales each layer's gradient at the pixels to L1 norm 1 before it is weighted.</summary>
    public bool NormalizeGradients { get; init; }
}

public sealed record ContentSettings
{
    /// <summary>α.</summary>
    public double Weight { get; init; } = 1;

    public ContentForm Form { get; init; } = ContentForm.Relative;

    public ImmutableArray<LayerWeight> Layers { get; init; } = [new("relu4_2", 1)];
}

public sealed record StyleSettings
{
    /// <summary>β.</summary>
    public double Weight { get; init; } = 1;

    public StyleForm Form { get; init; } = StyleForm.Wasserstein2;

    /// <summary>w_l of equation 5, as given: not normalised.</summary>
    public ImmutableArray<LayerWeight> Layers { get; init; } = [];
}

public sealed record TotalVariationSettings
{
    /// <summary>γ.</summary>
    public double Weight { get; init; }

    public TotalVariationForm Form { get; init; } = TotalVariationForm.NinePoint;
}

/// <summary>A layer by its name, such as <c>relu4_2</c>, and its weight in the sum.</summary>
public sealed record LayerWeight(string Layer, double Weight)
{
    /// <summary>Reads <c>relu4_2</c> or <c>relu3_2:0.5,relu4_2:1</c>.</summary>
    /// <exception cref="RecipeException">A part that is neither a layer nor a layer with a number.</exception>
    public static ImmutableArray<LayerWeight> Parse(string text)
    {
        ImmutableArray<LayerWeight>.Builder layers = ImmutableArray.CreateBuilder<LayerWeight>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split(':');
            double weight = 1;
            if (pair.Length > 2 || (pair.Length == 2 && !double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weight)))
            {
                throw new RecipeException($"'{part}' is not a layer; write relu4_2, or relu4_2:0.5 to give it a weight.");
            }

            layers.Add(new LayerWeight(pair[0], weight));
        }

        return layers.ToImmutable();
    }

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public static string Format(ImmutableArray<LayerWeight> layers) => string.Join(
        ',',
        layers.Select(layer => layer.Weight == 1 ? layer.Layer : string.Create(CultureInfo.InvariantCulture, $"{layer.Layer}:{layer.Weight:R}")));
}
