using System.Collections.Immutable;
using System.Globalization;

namespace StyleTransfer.Core.Recipes;

/// <summary>What kind of value a parameter takes; decides how an axis, a table or a search treats it.</summary>
public enum ParameterKind { Number, WholeNumber, Choice, Layers, Image }

/// <summary>
/// One field of a recipe by its name and as text: what comparisons list, experiments vary and searches find.
/// <see cref="Read"/> after <see cref="Write"/> gives the same text.
/// </summary>
/// <param name="Name">Stable, in camel case; used in URLs and CSV headers.</param>
/// <param name="Choices">For <see cref="ParameterKind.Choice"/>, what is allowed.</param>
public sealed record RecipeParameter(
    string Name,
    ParameterKind Kind,
    Func<Recipe, string> Read,
    Func<Recipe, string, Recipe> Write,
    ImmutableArray<string> Choices)
{
    private const int WeightedStyles = 4;

    /// <summary>Recipes with fewer styles do not have this parameter.</summary>
    public int StylesNeeded { get; private init; }

    public bool AppliesTo(Recipe recipe) => recipe.Styles.Length >= StylesNeeded;

    /// <summary>Every parameter, in the order in which a table shows them.</summary>
    public static ImmutableArray<RecipeParameter> All { get; } =
    [
        Whole("size", r => r.Schedule.Size, (r, v) => r with { Schedule = r.Schedule with { Size = v } }),
        Image("content", r => r.Content ?? "", (r, v) => r with { Content = v }),
        Image("style", r => string.Join('+', r.Styles.Select(style => style.Image)), WithStyles),
        Number("styleScale", r => r.Styles.IsEmpty ? 1 : r.Styles[0].Scale, (r, v) => r with { Styles = [.. r.Styles.Select(style => style with { Scale = v })] }),
        .. Enumerable.Range(0, WeightedStyles).Select(WeightOfStyle),
        new("encoder", ParameterKind.Choice, r => r.Encoder.Name, (r, v) => r with { Encoder = r.Encoder with { Name = v, Sha256 = null } }, []),
        Choice("pooling", r => r.Encoder.Pooling, (r, v) => r with { Encoder = r.Encoder with { Pooling = v } }),
        Choice("padding", r => r.Encoder.Padding, (r, v) => r with { Encoder = r.Encoder with { Padding = v } }),
        Number("contentWeight", r => r.Objective.Content.Weight, (r, v) => r with { Objective = r.Objective with { Content = r.Objective.Content with { Weight = v } } }),
        Number("styleWeight", r => r.Objective.Style.Weight, (r, v) => r with { Objective = r.Objective with { Style = r.Objective.Style with { Weight = v } } }),
        Number("contentToStyle", r => r.Objective.Content.Weight / r.Objective.Style.Weight, WithRatio),
        Layers("contentLayers", r => r.Objective.Content.Layers, (r, v) => r with { Objective = r.Objective with { Content = r.Objective.Content with { Layers = v } } }),
        Layers("styleLayers", r => r.Objective.Style.Layers, (r, v) => r with { Objective = r.Objective with { Style = r.Objective.Style with { Layers = v } } }),
        Choice("contentForm", r => r.Objective.Content.Form, (r, v) => r with { Objective = r.Objective with { Content = r.Objective.Content with { Form = v } } }),
        Choice("styleForm", r => r.Objective.Style.Form, (r, v) => r with { Objective = r.Objective with { Style = r.Objective.Style with { Form = v } } }),
        Number("totalVariationWeight", r => r.Objective.TotalVariation.Weight, (r, v) => r with { Objective = r.Objective with { TotalVariation = r.Objective.TotalVariation with { Weight = v } } }),
        Number("mattingWeight", r => r.Objective.MattingWeight, (r, v) => r with { Objective = r.Objective with { MattingWeight = v } }),
        Choice("totalVariationForm", r => r.Objective.TotalVariation.Form, (r, v) => r with { Objective = r.Objective with { TotalVariation = r.Objective.TotalVariation with { Form = v } } }),
        Number("refinement", r => r.Refinement.Strength, (r, v) => r with { Refinement = r.Refinement with { Strength = v } }),
        Choice("initialization", r => r.Initialization.Kind, (r, v) => r with { Initialization = r.Initialization with { Kind = v } }),
        Image("startPicture", StartPicture, WithStartPicture),
        Choice("optimizer", r => r.Optimizer.Kind, (r, v) => r with { Optimizer = r.Optimizer with { Kind = v } }),
        Number("learningRate", r => r.Optimizer.LearningRate, (r, v) => r with { Optimizer = r.Optimizer with { LearningRate = v } }),
        Whole("history", r => r.Optimizer.History, (r, v) => r with { Optimizer = r.Optimizer with { History = v } }),
        Number("beta1", r => r.Optimizer.Beta1, (r, v) => r with { Optimizer = r.Optimizer with { Beta1 = v } }),
        Number("beta2", r => r.Optimizer.Beta2, (r, v) => r with { Optimizer = r.Optimizer with { Beta2 = v } }),
        Whole("firstIterations", r => r.Schedule.FirstIterations, (r, v) => r with { Schedule = r.Schedule with { FirstIterations = v } }),
        Whole("iterations", r => r.Schedule.Iterations, (r, v) => r with { Schedule = r.Schedule with { Iterations = v } }),
        Whole("minSize", r => r.Schedule.MinSize, (r, v) => r with { Schedule = r.Schedule with { MinSize = v } }),
        Number("ratio", r => r.Schedule.Ratio, (r, v) => r with { Schedule = r.Schedule with { Ratio = v } }),
        Number("averaging", r => r.Schedule.Averaging, (r, v) => r with { Schedule = r.Schedule with { Averaging = v } }),
        Number("contentDetail", r => r.Schedule.ContentDetail, (r, v) => r with { Schedule = r.Schedule with { ContentDetail = v } }),
        Flag("pyramid", r => r.Schedule.Pyramid, (r, v) => r with { Schedule = r.Schedule with { Pyramid = v } }),
        Flag("carryState", r => r.Schedule.CarryState, (r, v) => r with { Schedule = r.Schedule with { CarryState = v } }),
        Number("tolerance", r => r.Schedule.Tolerance, (r, v) => r with { Schedule = r.Schedule with { Tolerance = v } }),
        Flag("clamp", r => r.Optimizer.Clamp, (r, v) => r with { Optimizer = r.Optimizer with { Clamp = v } }),
        Flag("normalizeGradients", r => r.Objective.NormalizeGradients, (r, v) => r with { Objective = r.Objective with { NormalizeGradients = v } }),
        Choice("preserveColor", r => r.Color.Preserve, (r, v) => r with { Color = r.Color with { Preserve = v } }),
        Choice("matchStyleColor", r => r.Color.MatchStyle, (r, v) => r with { Color = r.Color with { MatchStyle = v } }),
        Choice("precision", r => r.Precision, (r, v) => r with { Precision = v }),
        Whole("seed", r => (int)r.Seed, (r, v) => r with { Seed = v }),
    ];

    /// <exception cref="RecipeException">No parameter has that name.</exception>
    public static RecipeParameter Named(string name) =>
        All.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new RecipeException($"A recipe has no parameter '{name}'; allowed are {string.Join(", ", All.Select(parameter => parameter.Name))}.");

    private static RecipeParameter Number(string name, Func<Recipe, double> read, Func<Recipe, double, Recipe> write) => new(
        name,
        ParameterKind.Number,
        recipe => read(recipe).ToString("R", CultureInfo.InvariantCulture),
        (recipe, text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? write(recipe, value)
            : throw Refused(name, text, "a number such as 0.5 or 1e-3"),
        []);

    private static RecipeParameter Whole(string name, Func<Recipe, int> read, Func<Recipe, int, Recipe> write) => new(
        name,
        ParameterKind.WholeNumber,
        recipe => read(recipe).ToString(CultureInfo.InvariantCulture),
        (recipe, text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? write(recipe, value)
            : throw Refused(name, text, "a whole number"),
        []);

    private static RecipeParameter Choice<T>(string name, Func<Recipe, T> read, Func<Recipe, T, Recipe> write)
        where T : struct, Enum
    {
        ImmutableArray<string> choices = [.. Enum.GetNames<T>().Select(CamelCase)];
        return new RecipeParameter(
            name,
            ParameterKind.Choice,
            recipe => CamelCase(read(recipe).ToString()),
            (recipe, text) => choices.Contains(CamelCase(text)) && Enum.TryParse(text, ignoreCase: true, out T value)
                ? write(recipe, value)
                : throw Refused(name, text, string.Join(", ", choices)),
            choices);
    }

    private static RecipeParameter Flag(string name, Func<Recipe, bool> read, Func<Recipe, bool, Recipe> write) => new(
        name,
        ParameterKind.Choice,
        recipe => read(recipe) ? "true" : "false",
        (recipe, text) => bool.TryParse(text, out bool value) ? write(recipe, value) : throw Refused(name, text, "false or true"),
        ["false", "true"]);

    private static RecipeParameter Layers(string name, Func<Recipe, ImmutableArray<LayerWeight>> read, Func<Recipe, ImmutableArray<LayerWeight>, Recipe> write) => new(
        name,
        ParameterKind.Layers,
        recipe => LayerWeight.Format(read(recipe)),
        (recipe, text) => write(recipe, LayerWeight.Parse(text)),
        []);

    private static RecipeParameter Image(string name, Func<Recipe, string> read, Func<Recipe, string, Recipe> write) =>
        new(name, ParameterKind.Image, read, write, []);

    private static Recipe WithStyles(Recipe recipe, string images) => recipe with
    {
        Styles =
        [
            .. images.Split('+').Select((image, index) =>
                index < recipe.Styles.Length ? recipe.Styles[index] with { Image = image } : new StyleInput { Image = image }),
        ],
    };

    // Relative to the other styles' weights, so it takes a second style to mean anything.
    private static RecipeParameter WeightOfStyle(int index)
    {
        string name = $"style{index + 1}Weight";
        RecipeParameter number = Number(
            name,
            recipe => index < recipe.Styles.Length ? recipe.Styles[index].Weight : 0,
            (recipe, weight) => index < recipe.Styles.Length ? recipe with { Styles = recipe.Styles.SetItem(index, recipe.Styles[index] with { Weight = weight }) }
                : weight == 0 ? recipe
                : throw new RecipeException(
                    $"{name} is given, but the recipe has {recipe.Styles.Length} {(recipe.Styles.Length == 1 ? "style" : "styles")}; name one more, or vary the weight of one that is there."));
        return number with { StylesNeeded = Math.Max(2, index + 1) };
    }

    private static string StartPicture(Recipe recipe) => recipe.Initialization.Kind == InitializationKind.Image ? recipe.Initialization.Image ?? "" : "";

    private static Recipe WithStartPicture(Recipe recipe, string image) => StartPicture(recipe) == image
        ? recipe
        : recipe with { Initialization = image.Length == 0 ? new Initialization() : new Initialization { Kind = InitializationKind.Image, Image = image } };

    // The paper's α/β: β stays, so that curves of one experiment keep their style axis.
    private static Recipe WithRatio(Recipe recipe, double ratio) => recipe with
    {
        Objective = recipe.Objective with
        {
            Content = recipe.Objective.Content with { Weight = ratio * recipe.Objective.Style.Weight },
        },
    };

    private static string CamelCase(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];

    private static RecipeException Refused(string name, string text, string allowed) => new($"{name} is '{text}'; allowed is {allowed}.");
}
