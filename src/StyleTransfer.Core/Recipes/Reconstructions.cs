using System.Collections.Immutable;

namespace StyleTransfer.Core.Recipes;

/// <summary>The recipes of figure 1 of Gatys et al. 2016: a picture from noise that agrees with one representation only.</summary>
public static class Reconstructions
{
    /// <summary>Content: Σ (F − P)² relative to Σ P². Style: the Gram matrices' distance of equation 4, at one scale.</summary>
    /// <param name="image">The picture, by its identifier.</param>
    /// <param name="layers">For a style, the set of layers that is matched.</param>
    public static Recipe Recipe(bool isStyle, string image, ImmutableArray<LayerWeight> layers, int size) => new()
    {
        Content = isStyle ? null : image,
        Styles = isStyle ? [new StyleInput { Image = image }] : [],
        Objective = new ObjectiveSettings
        {
            Content = new ContentSettings { Weight = 1, Form = ContentForm.Relative, Layers = isStyle ? [] : layers },
            Style = new StyleSettings { Weight = isStyle ? 1 : 0, Form = StyleForm.GramPaper, Layers = isStyle ? layers : [] },
        },
        Optimizer = Presets.Gatys2016.Template.Optimizer with { History = 20, Clamp = true },
        Schedule = new ScheduleSettings { Size = size, Pyramid = false, FirstIterations = 200, Iterations = 200 },
        Initialization = new Initialization { Kind = InitializationKind.Noise },
    };
}
