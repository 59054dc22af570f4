using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Engine.Objectives;

/// <summary>How large tiles are.</summary>
/// <param name="LongestEdge">Pixels of a tile of the first segment, without its margin.</param>
/// <param name="CutAfterBlock">Where the encoder is cut in two; null goes through it in one piece.</param>
internal sealed record Tiling(int LongestEdge, int? CutAfterBlock = 3)
{
    /// <summary>For targets, which need no way back: all at once up to this edge.</summary>
    public static readonly Tiling OfTargets = new(1536);

    /// <summary>Tiles of the deeper segment cover more of the picture: they keep fewer values for each of its pixels.</summary>
    private const int DeeperGrowth = 2;

    /// <summary>In pixels of the image.</summary>
    public int Edge(EncoderSegment segment) => segment.First == 0 ? LongestEdge : DeeperGrowth * LongestEdge;
}
