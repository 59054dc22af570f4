using System.Collections.Immutable;
using System.Globalization;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Regions as they stand in an address: style, content mask, style mask and name with dots between; commas between regions.</summary>
internal static class RegionsText
{
    private const int Parts = 4;

    public static string Write(ImmutableArray<GuidanceRegion> regions) => regions.IsEmpty
        ? "none"
        : string.Join(',', regions.Select(region => string.Create(
            CultureInfo.InvariantCulture,
            $"{region.Style}.{region.ContentMask}.{region.StyleMask}.{Uri.EscapeDataString(region.Name ?? "")}")));

    /// <summary>What makes no sense is left out, so that an old bookmark still opens.</summary>
    public static ImmutableArray<GuidanceRegion> Read(string text) =>
    [
        .. text.Split(',').Select(region => region.Split('.', Parts))
            .Where(parts => parts.Length == Parts
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
                && FileStore.IsIdentifier(parts[1])
                && (parts[2].Length == 0 || FileStore.IsIdentifier(parts[2])))
            .Select(parts => new GuidanceRegion
            {
                Style = int.Parse(parts[0], CultureInfo.InvariantCulture),
                ContentMask = parts[1],
                StyleMask = parts[2].Length == 0 ? null : parts[2],
                Name = parts[3].Length == 0 ? null : Uri.UnescapeDataString(parts[3]),
            }),
    ];
}
