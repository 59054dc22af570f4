using System.Collections.Immutable;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images.Sheets;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Cli.Sheets;

/// <summary>What may differ between the pictures of a sheet.</summary>
internal enum SheetAxis
{
    Content,
    Style,
    Preset,
    Encoder,
}

/// <summary>What one picture of a sheet is made of.</summary>
internal sealed record SheetPoint
{
    public required InputPicture Content { get; init; }

    public required InputPicture Style { get; init; }

    /// <summary>Null for the recipe that the other options make.</summary>
    public Preset? Preset { get; init; }

    public required EncoderInfo Encoder { get; init; }

    /// <summary>The same point with one thing put in the place of another.</summary>
    public SheetPoint With(SheetAxis axis, object value) => axis switch
    {
        SheetAxis.Content => this with { Content = (InputPicture)value },
        SheetAxis.Style => this with { Style = (InputPicture)value },
        SheetAxis.Preset => this with { Preset = (Preset)value },
        _ => this with { Encoder = (EncoderInfo)value },
    };
}

/// <summary>How the axes of a sheet are laid out.</summary>
internal static class SheetLayout
{
    /// <summary>The names in a list such as <c>content,style</c>.</summary>
    /// <exception cref="RunException">No axis has that name.</exception>
    public static ImmutableArray<SheetAxis> Parse(string text, string option) =>
    [
        .. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name =>
            Enum.TryParse(name, ignoreCase: true, out SheetAxis axis) && Enum.IsDefined(axis)
                ? axis
                : throw new RunException($"{option} has '{name}'; allowed are content, style, preset and encoder, several with commas between.")),
    ];

    /// <summary>Every combination of the values on the axes, the last axis running fastest; one empty combination for no axes.</summary>
    public static ImmutableArray<ImmutableArray<(SheetAxis Axis, object Value)>> Combinations(
        ImmutableArray<SheetAxis> axes, Func<SheetAxis, IReadOnlyList<object>> values) =>
        axes.Aggregate(
            ImmutableArray.Create(ImmutableArray<(SheetAxis, object)>.Empty),
            (before, axis) => [.. from one in before from value in values(axis) select one.Add((axis, value))]);

    /// <summary>The words, and the first input's picture, of what a row or column has in common.</summary>
    public static SheetHeading Heading(ImmutableArray<(SheetAxis Axis, object Value)> combination) => new(
        string.Join(" × ", combination.Select(part => Name(part.Value))),
        combination.Select(part => part.Value).OfType<InputPicture>().FirstOrDefault()?.Pixels);

    public static string Name(object value) => value switch
    {
        InputPicture picture => Path.GetFileNameWithoutExtension(picture.Path).Replace('_', ' '),
        Preset preset => preset.Name,
        EncoderInfo encoder => encoder.Name,
        _ => "",
    };
}
