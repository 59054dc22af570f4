using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using TorchSharp;

namespace StyleTransfer.Engine.Running;

/// <summary>Whether a scale is computed in tiles and how large they are: by the memory that is free when it begins.</summary>
internal static class TilingChoice
{
    /// <param name="forced">A tile edge that somebody chose; null to choose by memory.</param>
    /// <exception cref="RunException">Not even the smallest tile fits, with the size that would.</exception>
    public static Tiling? For(Recipe recipe, Encoder encoder, int width, int height, int? forced)
    {
        if (forced is { } chosen)
        {
            return chosen >= Math.Max(width, height) ? null : new Tiling(chosen);
        }

        ImmutableArray<EncoderLayer> layers = Layers(encoder);
        long free = Free(encoder.Device);
        int? edge = RunMemory.TileEdge(recipe, layers, (long)width * height, free);
        return edge switch
        {
            null => null,
            0 => throw DoesNotFit(recipe, width, height, layers, free),
            _ => new Tiling(edge.Value),
        };
    }

    /// <summary>What the features of an iteration take, about.</summary>
    public static long FeatureBytes(Recipe recipe, Encoder encoder, int width, int height, Tiling? tiling)
    {
        long edge = tiling?.LongestEdge ?? long.MaxValue;
        return RunMemory.OfMaps(recipe, Layers(encoder), Math.Min(edge, width) * Math.Min(edge, height));
    }

    /// <summary>After the device ran out of memory in spite of the estimate.</summary>
    /// <returns>Half as large tiles; null where they cannot be any smaller.</returns>
    public static Tiling? Smaller(Tiling? tiling, int width, int height)
    {
        int edge = (tiling?.LongestEdge ?? Math.Min(Math.Max(width, height), RunMemory.LargestTile)) / 2;
        return edge < RunMemory.SmallestTile ? null : new Tiling(edge);
    }

    /// <summary>Whether an exception of libtorch says that memory has run out.</summary>
    public static bool IsOutOfMemory(Exception e) =>
        e is OutOfMemoryException
        || e.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)
        || e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);

    public static RunException DoesNotFit(Recipe recipe, int width, int height, Encoder encoder) =>
        DoesNotFit(recipe, width, height, Layers(encoder), Free(encoder.Device));

    private static RunException DoesNotFit(Recipe recipe, int width, int height, ImmutableArray<EncoderLayer> layers, long free)
    {
        RunEstimate estimate = RunEstimate.Of(recipe, width, height, layers, speed: null, free);
        string wanted = FormattableString.Invariant($"{width}×{height} pixels need {estimate.Bytes / 1e9:0.0} GB, and {free / 1e9:0.0} GB are free");
        return new RunException(estimate.LargestSize is { } size
            ? $"{wanted}. Take --size {size}, or free some memory."
            : $"{wanted}, but the memory ran out all the same. Take a smaller --size, or free some memory.");
    }

    private static ImmutableArray<EncoderLayer> Layers(Encoder encoder) =>
        [.. encoder.Layers.Where(layer => layer.StartsWith("relu", StringComparison.Ordinal)).Select(layer => new EncoderLayer(layer, encoder.Channels(layer)))];

    private static long Free(torch.Device device) =>
        device.type == DeviceType.CUDA && MachineMemory.FreeOnCuda() is { } free ? free : MachineMemory.Free();
}
