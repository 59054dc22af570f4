using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Sharing;

/// <summary>A recipe as strangers may see it: every number, no name that somebody gave to a file or a region.</summary>
public sealed class PublicRecipes(EncoderCatalog encoders)
{
    private readonly Lazy<HashSet<string>> publicEncoders = new(() =>
        [.. encoders.List().Where(encoder => encoder.IsEmbedded).Select(encoder => encoder.Name), EncoderCatalog.Auto, EncoderCatalog.Vgg19]);

    public Recipe Of(Recipe recipe) => recipe with
    {
        Preset = Presets.All.Any(preset => preset.Name == recipe.Preset) ? recipe.Preset : null,
        // Another encoder's name is that of somebody's file. Its hash says which it is.
        Encoder = publicEncoders.Value.Contains(recipe.Encoder.Name) ? recipe.Encoder : recipe.Encoder with { Name = EncoderCatalog.Auto },
        Regions = [.. recipe.Regions.Select(region => region with { Name = null })],
    };
}
