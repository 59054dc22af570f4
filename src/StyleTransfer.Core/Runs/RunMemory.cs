using System.Collections.Immutable;
using System.Runtime.Intrinsics;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Core.Runs;

/// <summary>What an iteration keeps in memory, and how large tiles have to be for a run to fit. Bytes beyond an idle process.</summary>
public static class RunMemory
{
    /// <summary>Smaller ones would mostly be margin.</summary>
    public const int SmallestTile = 128;

    /// <summary>Larger ones gain nothing.</summary>
    public const int LargestTile = 1024;

    /// <summary>Where the features of an iteration are no more than this, they stay in the process from one iteration to the next.</summary>
    public const long KeptFeatures = 1 << 26;

    // These are fitted to peaks measured at 256² to 1024² with both encoders in both precisions (2026-11-28), met within 0.83 to 1.15.
    // For each byte of features: they go as soon as they are behind, which makes room for gradients in flight and the terms' own gradients.
    private const double FeatureOverhead = 0.78;
    private const double HalfFeatureOverhead = 0.75;

    // Kept maps of this many bytes and more leave holes half as large again as they are.
    private const long LeastWithHoles = 1 << 25;
    private const double WithHoles = 2.5;

    // Where libtorch's graph goes back, it keeps all of them to the end.
    private const double GraphOverhead = 2.2;
    private const double HalfGraphOverhead = 2.8;

    // Covariances in float64, what their decompositions need and weights in other orders, for each pair of the widest layer's channels.
    private const long ChannelPair = 450;

    // Picture, gradient, proposal, step, direction, content, total variation, a preview: three float32 channels each.
    private const int PicturesInFlight = 10;

    // The first convolution's input and its gradient, in the wider blocks of channels that libtorch computes in.
    private const int InputChannels = 20;

    // Code that libtorch makes for each shape, matrices of the style terms.
    private const long Fixed = 35_000_000;

    // Tiles read a margin around them, and hand pooled features on.
    private const double MarginShare = 1.35;

    // Of what is free; the rest is for the system's caches and other programs.
    private const double UsableShare = 0.8;

    private const long MostHistoryBytes = 3L << 29;
    private const int FewestPairs = 3;

    // For each pixel: a step and a difference of gradients, of three channels in eight bits.
    private const long PairBytes = 2 * 3;

    /// <summary>
    /// How many pairs L-BFGS keeps, in eight bits: as many as were asked for, but no more than one and a half gigabytes hold (32 megapixels at
    /// 8 pairs), and three at least. By size alone, so that a recipe gives the same picture on every machine.
    /// </summary>
    public static int Pairs(OptimizerSettings optimizer, long pixels) =>
        (int)Math.Clamp(MostHistoryBytes / (pixels * PairBytes), Math.Min(FewestPairs, optimizer.History), optimizer.History);

    /// <summary>For a picture of this many pixels, whatever way its features are computed.</summary>
    public static long OfPictures(Recipe recipe, long pixels)
    {
        long values = 3 * PicturesInFlight;
        long optimizer = 2 * 3 * sizeof(float);
        if (recipe.Optimizer.Kind == OptimizerKind.Lbfgs)
        {
            optimizer = (Pairs(recipe.Optimizer, pixels) + 1) * PairBytes; // The next pair's place, too.
        }

        return Fixed + (pixels * ((values * sizeof(float)) + optimizer));
    }

    /// <summary>For the features of this many pixels at once.</summary>
    /// <param name="layers">The encoder's, from the shallowest.</param>
    public static long OfFeatures(Recipe recipe, ImmutableArray<EncoderLayer> layers, long pixels)
    {
        long maps = OfMaps(recipe, layers, pixels);
        return maps is >= LeastWithHoles and <= KeptFeatures ? (long)(WithHoles * maps) : maps;
    }

    /// <summary>The same without the holes between what is kept.</summary>
    public static long OfMaps(Recipe recipe, ImmutableArray<EncoderLayer> layers, long pixels)
    {
        int value = recipe.Precision == Precision.Bfloat16 ? 2 : 4;
        bool isGraph = recipe.Encoder.Pooling != Pooling.Max || !Vector256.IsHardwareAccelerated;
        HashSet<string> asked = Asked(recipe);
        double bytes = InputChannels * value;
        EncoderLayer? before = null;
        foreach (EncoderLayer layer in Used(recipe, layers))
        {
            double area = Math.Pow(4, 1 - Block(layer.Name));
            if (before is not null && Block(before.Name) < Block(layer.Name))
            {
                bytes += before.Channels * area * value;
                if (!isGraph && !asked.Contains(before.Name))
                {
                    // What is only pooled is not kept, but for where each maximum was, a byte.
                    bytes += before.Channels * area * (1 - (4 * value));
                }
            }

            bytes += layer.Channels * area * value;
            before = layer;
        }

        double overhead = (recipe.Precision == Precision.Bfloat16, isGraph) switch
        {
            (false, false) => FeatureOverhead,
            (true, false) => HalfFeatureOverhead,
            (false, true) => GraphOverhead,
            (true, true) => HalfGraphOverhead,
        };
        long widest = layers.Max(layer => layer.Channels);
        return (long)(bytes * overhead * pixels) + (ChannelPair * widest * widest);
    }

    /// <summary>With the largest tile that fits, or none where the whole picture does.</summary>
    /// <param name="free">Bytes that are free now.</param>
    /// <returns>The tile's longest edge; null for no tiles; 0 where not even the smallest fits.</returns>
    public static int? TileEdge(Recipe recipe, ImmutableArray<EncoderLayer> layers, long pixels, long free)
    {
        double left = (free * UsableShare) - OfPictures(recipe, pixels);
        if (OfFeatures(recipe, layers, pixels) <= left)
        {
            return null;
        }

        for (int edge = LargestTile; edge >= SmallestTile; edge /= 2)
        {
            if (OfTiles(recipe, layers, pixels, edge) <= left)
            {
                return edge;
            }
        }

        return 0;
    }

    /// <summary>All of it.</summary>
    /// <param name="tileEdge">As <see cref="TileEdge"/> gives it.</param>
    public static long Of(Recipe recipe, ImmutableArray<EncoderLayer> layers, long pixels, int? tileEdge) =>
        OfPictures(recipe, pixels) + (tileEdge is { } edge ? OfTiles(recipe, layers, pixels, Math.Max(edge, SmallestTile)) : OfFeatures(recipe, layers, pixels));

    private static long OfTiles(Recipe recipe, ImmutableArray<EncoderLayer> layers, long pixels, int edge)
    {
        // What the upper half of the network hands on for the whole picture, its gradient, and the content's target.
        long handed = (long)(pixels * 3.0 * layers.Max(layer => layer.Channels) / 64 * (recipe.Precision == Precision.Bfloat16 ? 2 : 4));
        return handed + (long)(MarginShare * OfFeatures(recipe, layers, (long)edge * edge));
    }

    // No deeper than the objective looks; a name says nothing of the features before the ReLU, which cost the same.
    private static IEnumerable<EncoderLayer> Used(Recipe recipe, ImmutableArray<EncoderLayer> layers)
    {
        HashSet<string> asked = Asked(recipe);
        int deepest = layers.ToList().FindLastIndex(layer => asked.Contains(layer.Name));
        return deepest < 0 ? layers : layers.Take(deepest + 1);
    }

    private static HashSet<string> Asked(Recipe recipe) =>
    [
        .. recipe.Objective.Content.Layers.Concat(recipe.Objective.Style.Layers).Select(layer => layer.Layer.Replace("conv", "relu", StringComparison.Ordinal)),
    ];

    // "relu4_2" is in block 4.
    private static int Block(string layer) => layer.First(char.IsAsciiDigit) - '0';
}
