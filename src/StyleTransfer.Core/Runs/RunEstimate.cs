using System.Collections.Immutable;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Core.Runs;

/// <summary>How long a run will take and what memory, before it starts.</summary>
/// <param name="Seconds">From a measured speed; null where nothing was measured yet.</param>
/// <param name="Bytes">Of the worker, beyond what it holds when idle.</param>
/// <param name="TileEdge">Null where the whole picture fits at once.</param>
/// <param name="LargestSize">Null where it fits; else the longer edge that would.</param>
public sealed record RunEstimate(double? Seconds, long Bytes, int? TileEdge, int? LargestSize)
{
    // Forward twice, and the margins.
    private const double TilingCost = 1.5;

    // At each scale, targets are features of the content and of every style: a third of an iteration each.
    private const double TargetShare = 1.0 / 3;

    // A speed is measured where an iteration's features stay in the process. Where they are mapped anew in each, a pixel costs more: 1.1 to 1.35
    // times at 1024² with the compact encoder.
    private const double MappingCost = 1.2;

    /// <summary>Seconds of an iteration that needs no tiles.</summary>
    public static double OfIteration(Recipe recipe, ImmutableArray<EncoderLayer> layers, IterationSpeed speed, long pixels)
    {
        bool IsMapped(long at) => RunMemory.OfMaps(recipe, layers, at) > RunMemory.KeptFeatures;
        return speed.Of(pixels / 1e6) * (IsMapped(pixels) && !IsMapped((long)IterationSpeed.LargestMeasuredEdge * IterationSpeed.LargestMeasuredEdge) ? MappingCost : 1);
    }

    /// <summary>With the memory that this machine has free now.</summary>
    public static RunEstimate Of(Recipe recipe, int contentWidth, int contentHeight, ImmutableArray<EncoderLayer> layers, IterationSpeed? speed) =>
        Of(recipe, contentWidth, contentHeight, layers, speed, MachineMemory.Free());

    /// <param name="layers">The encoder's, from the shallowest.</param>
    /// <param name="speed">Null where nothing was measured.</param>
    /// <param name="free">Bytes that the run may take.</param>
    public static RunEstimate Of(Recipe recipe, int contentWidth, int contentHeight, ImmutableArray<EncoderLayer> layers, IterationSpeed? speed, long free)
    {
        double seconds = 0;
        foreach (ScaleStep scale in ScalePlan.Of(recipe.Schedule))
        {
            long pixels = Pixels(contentWidth, contentHeight, scale.LongerEdge);
            double iterations = scale.Iterations + ((1 + recipe.Styles.Length) * TargetShare);
            double cost = RunMemory.TileEdge(recipe, layers, pixels, free) is null ? 1 : TilingCost;
            seconds += speed is null ? 0 : OfIteration(recipe, layers, speed, pixels) * iterations * cost;
        }

        long largest = Pixels(contentWidth, contentHeight, recipe.Schedule.Size);
        int? tile = RunMemory.TileEdge(recipe, layers, largest, free);
        return new RunEstimate(
            speed is null ? null : seconds,
            RunMemory.Of(recipe, layers, largest, tile),
            tile,
            tile == 0 ? LargestFitting(recipe, contentWidth, contentHeight, layers, free) : null);
    }

    private static int LargestFitting(Recipe recipe, int width, int height, ImmutableArray<EncoderLayer> layers, long free)
    {
        int size = recipe.Schedule.Size;
        while (size > RecipeValidation.SmallestSize && RunMemory.TileEdge(recipe, layers, Pixels(width, height, size), free) == 0)
        {
            size = size * 9 / 10;
        }

        return size / 16 * 16;
    }

    private static long Pixels(int contentWidth, int contentHeight, int edge)
    {
        (int width, int height) = ImageScaler.Fit(contentWidth, contentHeight, edge);
        return (long)width * height;
    }
}
