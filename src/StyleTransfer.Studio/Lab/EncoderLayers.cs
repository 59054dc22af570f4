using StyleTransfer.Core.Encoders;

namespace StyleTransfer.Studio.Lab;

/// <summary>The paper's layers in an encoder that may lack some of them.</summary>
public sealed class EncoderLayers(EncoderInfo encoder)
{
    private static readonly int[] ConvolutionsPerBlock = [2, 2, 4, 4, 4];
    private static readonly string[] Order = [.. ConvolutionsPerBlock.SelectMany((count, block) => Enumerable.Range(1, count).Select(index => $"relu{block + 1}_{index}"))];

    private readonly HashSet<string> present = [.. encoder.Layers.Select(layer => layer.Name)];

    /// <summary>The layer itself, or where the encoder lacks it the nearest by depth; of two as near the shallower one.</summary>
    public string Nearest(string layer)
    {
        int wanted = Array.IndexOf(Order, layer);
        return Order.Where(present.Contains).MinBy(name => Math.Abs(Array.IndexOf(Order, name) - wanted)) ?? layer;
    }

    /// <summary>As the paper writes it: <c>conv4_2</c>, always meant after the ReLU.</summary>
    public static string PaperName(string layer) => layer.Replace("relu", "conv", StringComparison.Ordinal);
}
