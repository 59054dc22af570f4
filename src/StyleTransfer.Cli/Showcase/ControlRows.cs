using System.Collections.Immutable;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine;

namespace StyleTransfer.Cli.Showcase;

/// <summary>One picture of the sheet: what it shows, and the recipe that shows it.</summary>
internal sealed record ControlCell(string Caption, Recipe Recipe, TransferInputs Inputs);

/// <summary>A control, and pictures that differ in it alone.</summary>
internal sealed record ControlRow(string Label, ImmutableArray<ControlCell> Cells);

/// <summary>Every control that a recipe has, at three values each.</summary>
/// <param name="start">With the content and the first of the styles.</param>
/// <param name="inputs">The content and two styles.</param>
internal sealed class ControlRows(Recipe start, TransferInputs inputs)
{
    private const string Style = "s";
    private readonly TransferInputs one = inputs with { Styles = [inputs.Styles[0]] };

    public ImmutableArray<ControlRow> All() =>
    [
        Varied("preset", Presets.Fast, Presets.Balanced, Presets.Best),
        Varied("contentWeight", Times(start.Objective.Content.Weight, 0.25, 1, 4)),
        Varied("styleScale", "0.5", "1", "1.6"),
        Varied("styleLayers", "relu1_1", "relu1_1,relu2_1,relu3_1:0.5", LayerWeight.Format(start.Objective.Style.Layers)),
        Varied("contentLayers", "relu2_2", "relu4_2", "relu5_1"),
        Varied("styleForm", "relativeWasserstein2", "slicedWasserstein", "wasserstein2"),
        Varied("totalVariationWeight", "0", Text(start.Objective.TotalVariation.Weight), "5"),
        Varied("initialization", "content", "noise", "style"),
        Varied("preserveColor", "none", "chroma", "luminance"),
        Varied("matchStyleColor", "cholesky", "pca", "symmetric"),
        Photographic(),
        Mixed(),
        Scales(),
        Optimization(),
        Varied("pooling", "max", "average", "l2"),
        Varied("padding", "encoder", "zero", "replicate"),
    ];

    private ControlRow Varied(string label, params ReadOnlySpan<Preset> presets)
    {
        ImmutableArray<ControlCell>.Builder cells = ImmutableArray.CreateBuilder<ControlCell>();
        foreach (Preset preset in presets)
        {
            cells.Add(new ControlCell(preset.Name, preset.At(start.Schedule.Size) with { Content = start.Content, Styles = start.Styles }, one));
        }

        return new ControlRow(label, cells.ToImmutable());
    }

    private ControlRow Varied(string parameter, params ReadOnlySpan<string> values)
    {
        ImmutableArray<ControlCell>.Builder cells = ImmutableArray.CreateBuilder<ControlCell>();
        foreach (string value in values)
        {
            cells.Add(new ControlCell(value, RecipeParameter.Named(parameter).Write(start, value), one));
        }

        return new ControlRow(parameter, cells.ToImmutable());
    }

    private ControlRow Photographic()
    {
        Recipe matting = start with { Objective = start.Objective with { MattingWeight = Presets.Photo.Template.Objective.MattingWeight } };
        return new ControlRow("matting, refinement",
        [
            new ControlCell("neither", start, one),
            new ControlCell($"mattingWeight {Text(matting.Objective.MattingWeight)}", matting, one),
            new ControlCell("and refinement 1", matting with { Refinement = new RefinementSettings { Strength = 1 } }, one),
        ]);
    }

    private ControlRow Mixed()
    {
        Recipe two = start with { Styles = [new StyleInput { Image = Style }, new StyleInput { Image = Style }] };
        PixelImage left = Half(isLeft: true);
        PixelImage right = Half(isLeft: false);
        return new ControlRow("styles, regions",
        [
            new ControlCell("the second style", start, inputs with { Styles = [inputs.Styles[1]] }),
            new ControlCell("both, 1 : 1", two, inputs),
            new ControlCell(
                "one on each side",
                two with { Regions = [new GuidanceRegion { ContentMask = "left", Style = 0 }, new GuidanceRegion { ContentMask = "right", Style = 1 }] },
                inputs with { Regions = [new RegionMasks(left, null), new RegionMasks(right, null)] }),
        ]);
    }

    private ControlRow Scales() => new("scales",
    [
        new ControlCell("one", start with { Schedule = start.Schedule with { Pyramid = false } }, one),
        new ControlCell("ratio 2", start with { Schedule = start.Schedule with { Ratio = 2, MinSize = 64 } }, one),
        new ControlCell("ratio √2", start with { Schedule = start.Schedule with { Ratio = Math.Sqrt(2), MinSize = 64 } }, one),
    ]);

    private ControlRow Optimization()
    {
        // With every gradient of one length the two weights mean something else.
        const double Even = 0.3;
        ObjectiveSettings normalized = start.Objective with { NormalizeGradients = true, Content = start.Objective.Content with { Weight = Even } };
        return new ControlRow("optimizer, gradients",
        [
            new ControlCell("lbfgs", start, one),
            new ControlCell("adam, as many steps", start with { Optimizer = Presets.Crowson2021.Template.Optimizer }, one),
            new ControlCell($"normalizeGradients, α {Text(Even)}", start with { Objective = normalized }, one),
        ]);
    }

    private static PixelImage Half(bool isLeft)
    {
        const int Edge = 64;
        float[] rgb = new float[Edge * Edge * 3];
        for (int at = 0; at < rgb.Length; at++)
        {
            rgb[at] = at / 3 % Edge < Edge / 2 == isLeft ? 1 : 0;
        }

        return new PixelImage(Edge, Edge, rgb);
    }

    private static string[] Times(double value, params ReadOnlySpan<double> factors)
    {
        List<string> texts = [];
        foreach (double factor in factors)
        {
            texts.Add(Text(value * factor));
        }

        return [.. texts];
    }

    private static string Text(double value) => value.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);
}
