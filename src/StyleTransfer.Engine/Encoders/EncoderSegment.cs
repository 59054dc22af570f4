namespace StyleTransfer.Engine.Encoders;

/// <summary>A run of convolutions that a tile goes through at a time.</summary>
internal sealed record EncoderSegment
{
    /// <summary>Place of the first convolution, from 0.</summary>
    public required int First { get; init; }

    /// <summary>Place of the last.</summary>
    public required int Last { get; init; }

    /// <summary>Whether the block's pooling is done at the end, for a segment that follows.</summary>
    public required bool Pools { get; init; }

    /// <summary>Pixels of the image per position of the input.</summary>
    public required int InputStride { get; init; }

    public required int InputChannels { get; init; }

    /// <summary>Positions of the input per position of the output: where tiles may begin.</summary>
    public required int Stride { get; init; }

    /// <summary>How many positions of the input, on a side that is cut, are spoilt by padding where there should be neighbours.</summary>
    public required int Margin { get; init; }

    public required int OutputChannels { get; init; }

    /// <summary>Values kept for the way back, per position of the input.</summary>
    public required double FeaturesAPosition { get; init; }
}
