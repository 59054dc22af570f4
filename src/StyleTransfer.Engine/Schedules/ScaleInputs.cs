using System.Collections.Immutable;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Schedules;

/// <summary>A region's masks at one scale.</summary>
/// <param name="Content">[1, 1, H, W], at the picture's size.</param>
/// <param name="Style">[1, 1, H′, W′], at its style's size; null for all of it.</param>
internal sealed record ScaleRegion(Tensor Content, Tensor? Style);

/// <summary>The inputs at one scale's size, on the device, with colours as the recipe wants them. Owns them.</summary>
internal sealed class ScaleInputs : IDisposable
{
    private readonly DisposeScope scope;

    private ScaleInputs(DisposeScope scope) => this.scope = scope;

    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>[1, 3, H, W]; null for a style reconstruction.</summary>
    public required Tensor? Content { get; init; }

    /// <summary>[1, 3, H′, W′] each.</summary>
    public required ImmutableArray<Tensor> Styles { get; init; }

    public required ImmutableArray<ScaleRegion> Regions { get; init; }

    /// <summary>Which styles are smaller than was asked for, since none is ever enlarged; null for none.</summary>
    public string? Note { get; init; }

    public static ScaleInputs Build(Recipe recipe, TransferInputs inputs, int longerEdge, Device device)
    {
        DisposeScope scope = NewDisposeScope();
        (int width, int height) = Size(inputs, longerEdge);
        Tensor? content = ContentAt(recipe, inputs, width, height, device);
        bool greyOnly = IsGreyOnly(recipe) && content is not null;

        ImmutableArray<Tensor> styles =
        [
            .. inputs.Styles.Select((image, index) =>
            {
                int edge = Math.Min(Wanted(recipe.Styles[index], longerEdge), Math.Max(image.Width, image.Height));
                (int styleWidth, int styleHeight) = ImageScaler.Fit(image.Width, image.Height, edge);
                Tensor style = PixelTensors.ToTensor(ImageScaler.Resize(image, styleWidth, styleHeight), device);
                if (greyOnly)
                {
                    return Luma.MatchGrey(style, content!);
                }

                return content is null ? style : ColorMatch.Apply(style, content, recipe.Color.MatchStyle);
            }),
        ];
        ImmutableArray<ScaleRegion> regions =
        [
            .. inputs.Regions.Select((masks, index) =>
            {
                Tensor style = styles[recipe.Regions[index].Style];
                return new ScaleRegion(
                    PixelTensors.FromMask(ImageScaler.Resize(masks.Content, width, height), device),
                    masks.Style is null ? null : PixelTensors.FromMask(ImageScaler.Resize(masks.Style, (int)style.shape[3], (int)style.shape[2]), device));
            }),
        ];
        return new ScaleInputs(scope)
        {
            Width = width,
            Height = height,
            Content = content,
            Styles = styles,
            Regions = regions,
            Note = TooSmall(recipe, inputs, longerEdge),
        };
    }

    /// <summary>What the content has at a size and not at a smaller one, [1, 3, H, W]; null where there is no content.</summary>
    public static Tensor? Detail(Recipe recipe, TransferInputs inputs, int fromWidth, int fromHeight, int width, int height, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        return ContentAt(recipe, inputs, width, height, device) is { } fine && ContentAt(recipe, inputs, fromWidth, fromHeight, device) is { } coarse
            ? (fine - PixelTensors.Resize(coarse, width, height)).MoveToOuterDisposeScope()
            : null;
    }

    /// <summary>For one evaluation: the styles at their own sizes, the content at the given one, colours untouched.</summary>
    public static ScaleInputs AsTheyAre(TransferInputs inputs, int width, int height, Device device)
    {
        DisposeScope scope = NewDisposeScope();
        return new ScaleInputs(scope)
        {
            Width = width,
            Height = height,
            Content = inputs.Content is null ? null : PixelTensors.ToTensor(ImageScaler.Resize(inputs.Content, width, height), device),
            Styles = [.. inputs.Styles.Select(style => PixelTensors.ToTensor(style, device))],
            Regions = [],
        };
    }

    /// <summary>The result's size: of the content's shape, else of the initial picture's, else of the first style's.</summary>
    public static (int Width, int Height) Size(TransferInputs inputs, int longerEdge)
    {
        PixelImage shape = inputs.Content ?? inputs.Initial ?? inputs.Styles[0];
        return ImageScaler.Fit(shape.Width, shape.Height, longerEdge);
    }

    public void Dispose() => scope.Dispose();

    private static Tensor? ContentAt(Recipe recipe, TransferInputs inputs, int width, int height, Device device)
    {
        Tensor? content = inputs.Content is null ? null : PixelTensors.ToTensor(ImageScaler.Resize(inputs.Content, width, height), device);
        return content is not null && IsGreyOnly(recipe) ? Luma.Grey(content) : content;
    }

    private static bool IsGreyOnly(Recipe recipe) => recipe.Color.Preserve == ColorPreservation.Luminance;

    private static int Wanted(StyleInput style, int longerEdge) => (int)Math.Round(longerEdge * style.Scale);

    private static string? TooSmall(Recipe recipe, TransferInputs inputs, int longerEdge)
    {
        ImmutableArray<string> small =
        [
            .. inputs.Styles.Select((image, index) => (Own: Math.Max(image.Width, image.Height), Wanted: Wanted(recipe.Styles[index], longerEdge), Number: index + 1))
                .Where(style => style.Own < style.Wanted)
                .Select(style => $"style {style.Number} is used at its own {style.Own} pixels, not enlarged to {style.Wanted}"),
        ];
        return small.IsEmpty ? null : string.Join("; ", small);
    }
}
