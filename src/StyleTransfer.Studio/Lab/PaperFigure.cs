using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Lab;

/// <summary>What a figure is made of.</summary>
public sealed record LabInputs(string Content, string Style, int Size, string Encoder, EncoderLayers Layers);

/// <summary>A cell that is to run.</summary>
/// <param name="Name">Its place in the figure.</param>
/// <param name="Label">What stands under it; with an @ before it, the key of a text.</param>
public sealed record PlannedCell(string Name, string Label, Recipe Recipe);

/// <summary>A figure of Gatys, Ecker, Bethge: Image Style Transfer Using Convolutional Neural Networks, CVPR 2016.</summary>
/// <param name="Key">Its address under <c>/lab</c>.</param>
/// <param name="Rows">Cells by name, as the paper lays them out; <see cref="ContentCell"/> and <see cref="StyleCell"/> are the inputs themselves.</param>
/// <param name="Sections">The explanations that belong to it, by their key in <c>LabTexts</c>.</param>
public sealed record PaperFigure(string Key, ImmutableArray<ImmutableArray<string>> Rows, ImmutableArray<string> Sections, Func<LabInputs, IReadOnlyList<PlannedCell>> Plan)
{
    public const string ContentCell = "input/content";
    public const string StyleCell = "input/style";

    public static ImmutableArray<PaperFigure> All { get; } =
    [
        new(
            "1",
            [[.. ContentLayers.Select(layer => $"content/{layer}")], [.. StyleLayers.Select(layer => $"style/{layer}")]],
            ["reconstruction", "deep", "gram", "norm", "gradient", "sets", "lbfgs", "relu"],
            Figure1),
        new(
            "4",
            [["ratio/1e-4", "ratio/1e-3"], ["ratio/1e-2", "ratio/1e-1"]],
            ["ratio", "compromise", "units", "lbfgs", "grain", "scale"],
            inputs => [.. Ratios.Select(ratio => new PlannedCell($"ratio/{ratio.Name}", $"α ⁄ β = {ratio.Text}", FromPaper(inputs, ratio.Value, "relu4_2")))]),
        new(
            "5",
            [[ContentCell, "layer/relu2_2", "layer/relu4_2"]],
            ["layer", "deep", "contentgradient", "pooling", "encoder"],
            inputs => [.. new[] { "relu2_2", "relu4_2" }.Select(layer => new PlannedCell($"layer/{layer}", EncoderLayers.PaperName(inputs.Layers.Nearest(layer)), FromPaper(inputs, 1e-3, layer)))]),
        new(
            "6",
            [["start/content", "start/style", "start/noise1"], ["start/noise2", "start/noise3", "start/noise4"]],
            ["start", "valleys", "noise", "lbfgs"],
            Figure6),
        new(
            "7",
            [[ContentCell, StyleCell], ["photo/without", "photo/with"]],
            ["photo", "matting", "gramshape", "grain"],
            Figure7),
    ];

    public static PaperFigure? Find(string key) => All.FirstOrDefault(figure => figure.Key == key);

    // From the shallowest: as the paper's (a) to (e).
    private static IEnumerable<string> ContentLayers => ["relu1_2", "relu2_2", "relu3_2", "relu4_2", "relu5_2"];

    private static ImmutableArray<string> StyleLayers => ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"];

    private static (string Name, string Text, double Value)[] Ratios => [("1e-4", "10⁻⁴", 1e-4), ("1e-3", "10⁻³", 1e-3), ("1e-2", "10⁻²", 1e-2), ("1e-1", "10⁻¹", 1e-1)];

    private static IReadOnlyList<PlannedCell> Figure1(LabInputs inputs)
    {
        const int Iterations = 150;
        IEnumerable<PlannedCell> content = ContentLayers.Select(layer =>
        {
            string used = inputs.Layers.Nearest(layer);
            return Reconstruction($"content/{layer}", EncoderLayers.PaperName(used), isStyle: false, [new LayerWeight(used, 1)]);
        });
        IEnumerable<PlannedCell> style = StyleLayers.Select((layer, index) =>
        {
            ImmutableArray<LayerWeight> set = [.. StyleLayers.Take(index + 1).Select(inputs.Layers.Nearest).Distinct().Select(name => new LayerWeight(name, 1.0 / (index + 1)))];
            return Reconstruction($"style/{layer}", $"{(index == 0 ? "" : "… + ")}{EncoderLayers.PaperName(set[^1].Layer)}", isStyle: true, set);
        });
        return [.. content, .. style];

        PlannedCell Reconstruction(string name, string label, bool isStyle, ImmutableArray<LayerWeight> layers)
        {
            Recipe recipe = Reconstructions.Recipe(isStyle, isStyle ? inputs.Style : inputs.Content, layers, inputs.Size);
            return new PlannedCell(name, label, recipe with
            {
                Encoder = recipe.Encoder with { Name = inputs.Encoder, Pooling = Pooling.Average },
                Schedule = recipe.Schedule with { FirstIterations = Iterations, Iterations = Iterations },
            });
        }
    }

    private static IReadOnlyList<PlannedCell> Figure6(LabInputs inputs)
    {
        Recipe recipe = FromPaper(inputs, 1e-3, "relu4_2");
        return
        [
            new("start/content", "@Start.Content", recipe with { Initialization = new Initialization { Kind = InitializationKind.Content } }),
            new("start/style", "@Start.Style", recipe with { Initialization = new Initialization { Kind = InitializationKind.Style } }),
            .. Enumerable.Range(1, 4).Select(seed => new PlannedCell($"start/noise{seed}", $"@Start.Noise{seed}", recipe with { Seed = seed })),
        ];
    }

    // Not from noise but from the photograph, and with our own distance: what is to be seen is the difference that one term makes.
    private static IReadOnlyList<PlannedCell> Figure7(LabInputs inputs)
    {
        Recipe recipe = Presets.Balanced.At(inputs.Size);
        recipe = recipe with
        {
            Content = inputs.Content,
            Styles = [new StyleInput { Image = inputs.Style }],
            Encoder = recipe.Encoder with { Name = inputs.Encoder },
            Objective = Known(recipe.Objective, inputs.Layers),
        };
        return
        [
            new("photo/without", "@Photo.Without", recipe),
            new("photo/with", "@Photo.With", recipe with { Objective = recipe.Objective with { MattingWeight = MattingWeight } }),
        ];
    }

    /// <summary>δ at which straight edges stay straight while colours still change.</summary>
    private const double MattingWeight = 100;

    /// <summary>The paper's own recipe, shorter: enough to see what the figure is about.</summary>
    private static Recipe FromPaper(LabInputs inputs, double ratio, string contentLayer)
    {
        const int Iterations = 200;
        Recipe recipe = Presets.Gatys2016.At(inputs.Size);
        ObjectiveSettings objective = Known(recipe.Objective, inputs.Layers);
        return recipe with
        {
            Content = inputs.Content,
            Styles = [new StyleInput { Image = inputs.Style }],
            Encoder = recipe.Encoder with { Name = inputs.Encoder },
            Objective = objective with { Content = objective.Content with { Weight = objective.Style.Weight * ratio, Layers = [new LayerWeight(inputs.Layers.Nearest(contentLayer), 1)] } },
            Optimizer = recipe.Optimizer with { History = 20, Clamp = true },
            Schedule = recipe.Schedule with { FirstIterations = Iterations, Iterations = Iterations },
            Seed = 1,
        };
    }

    // Two layers of the paper may have the same nearest one: it then has the weight of both.
    private static ObjectiveSettings Known(ObjectiveSettings objective, EncoderLayers layers)
    {
        ImmutableArray<LayerWeight> Mapped(ImmutableArray<LayerWeight> named) =>
            [.. named.GroupBy(layer => layers.Nearest(layer.Layer)).Select(group => new LayerWeight(group.Key, group.Sum(layer => layer.Weight)))];
        return objective with
        {
            Content = objective.Content with { Layers = Mapped(objective.Content.Layers) },
            Style = objective.Style with { Layers = Mapped(objective.Style.Layers) },
        };
    }

    /// <summary>A label as it is stored, in words; numbers and layers stay as they are.</summary>
    public static string TextOf(string label, Func<string, string> text) => label.StartsWith('@') ? text(label[1..]) : label;
}
