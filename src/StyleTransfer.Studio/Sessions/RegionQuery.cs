using System.Collections.Immutable;
using System.Globalization;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Painted regions as one value of a page's query: <c>mask~style~styleMask~name</c>, with commas between.</summary>
internal static class RegionQuery
{
    /// <summary>No region, where the recipe that the form began with has some.</summary>
    private const string None = "none";

    public static string Write(ImmutableArray<GuidanceRegion> regions) => regions.IsEmpty
        ? None
        : string.Join(',', regions.Select(region => string.Create(
            CultureInfo.InvariantCulture, $"{region.ContentMask}~{region.Style}~{region.StyleMask}~{Uri.EscapeDataString(region.Name ?? "")}")));

    /// <summary>What makes no sense is passed over, so that an old bookmark still opens.</summary>
    public static ImmutableArray<GuidanceRegion> Read(string text) =>
        [.. text.Split(',').Select(Region).OfType<GuidanceRegion>()];

    private static GuidanceRegion? Region(string text)
    {
        string[] parts = text.Split('~');
        return parts.Length == 4
            && FileStore.IsIdentifier(parts[0])
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int style)
            && (parts[2].Length == 0 || FileStore.IsIdentifier(parts[2]))
                ? new GuidanceRegion
                {
                    ContentMask = parts[0],
                    Style = style,
                    StyleMask = parts[2].Length == 0 ? null : parts[2],
                    Name = parts[3].Length == 0 ? null : Uri.UnescapeDataString(parts[3]),
                }
                : null;
    }
}
