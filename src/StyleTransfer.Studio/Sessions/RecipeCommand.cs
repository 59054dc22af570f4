using System.Collections.Immutable;
using System.Globalization;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Images;

namespace StyleTransfer.Studio.Sessions;

/// <summary>The command line that makes the same picture.</summary>
/// <param name="NeedsRecipe">Options alone cannot say all of it: it reads the recipe from its JSON, or from the downloaded picture.</param>
public sealed record RecipeCommand(string Line, bool NeedsRecipe)
{
    public static RecipeCommand None { get; } = new("", NeedsRecipe: false);

    /// <summary>With names for the pictures as they would be downloaded.</summary>
    public static async Task<RecipeCommand> OfAsync(Recipe recipe, ImageLibrary library, CancellationToken cancellationToken)
    {
        Dictionary<string, string> types = [];
        foreach (string image in SessionCatalog.ImagesOf(recipe))
        {
            types[image] = (await library.FindAsync(image, cancellationToken))?.MediaType ?? Png;
        }

        return await Task.Run(() => Of(recipe, image => types[image], library.Read), cancellationToken);
    }

    /// <summary>
    /// Options lead from the preset to the recipe, where they can: each that differs is laid over the preset as the program does, and only
    /// if the result is this very recipe are they given. Otherwise the recipe itself is.
    /// </summary>
    /// <param name="mediaType">Of a picture, by its identifier.</param>
    /// <param name="read">A painted map, by its identifier: which colours it has decides what is said of it.</param>
    internal static RecipeCommand Of(Recipe recipe, Func<string, string> mediaType, Func<string, PixelImage> read)
    {
        ImmutableArray<string> maps = MapsOf(recipe, read);
        bool hasColors = recipe.Regions.Any(region => IsColor(region.ContentMask) || IsColor(region.StyleMask));
        Recipe reached = Start(recipe);
        List<string> options = [$"--preset {recipe.Preset}", $"--size {recipe.Schedule.Size}"];
        foreach (Step step in Steps)
        {
            Recipe after = step.Apply(reached, recipe);
            if (RecipeJson.Write(after) != RecipeJson.Write(reached))
            {
                options.Add($"{step.Option} {step.Value(recipe)}");
                reached = after;
            }
        }

        bool needsRecipe = (hasColors && maps.IsEmpty) || Presets.All.All(preset => preset.Name != recipe.Preset) || RecipeJson.Write(reached) != RecipeJson.Write(Comparable(recipe));
        if (needsRecipe)
        {
            options = ["--recipe recipe.json"];
        }

        string[] line = ["styletransfer transfer", .. Pictures(recipe, maps, mediaType), .. options, $"--encoder {recipe.Encoder.Name}", "--output result.png"];
        return new RecipeCommand(string.Join(' ', line), needsRecipe);
    }

    private const string Png = "image/png";

    private static readonly ImmutableArray<Step> Steps =
    [
        new("--style-weights", r => string.Join(',', r.Styles.Select(style => Text(style.Weight))), (here, goal) => here with { Styles = [.. here.Styles.Zip(goal.Styles, (a, b) => a with { Weight = b.Weight })] }),
        new("--style-scale", r => Text(r.Styles.IsEmpty ? 1 : r.Styles[0].Scale), (here, goal) => here with { Styles = [.. here.Styles.Select(style => style with { Scale = goal.Styles[0].Scale })] }),
        // The program gives another optimiser its own step size, too.
        new("--optimizer", r => Text(r.Optimizer.Kind), (here, goal) => here.Optimizer.Kind == goal.Optimizer.Kind ? here : here with { Optimizer = (goal.Optimizer.Kind == OptimizerKind.Adam ? Presets.Crowson2021 : Presets.Balanced).Template.Optimizer }),
        new("--iterations", r => Text(r.Schedule.Iterations), (here, goal) => goal.Schedule.Iterations == goal.Schedule.FirstIterations
            ? here with { Schedule = here.Schedule with { Iterations = goal.Schedule.Iterations, FirstIterations = goal.Schedule.Iterations } }
            : here),
        new("--init", r => Text(r.Initialization.Kind), (here, goal) => goal.Initialization.Kind == InitializationKind.Image ? here : here with { Initialization = new Initialization { Kind = goal.Initialization.Kind } }),
        new("--seed", r => r.Seed.ToString(CultureInfo.InvariantCulture), (here, goal) => here with { Seed = goal.Seed }),
        new("--content-weight", r => Text(r.Objective.Content.Weight), (here, goal) => here with { Objective = here.Objective with { Content = here.Objective.Content with { Weight = goal.Objective.Content.Weight } } }),
        new("--style-weight", r => Text(r.Objective.Style.Weight), (here, goal) => here with { Objective = here.Objective with { Style = here.Objective.Style with { Weight = goal.Objective.Style.Weight } } }),
        new("--tv-weight", r => Text(r.Objective.TotalVariation.Weight), (here, goal) => here with { Objective = here.Objective with { TotalVariation = here.Objective.TotalVariation with { Weight = goal.Objective.TotalVariation.Weight } } }),
        new("--content-layers", r => LayerWeight.Format(r.Objective.Content.Layers), (here, goal) => here with { Objective = here.Objective with { Content = here.Objective.Content with { Layers = goal.Objective.Content.Layers } } }),
        new("--style-layers", r => LayerWeight.Format(r.Objective.Style.Layers), (here, goal) => here with { Objective = here.Objective with { Style = here.Objective.Style with { Layers = goal.Objective.Style.Layers } } }),
        new("--style-form", r => Text(r.Objective.Style.Form), (here, goal) => here with { Objective = here.Objective with { Style = here.Objective.Style with { Form = goal.Objective.Style.Form } } }),
        new("--keep-color", r => Text(r.Color.Preserve), (here, goal) => here with { Color = here.Color with { Preserve = goal.Color.Preserve } }),
        new("--match-color", r => Text(r.Color.MatchStyle), (here, goal) => here with { Color = here.Color with { MatchStyle = goal.Color.MatchStyle } }),
        new("--pooling", r => Text(r.Encoder.Pooling), (here, goal) => here with { Encoder = here.Encoder with { Pooling = goal.Encoder.Pooling } }),
        new("--padding", r => Text(r.Encoder.Padding), (here, goal) => here with { Encoder = here.Encoder with { Padding = goal.Encoder.Padding } }),
        new("--precision", r => Text(r.Precision), (here, goal) => here with { Precision = goal.Precision }),
    ];

    private static Recipe Start(Recipe recipe)
    {
        Recipe preset = Presets.All.FirstOrDefault(known => known.Name == recipe.Preset)?.At(recipe.Schedule.Size) ?? new Recipe();
        return Comparable(preset) with
        {
            Content = recipe.Content,
            Styles = [.. recipe.Styles.Select(style => new StyleInput { Image = style.Image })],
            Regions = recipe.Regions,
            Initialization = StartPicture(recipe) is null ? preset.Initialization : recipe.Initialization,
        };
    }

    // The encoder is named by itself.
    private static Recipe Comparable(Recipe recipe) => recipe with { Encoder = recipe.Encoder with { Name = "auto", Sha256 = null } };

    private static string? StartPicture(Recipe recipe) => recipe.Initialization.Kind == InitializationKind.Image ? recipe.Initialization.Image : null;

    // A recipe names its pictures by their hashes, so their files are given beside it, too.
    private static IEnumerable<string> Pictures(Recipe recipe, ImmutableArray<string> maps, Func<string, string> mediaType)
    {
        yield return $"--content {FileOf("content", recipe.Content)}";
        for (int i = 0; i < recipe.Styles.Length; i++)
        {
            yield return $"--style {FileOf(Numbered("style", i, recipe.Styles.Length), recipe.Styles[i].Image)}";
        }

        if (StartPicture(recipe) is { } start)
        {
            yield return $"--init {FileOf("start", start)}";
        }

        if (!maps.IsEmpty)
        {
            yield return $"--regions {string.Join(' ', maps.Select((map, i) => FileOf(i == 0 ? "regions" : $"{Numbered("style", i - 1, maps.Length - 1)}-regions", map)))}";
            yield break;
        }

        for (int i = 0; i < recipe.Regions.Length; i++)
        {
            GuidanceRegion region = recipe.Regions[i];
            string name = Numbered("region", i, recipe.Regions.Length);
            string styleMask = region.StyleMask is { } mask ? $",{FileOf($"{name}-style", mask)}" : "";
            yield return $"--region {FileOf(name, region.ContentMask)},{region.Style + 1}{styleMask}";
        }

        string FileOf(string name, string? image) => $"{name}.{(image is null ? Png : mediaType(ColorRegions.PictureOf(image))) switch { "image/jpeg" => "jpg", string type => type.Split('/')[1] }}";
    }

    // The maps that say all regions by themselves, the content's first; none where masks, or only some of a map's colours, are meant.
    private static ImmutableArray<string> MapsOf(Recipe recipe, Func<string, PixelImage> read)
    {
        IEnumerable<string?>[] masks =
        [
            recipe.Regions.Select(region => (string?)region.ContentMask),
            .. recipe.Styles.Select((_, style) => recipe.Regions.Where(region => region.Style == style).Select(region => region.StyleMask)),
        ];
        string[][] pictures = [.. masks.Select(some => some.Where(IsColor).Select(mask => ColorRegions.PictureOf(mask!)).Distinct().ToArray())];
        if (pictures.Any(some => some.Length != 1))
        {
            return [];
        }

        try
        {
            ImmutableArray<string> maps = [.. pictures.Select(some => some[0])];
            return PaintedRegions.Of(maps, read).SequenceEqual(recipe.Regions) ? maps : [];
        }
        catch (StyleTransferException)
        {
            // A map that is not there any more, or has other colours than the recipe says.
            return [];
        }
    }

    private static bool IsColor(string? mask) => mask is not null && ColorRegions.PictureOf(mask) != mask;

    private static string Numbered(string name, int index, int count) => count == 1 ? name : $"{name}{index + 1}";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text<T>(T value)
        where T : struct, Enum
    {
        string name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private sealed record Step(string Option, Func<Recipe, string> Value, Func<Recipe, Recipe, Recipe> Apply);
}
