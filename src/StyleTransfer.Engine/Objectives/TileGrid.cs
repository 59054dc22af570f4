namespace StyleTransfer.Engine.Objectives;

/// <summary>One tile along one axis.</summary>
/// <param name="Start">First own position.</param>
/// <param name="End">After the last own position.</param>
/// <param name="From">First position read, with the margin.</param>
/// <param name="To">After the last position read.</param>
internal readonly record struct TileSpan(long Start, long End, long From, long To)
{
    public long Read => To - From;
}

/// <summary>Cuts an axis into tiles of about equal length that begin where the pooling windows begin.</summary>
internal static class TileGrid
{
    /// <param name="length">Positions of the axis.</param>
    /// <param name="longest">Own positions of a tile, at most (but a window at least).</param>
    /// <param name="stride">Tiles begin at multiples of it.</param>
    /// <param name="margin">Positions read on each side beyond a tile's own, as far as there are any: at the picture's border the
    /// encoder pads a tile as it pads the whole.</param>
    public static IReadOnlyList<TileSpan> Along(long length, long longest, int stride, int margin)
    {
        long windows = Math.Max(1, length / stride); // A rest that fills no window belongs to the last tile.
        long count = Math.Min(windows, (length + Math.Max(longest, stride) - 1) / Math.Max(longest, stride));
        List<TileSpan> spans = [];
        for (long tile = 0; tile < count; tile++)
        {
            long start = windows * tile / count * stride;
            long end = tile == count - 1 ? length : windows * (tile + 1) / count * stride;
            spans.Add(new TileSpan(start, end, Math.Max(0, start - margin), Math.Min(length, end + margin)));
        }

        return spans;
    }
}
