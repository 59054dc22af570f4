using System.Collections.Immutable;
using System.CommandLine;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Cli.Commands;

/// <summary>The options that change a preset or a recipe; what is not given stays as the preset has it.</summary>
/// <param name="withSchedule">False for a command that only evaluates an objective.</param>
internal sealed class RecipeOptions(bool withSchedule = true)
{
    private readonly Option<string> preset = new("--preset")
    {
        Description = $"Where to start from: {string.Join(", ", Presets.All.Select(preset => preset.Name))}.",
        DefaultValueFactory = _ => Presets.Default,
        HelpName = "NAME",
    };

    private readonly Option<int?> size = new("--size") { Description = "Longer edge of the result in pixels (512).", HelpName = "PIXELS" };
    private readonly Option<int?> iterations = new("--iterations") { Description = "Iterations at each scale.", HelpName = "N" };
    private readonly Option<OptimizerKind?> optimizer = new("--optimizer") { Description = "lbfgs or adam.", HelpName = "NAME" };
    private readonly Option<string?> init = new("--init") { Description = "content, style, noise, styleNoise, or a picture's file.", HelpName = "KIND|FILE" };
    private readonly Option<long?> seed = new("--seed") { Description = "Seed of every random number (0).", HelpName = "N" };
    private readonly Option<double?> contentWeight = new("--content-weight") { Description = "α, the weight of the content term.", HelpName = "X" };
    private readonly Option<double?> styleWeight = new("--style-weight") { Description = "β, the weight of the style term.", HelpName = "X" };
    private readonly Option<double?> tvWeight = new("--tv-weight") { Description = "γ, the weight of the total variation.", HelpName = "X" };
    private readonly Option<string?> contentLayers = new("--content-layers") { Description = "Layers, each with an optional weight: relu4_2 or relu3_2:0.5,relu4_2:1.", HelpName = "L[:W],…" };
    private readonly Option<string?> styleLayers = new("--style-layers") { Description = "Layers, each with an optional weight: relu1_1:256,relu2_1:64.", HelpName = "L[:W],…" };
    private readonly Option<StyleForm?> styleForm = new("--style-form") { Description = $"How styles are compared: {Names<StyleForm>()}.", HelpName = "FORM" };
    private readonly Option<double?> styleScale = new("--style-scale") { Description = "Size of the style against the result; larger strokes above 1.", HelpName = "X" };
    private readonly Option<double?> matting = new("--matting-weight") { Description = "δ, for photographs: keeps the content's straight lines straight (preset photo has 10).", HelpName = "X" };
    private readonly Option<double?> refine = new("--refine") { Description = "From 0 to 1: draws the result's edges where the content's are, afterwards.", HelpName = "X" };
    private readonly Option<TotalVariationForm?> tvForm = new("--tv-form") { Description = $"How roughness is measured: {Names<TotalVariationForm>()}.", HelpName = "FORM" };
    private readonly Option<ContentForm?> contentForm = new("--content-form") { Description = $"How contents are compared: {Names<ContentForm>()}.", HelpName = "FORM" };
    private readonly Option<double?> learningRate = new("--learning-rate") { Description = "The optimiser's step.", HelpName = "X" };
    private readonly Option<double?> tolerance = new("--tolerance") { Description = "A scale ends when 10 iterations lower the objective by less than this share.", HelpName = "X" };
    private readonly Option<string[]> others = new("--set")
    {
        Description = $"Any parameter of the recipe: {string.Join(", ", RecipeParameter.All.Select(parameter => parameter.Name))}.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<ColorPreservation?> keepColor = new("--preserve-color", "--keep-color") { Description = $"Keeps the content's colours: {Names<ColorPreservation>()}.", HelpName = "HOW" };
    private readonly Option<ColorMatching?> matchColor = new("--match-color") { Description = $"Matches the style's colours to the content's first: {Names<ColorMatching>()}.", HelpName = "HOW" };
    private readonly Option<Pooling?> pooling = new("--pooling") { Description = $"Between the blocks: {Names<Pooling>()}.", HelpName = "KIND" };
    private readonly Option<Padding?> padding = new("--padding") { Description = $"At the border: {Names<Padding>()}.", HelpName = "KIND" };
    private readonly Option<bool?> normalize = new("--normalize-gradients") { Description = "Scales each layer's gradient to L1 norm 1." };
    private readonly Option<Precision?> precision = new("--precision") { Description = $"What the encoder computes in: {Names<Precision>()}; auto measures.", HelpName = "TYPE" };

    public void AddTo(Command command)
    {
        Option[] schedule =
            [preset, size, iterations, optimizer, learningRate, tolerance, init, seed, styleScale, keepColor, matchColor, matting, refine, normalize, precision, others];
        Option[] objective = [contentWeight, styleWeight, tvWeight, contentLayers, styleLayers, contentForm, styleForm, tvForm, pooling, padding];
        foreach (Option option in withSchedule ? [.. schedule, .. objective] : objective)
        {
            command.Add(option);
        }
    }

    /// <summary>The preset that was asked for, at the size that was asked for.</summary>
    public Recipe Start(ParseResult parsed) =>
        Presets.Named(parsed.GetValue(preset)!).At(parsed.GetValue(size) ?? new ScheduleSettings().Size);

    /// <summary>Every option that was given, laid over the recipe.</summary>
    public Recipe Apply(ParseResult parsed, Recipe recipe)
    {
        ObjectiveSettings objective = recipe.Objective;
        objective = objective with
        {
            Content = objective.Content with
            {
                Weight = parsed.GetValue(contentWeight) ?? objective.Content.Weight,
                Form = parsed.GetValue(contentForm) ?? objective.Content.Form,
                Layers = Layers(parsed.GetValue(contentLayers)) ?? objective.Content.Layers,
            },
            Style = objective.Style with
            {
                Weight = parsed.GetValue(styleWeight) ?? objective.Style.Weight,
                Form = parsed.GetValue(styleForm) ?? objective.Style.Form,
                Layers = Layers(parsed.GetValue(styleLayers)) ?? objective.Style.Layers,
            },
            TotalVariation = new TotalVariationSettings
            {
                Weight = parsed.GetValue(tvWeight) ?? objective.TotalVariation.Weight,
                Form = parsed.GetValue(tvForm) ?? objective.TotalVariation.Form,
            },
            MattingWeight = parsed.GetValue(matting) ?? objective.MattingWeight,
            NormalizeGradients = parsed.GetValue(normalize) ?? objective.NormalizeGradients,
        };
        OptimizerKind kind = parsed.GetValue(optimizer) ?? recipe.Optimizer.Kind;
        // The step sizes of the two have nothing in common, so another optimiser comes with its own.
        OptimizerSettings settings = kind == recipe.Optimizer.Kind ? recipe.Optimizer : (kind == OptimizerKind.Adam ? Presets.Crowson2021 : Presets.Balanced).Template.Optimizer;
        ScheduleSettings schedule = recipe.Schedule with
        {
            Size = parsed.GetValue(size) ?? recipe.Schedule.Size,
            Tolerance = parsed.GetValue(tolerance) ?? recipe.Schedule.Tolerance,
        };
        if (parsed.GetValue(iterations) is { } each)
        {
            schedule = schedule with { Iterations = each, FirstIterations = each };
        }

        recipe = recipe with
        {
            Objective = objective,
            Optimizer = settings with { LearningRate = parsed.GetValue(learningRate) ?? settings.LearningRate },
            Schedule = schedule,
            Seed = parsed.GetValue(seed) ?? recipe.Seed,
            Precision = parsed.GetValue(precision) ?? recipe.Precision,
            Encoder = recipe.Encoder with
            {
                Pooling = parsed.GetValue(pooling) ?? recipe.Encoder.Pooling,
                Padding = parsed.GetValue(padding) ?? recipe.Encoder.Padding,
            },
            Color = new ColorSettings
            {
                Preserve = parsed.GetValue(keepColor) ?? recipe.Color.Preserve,
                MatchStyle = parsed.GetValue(matchColor) ?? recipe.Color.MatchStyle,
            },
            Refinement = recipe.Refinement with { Strength = parsed.GetValue(refine) ?? recipe.Refinement.Strength },
            Styles = parsed.GetValue(styleScale) is { } scale ? [.. recipe.Styles.Select(style => style with { Scale = scale })] : recipe.Styles,
        };
        return (parsed.GetValue(others) ?? []).Aggregate(recipe, Set);
    }

    private static Recipe Set(Recipe recipe, string text)
    {
        string[] pair = text.Split('=', 2);
        return pair.Length == 2
            ? RecipeParameter.Named(pair[0]).Write(recipe, pair[1])
            : throw new RecipeException($"--set is '{text}'; write NAME=VALUE, such as ratio=2.");
    }

    /// <summary>What <c>--init</c> says: a kind, or a file when it names none.</summary>
    public (InitializationKind Kind, string? File)? Initialization(ParseResult parsed) => parsed.GetValue(init) switch
    {
        null => null,
        string text when Enum.TryParse(text, ignoreCase: true, out InitializationKind kind) && kind != InitializationKind.Image => (kind, null),
        string file when File.Exists(file) => (InitializationKind.Image, file),
        string text => throw new RecipeException($"--init is '{text}'; allowed are content, style, noise, styleNoise, or the file of a picture."),
    };

    private static ImmutableArray<LayerWeight>? Layers(string? text) => text is null ? null : LayerWeight.Parse(text);

    private static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>().Select(name => char.ToLowerInvariant(name[0]) + name[1..]));
}
