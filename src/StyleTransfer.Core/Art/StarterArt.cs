using System.Collections.Immutable;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Core.Art;

/// <summary>A picture that the program paints by itself. The same on every machine, up to the rounding of its arithmetic.</summary>
public sealed class StarterPicture
{
    private readonly Action<Canvas> paint;

    internal StarterPicture(string key, string title, string description, ImmutableArray<string> tags, int width, int height, Action<Canvas> paint)
    {
        Key = key;
        Title = title;
        Description = description;
        Tags = tags;
        Width = width;
        Height = height;
        this.paint = paint;
    }

    /// <summary>Never changes, so that a studio knows which of them it already has.</summary>
    public string Key { get; }

    public string Title { get; }

    public string Description { get; }

    public ImmutableArray<string> Tags { get; }

    public string Artist { get; } = "StyleTransfer Studio";

    public string Licence { get; } = "CC0-1.0";

    public int Width { get; }

    public int Height { get; }

    /// <summary>Paints it, on all cores but one: a few seconds of computing.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before it was done.</exception>
    public PixelImage Render(CancellationToken cancellationToken)
    {
        Canvas canvas = new(Width, Height, cancellationToken);
        paint(canvas);
        return canvas.ToImage();
    }
}

/// <summary>The pictures that a new studio starts with: styles to borrow from, and scenes to try them on.</summary>
public static class StarterArt
{
    public static ImmutableArray<StarterPicture> Styles { get; } =
    [
        new("wheat-wind", "Wheat Wind", "Thick oil strokes follow the wind over a field of grain.", ["oil", "impasto", "landscape", "warm"], 1024, 768, WheatWind.Paint),
        new("night-whirl", "Night Whirl", "Short strokes circle around the lights of a turning night sky.", ["oil", "night", "swirl", "blue"], 1024, 768, NightWhirl.Paint),
        new("cathedral-light", "Cathedral Light", "A rose window of glowing glass in lead.", ["stained glass", "mosaic", "saturated"], 1024, 768, CathedralLight.Paint),
        new("carved-sea", "Carved Sea", "A woodcut of rolling waves under a red sun.", ["woodcut", "print", "waves", "line"], 1024, 768, CarvedSea.Paint),
        new("river-dots", "Afternoon in Dots", "A river bank in dots of pure colour.", ["pointillism", "landscape", "light"], 1024, 768, RiverDots.Paint),
        new("marbling", "Bookbinder's Water", "Marbled paper: drops of colour drawn through with combs.", ["marbling", "abstract", "pattern"], 1024, 768, Marbling.Paint),
        new("blue-range", "Blue Range", "A colour print from wood blocks: ridges that fade into mist.", ["woodblock", "print", "mountains", "blue"], 1024, 768, BlueRange.Paint),
        new("facets", "Table in Planes", "A still life broken into shaded planes.", ["cubism", "geometric", "earth"], 1024, 768, Facets.Paint),
        new("bamboo-ink", "Bamboo in Mist", "Ink and water on soft paper.", ["ink", "wash", "monochrome", "nature"], 1024, 768, BambooInk.Paint),
        new("roman-floor", "Roman Floor", "Small stones set in rows around medallions.", ["mosaic", "stone", "pattern"], 1024, 768, RomanFloor.Paint),
        new("indigo-wax", "Indigo and Wax", "Batik flowers with the fine veins of broken wax.", ["batik", "textile", "pattern", "blue"], 1024, 768, IndigoWax.Paint),
        new("wet-on-wet", "Wet on Wet", "Transparent pigments that run into each other.", ["watercolour", "abstract", "soft"], 1024, 768, WetOnWet.Paint),
        new("gilded-fans", "Gilded Fans", "Fans of brass and enamel.", ["art deco", "geometric", "gold"], 1024, 768, GildedFans.Paint),
        new("pencil-folds", "Study of Folds", "A pencil study of hanging cloth, in hatching alone.", ["pencil", "drawing", "monochrome"], 1024, 768, PencilFolds.Paint),
        new("cut-leaves", "Cut Leaves", "A linocut of leaves and berries in three colours.", ["linocut", "print", "nature", "line"], 1024, 768, CutLeaves.Paint),
    ];

    public static ImmutableArray<StarterPicture> Scenes { get; } =
    [
        new("mountain-lake", "Mountain Lake", "Snowy mountains over a still lake in low sun.", ["landscape", "mountains", "water"], 1024, 768, MountainLake.Paint),
        new("harbour-dusk", "Harbour at Dusk", "A small town above its harbour, with boats and lights on the water.", ["town", "water", "evening"], 1024, 768, HarbourDusk.Paint),
        new("fruit-bowl", "Fruit by the Window", "Fruit, a bowl and a vase on a table in soft light.", ["still life", "indoors", "warm"], 1024, 768, FruitBowl.Paint),
    ];
}
