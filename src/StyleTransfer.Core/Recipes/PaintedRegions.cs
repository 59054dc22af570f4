using System.Collections.Immutable;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Core.Recipes;

/// <summary>The regions that painted maps say: equal colours go together.</summary>
public static class PaintedRegions
{
    /// <param name="maps">Identifiers: the content's map, then one for each style.</param>
    /// <param name="read">The picture of an identifier.</param>
    /// <exception cref="RecipeException">A colour of the content's that no style's map has.</exception>
    public static ImmutableArray<GuidanceRegion> Of(ImmutableArray<string> maps, Func<string, PixelImage> read)
    {
        ImmutableArray<ImmutableArray<ColorRegion>> colors = [.. maps.Select(map => ColorRegions.Split(read(map)))];
        ImmutableArray<GuidanceRegion>.Builder regions = ImmutableArray.CreateBuilder<GuidanceRegion>();
        foreach (ColorRegion content in colors[0])
        {
            int before = regions.Count;
            for (int style = 1; style < maps.Length; style++)
            {
                if (ColorRegions.Match(content.Color, colors[style]) is { } match)
                {
                    regions.Add(new GuidanceRegion
                    {
                        Name = content.Color,
                        ContentMask = ColorRegions.Reference(maps[0], content.Color),
                        Style = style - 1,
                        StyleMask = ColorRegions.Reference(maps[style], match.Color),
                    });
                }
            }

            if (regions.Count == before)
            {
                IEnumerable<string> there = colors.Skip(1).SelectMany(map => map).Select(region => region.Color).Distinct();
                throw new RecipeException($"The content's map has the colour {content.Color}, and no style's map has it; theirs are {string.Join(", ", there)}. Paint both with the same colours.");
            }
        }

        return regions.ToImmutable();
    }
}
