using System.Collections.Immutable;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// The picture in tiles: forward without gradients to see every part, then each tile anew, with gradients, to carry its seeds back.
/// The features and the gradient are those of the whole picture; the memory is a tile's.
/// </summary>
/// <remarks>
/// A tile is read with a margin as wide as its own positions can see, so that where it is cut, padding spoils the margin only; at the
/// picture's border it is padded as the whole is. The encoder is gone through in two segments with a cut after a block: the margin
/// of the upper one is a quarter of the whole network's, and the pooled features handed on between them, a few values a pixel, are
/// kept for the whole picture. The lower segment is small: where one tile holds it, its graph is kept and nothing is done twice.
/// With several devices a tile goes to each in turn. Devices compute while the program goes on, so that all of them have begun before the
/// first is waited for; parts are seen, and gradients added up, in the order of the tiles, whatever device they come from.
/// </remarks>
internal sealed class TiledPass(Encoder encoder, IReadOnlyCollection<string> layers, EncoderMode mode, Tiling tiling) : IFeaturePass
{
    private readonly ImmutableArray<Encoder> encoders = [encoder, .. encoder.Others];
    private readonly ImmutableArray<EncoderSegment> segments = encoder.Segments(layers, tiling.CutAfterBlock);
    private readonly List<Tensor> inputs = []; // of each segment, over the whole picture
    private readonly Dictionary<EncoderSegment, Piece> kept = [];

    public void Forward(Tensor image, Action<FeaturePart> visit) => Forward(image, visit, isKept: true);

    /// <summary>Without a way back, and so without what that needs.</summary>
    public void Look(Tensor image, Action<FeaturePart> visit) => Forward(image, visit, isKept: false);

    public Tensor Backward(IReadOnlyCollection<string> from, Func<FeaturePart, Tensor?> seed)
    {
        bool isLast = from.Count == layers.Count;
        Tensor? handedBack = null; // ∂L ⁄ ∂(what the segment handed on)
        for (int place = segments.Length - 1; place >= 0; place--)
        {
            EncoderSegment segment = segments[place];
            Tensor input = inputs[place];
            Tensor? below = handedBack;
            Tensor gradient = zeros_like(input);
            bool isAny = false;
            foreach (Tile[] round in Tiles(segment, input).Chunk(encoders.Length))
            {
                using DisposeScope scope = NewDisposeScope();
                Piece[] pieces = kept.TryGetValue(segment, out Piece? whole) ? [whole] : Begun(segment, round, input, isKept: true);
                Tensor?[] slopes = [.. pieces.Select(piece => Back(piece, from, seed, below, isLast: whole is null || isLast))];
                foreach ((Piece piece, Tensor? slope) in pieces.Zip(slopes))
                {
                    if (slope is not null)
                    {
                        Cut(gradient, piece.Tile).PlusInPlace(On(slope, encoder.Device));
                        isAny = true;
                    }
                }
            }

            below?.Dispose();
            handedBack = isAny ? gradient : null;
        }

        return handedBack ?? zeros_like(inputs[0]);
    }

    private void Forward(Tensor image, Action<FeaturePart> visit, bool isKept)
    {
        inputs.Clear();
        kept.Clear();
        inputs.Add(image.detach());
        foreach (EncoderSegment segment in segments)
        {
            Tensor input = inputs[^1];
            Tensor? next = segment.Pools ? mode.Map(segment.OutputChannels, input.shape[2] / segment.Stride, input.shape[3] / segment.Stride, encoder.Device) : null;
            IReadOnlyList<Tile> tiles = Tiles(segment, input);
            if (isKept && tiles.Count == 1)
            {
                Show(kept[segment] = Through(encoder, segment, tiles[0], input, isKept: true), visit, next);
            }
            else
            {
                foreach (Tile[] round in tiles.Chunk(encoders.Length))
                {
                    using DisposeScope scope = NewDisposeScope();
                    foreach (Piece piece in Begun(segment, round, input, isKept: false))
                    {
                        Show(piece, visit, next);
                    }
                }
            }

            if (next is not null)
            {
                inputs.Add(next);
            }
        }
    }

    private IReadOnlyList<Tile> Tiles(EncoderSegment segment, Tensor input)
    {
        long longest = Math.Max(1, tiling.Edge(segment) / segment.InputStride);
        return
        [
            .. TileGrid.Along(input.shape[2], longest, segment.Stride, segment.Margin)
                .SelectMany(rows => TileGrid.Along(input.shape[3], longest, segment.Stride, segment.Margin).Select(columns => new Tile(rows, columns))),
        ];
    }

    private Piece[] Begun(EncoderSegment segment, Tile[] round, Tensor input, bool isKept) =>
        [.. round.Select((tile, place) => Through(encoders[place], segment, tile, input, isKept))];

    private Piece Through(Encoder on, EncoderSegment segment, Tile tile, Tensor input, bool isKept)
    {
        IFeatureTrace trace = on.Trace(segment, On(Cut(input, tile), on.Device).detach(), layers, mode, isKept);
        return new Piece(
            segment,
            tile,
            on.Device,
            trace,
            trace.Features.ToDictionary(pair => pair.Key, pair => Own(pair.Key, pair.Value, segment, tile)),
            trace.Next is null ? null : Own(trace.Next, segment.Stride, tile));
    }

    private void Show(Piece piece, Action<FeaturePart> visit, Tensor? next)
    {
        foreach (FeaturePart part in piece.Parts.Values)
        {
            visit(Here(part));
        }

        if (next is not null && piece.Next is { } handed)
        {
            using DisposeScope scope = NewDisposeScope();
            handed.Of(next).copy_(handed.Features.detach());
        }
    }

    // ∂L ⁄ ∂(the piece's input), on the piece's device; null where nothing comes back.
    private Tensor? Back(Piece piece, IReadOnlyCollection<string> from, Func<FeaturePart, Tensor?> seed, Tensor? below, bool isLast)
    {
        Tensor? OfLayer(string layer) => from.Contains(layer) && seed(Here(piece.Parts[layer])) is { } slope
            ? Widened(On(slope, piece.Device), piece.Parts[layer], piece.Trace.Features[layer], Stride(layer, piece.Segment), piece.Tile)
            : null;
        Tensor? handedBack = below is not null && piece.Next is { } handed
            ? Widened(On(handed.Of(below), piece.Device), handed, piece.Trace.Next!, piece.Segment.Stride, piece.Tile)
            : null;
        return piece.Trace.Back(OfLayer, handedBack, isLast);
    }

    // Nothing comes back from the margin: those positions are other tiles' own.
    private static Tensor Widened(Tensor slope, FeaturePart own, Tensor whole, int stride, Tile tile)
    {
        if (slope.shape[2] == whole.shape[2] && slope.shape[3] == whole.shape[3])
        {
            return slope;
        }

        Tensor wide = zeros_like(whole);
        using DisposeScope scope = NewDisposeScope();
        wide.narrow(2, own.Top - tile.Rows.From / stride, slope.shape[2]).narrow(3, own.Left - tile.Columns.From / stride, slope.shape[3]).copy_(slope);
        return wide;
    }

    // Where the objective's own tensors are.
    private FeaturePart Here(FeaturePart part) => part with { Features = On(part.Features, encoder.Device) };

    private static Tensor On(Tensor x, Device device) => x.device.type == device.type && Math.Max(0, x.device.index) == Math.Max(0, device.index) ? x : x.to(device);

    private FeaturePart Own(string layer, Tensor features, EncoderSegment segment, Tile tile) =>
        Own(features, Stride(layer, segment), tile) with { Layer = layer };

    private int Stride(string layer, EncoderSegment segment) => encoder.Stride(layer) / segment.InputStride;

    // A tile's own positions, without the margin; the rest that fills no window falls away as in the whole picture.
    private static FeaturePart Own(Tensor features, int stride, Tile tile)
    {
        (long top, long left) = (tile.Rows.Start / stride, tile.Columns.Start / stride);
        (long height, long width) = (tile.Rows.End / stride - top, tile.Columns.End / stride - left);
        bool isAll = height == features.shape[2] && width == features.shape[3];
        Tensor own = isAll
            ? features
            : features.narrow(2, top - tile.Rows.From / stride, height).narrow(3, left - tile.Columns.From / stride, width);
        return new FeaturePart("", own, top, left);
    }

    private static Tensor Cut(Tensor whole, Tile tile) =>
        whole.narrow(2, tile.Rows.From, tile.Rows.Read).narrow(3, tile.Columns.From, tile.Columns.Read);

    private readonly record struct Tile(TileSpan Rows, TileSpan Columns);

    private sealed record Piece(EncoderSegment Segment, Tile Tile, Device Device, IFeatureTrace Trace, IReadOnlyDictionary<string, FeaturePart> Parts, FeaturePart? Next);
}
