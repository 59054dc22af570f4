using System.Collections.Immutable;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Engine.Encoders;

/// <summary>A 3×3 convolution followed by a ReLU; <paramref name="Block"/> and <paramref name="Index"/> from 1, as in <c>conv4_2</c>.</summary>
internal sealed record ConvolutionWeights(int Block, int Index, int InputChannels, int OutputChannels, float[] Weight, float[] Bias)
{
    public string PreActivation => $"conv{Block}_{Index}";

    public string Activation => $"relu{Block}_{Index}";
}

/// <summary>A 1×1 map from a layer's channels to those of the network that it was distilled from.</summary>
internal sealed record LiftWeights(string Layer, int InputChannels, int OutputChannels, float[] Weight, float[] Bias);

/// <summary>A VGG-shaped network as read from a file: a colour transform, then blocks of convolutions with pooling between.</summary>
/// <param name="ColorWeight">3×3, output by input channel: applied to RGB in [0, 1].</param>
/// <param name="Padding">What the network was trained with.</param>
internal sealed record EncoderWeights(
    float[] ColorWeight,
    float[] ColorBias,
    ImmutableArray<ConvolutionWeights> Convolutions,
    ImmutableArray<LiftWeights> Lifts,
    Padding Padding)
{
    /// <summary>Whether the colour transform changes nothing, so that a pass over the whole picture can be saved.</summary>
    public bool TakesPlainColor { get; } = ColorBias.All(value => value == 0) && ColorWeight.AsSpan().SequenceEqual([1f, 0, 0, 0, 1, 0, 0, 0, 1]);

    /// <summary>What a convolution, counted from 0, pads its input with.</summary>
    /// <param name="wanted">By the recipe.</param>
    public Padding PaddingOf(int place, Padding wanted, long height, long width)
    {
        Padding padding = wanted switch
        {
            Padding.Encoder => Padding,
            Padding.ReplicateFirst => place == 0 ? Padding.Replicate : Padding,
            _ => wanted,
        };
        // A single row has nothing to reflect.
        return padding == Padding.Reflect && Math.Min(height, width) < 2 ? Padding.Replicate : padding;
    }
}
