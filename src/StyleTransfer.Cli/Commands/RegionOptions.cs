using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine;

namespace StyleTransfer.Cli.Commands;

/// <summary>Which part of the content takes its style from which part of which style.</summary>
internal sealed class RegionOptions
{
    private readonly Option<string[]> maps = new("--regions")
    {
        Description = "A map of the content painted with one colour a region, then one for each style: equal colours go together.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "MAP",
    };

    private readonly Option<string[]> masks = new("--region")
    {
        Description = "A grey mask of the content (white is inside), the number of its style (1), and a mask of that style; may be repeated. Beside a recipe that means some colours of maps: those maps.",
        HelpName = "MASK[,N[,MASK]]",
    };

    public void AddTo(Command command)
    {
        command.Add(maps);
        command.Add(masks);
    }

    /// <summary>The recipe with the regions that were given, else with its own, and their masks in its order.</summary>
    /// <exception cref="RecipeException">A map, a colour or a style that is missing.</exception>
    public (Recipe Recipe, ImmutableArray<RegionMasks> Masks) Apply(ParseResult parsed, Recipe recipe, bool keepsOwn)
    {
        Dictionary<string, PixelImage> pictures = [];
        string Read(string path)
        {
            InputPicture picture = InputPicture.Read(path);
            pictures[picture.Id] = picture.Pixels;
            return picture.Id;
        }

        string[] colored = parsed.GetValue(maps) ?? [];
        ImmutableArray<GuidanceRegion> given =
        [
            .. colored.Length == 0 ? [] : Painted([.. colored.Select(Read)], recipe.Styles.Length, pictures),
            .. (parsed.GetValue(masks) ?? []).Select(text => Masked(text, recipe.Styles.Length, Read)),
        ];
        // A map is no mask: beside a recipe that means some colours of it, its file is given so that it is there.
        bool isTheirs = colored.Length == 0 && recipe.Regions.Any(region => ColorRegions.PictureOf(region.ContentMask) != region.ContentMask)
            && recipe.Regions.All(region => pictures.ContainsKey(ColorRegions.PictureOf(region.ContentMask))
                && (region.StyleMask is null || pictures.ContainsKey(ColorRegions.PictureOf(region.StyleMask))));
        recipe = given.IsEmpty || keepsOwn || isTheirs ? recipe : recipe with { Regions = given };
        PixelImage Find(string id) => pictures.TryGetValue(id, out PixelImage? picture)
            ? picture
            : throw new RecipeException($"The recipe has regions whose mask {id[..12]}… is not among the given files; give its --regions or --region again.");
        return (recipe,
        [
            .. recipe.Regions.Select(region => new RegionMasks(
                ColorRegions.Resolve(region.ContentMask, Find), region.StyleMask is { } mask ? ColorRegions.Resolve(mask, Find) : null)),
        ]);
    }

    private static ImmutableArray<GuidanceRegion> Painted(ImmutableArray<string> ids, int styles, Dictionary<string, PixelImage> pictures)
    {
        if (ids.Length != styles + 1)
        {
            throw new RecipeException($"--regions has {ids.Length} maps; give one of the content and one for each of the {styles} styles.");
        }

        return PaintedRegions.Of(ids, id => pictures[id]);
    }

    private static GuidanceRegion Masked(string text, int styles, Func<string, string> read)
    {
        string[] parts = text.Split(',');
        int style = 1;
        if (parts.Length > 3 || (parts.Length > 1 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out style)) || style < 1 || style > styles)
        {
            throw new RecipeException($"--region is '{text}'; write MASK, MASK,N or MASK,N,STYLEMASK with N from 1 to {styles}.");
        }

        return new GuidanceRegion
        {
            Name = Path.GetFileNameWithoutExtension(parts[0]),
            ContentMask = read(parts[0]),
            Style = style - 1,
            StyleMask = parts.Length > 2 ? read(parts[2]) : null,
        };
    }
}
