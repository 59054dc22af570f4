using System.Collections.Immutable;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Objectives;

/// <summary>Guidance masks at each layer's own resolution. Owns them.</summary>
/// <remarks>
/// Gatys et al. 2017, section 4, and as Luan et al. 2017 carry them: a mask goes through the same windows as the features, a mean over
/// 3 × 3 for each convolution and over 2 × 2 for each pooling. So a position counts as much as what it sees lies in the region.
/// </remarks>
internal sealed class RegionMaps : IDisposable
{
    public static readonly RegionMaps None = new([]);

    private readonly ImmutableDictionary<(string Layer, int Region), Tensor> maps;

    private RegionMaps(ImmutableDictionary<(string, int), Tensor> maps) => this.maps = maps;

    /// <param name="masks">[1, 1, H, W] each, at the picture's size.</param>
    public static RegionMaps Build(IReadOnlyList<Tensor> masks, IReadOnlyCollection<string> layers, Encoder encoder)
    {
        ImmutableDictionary<(string, int), Tensor>.Builder maps = ImmutableDictionary.CreateBuilder<(string, int), Tensor>();
        for (int region = 0; region < masks.Count; region++)
        {
            foreach (string layer in layers)
            {
                maps[(layer, region)] = AtLayer(masks[region], layer, encoder).DetachFromDisposeScope();
            }
        }

        return new RegionMaps(maps.ToImmutable());
    }

    /// <summary>The mask seen through the encoder's windows, [1, 1, h, w]; odd rests are dropped, as its pooling drops them.</summary>
    public static Tensor AtLayer(Tensor mask, string layer, Encoder encoder)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor map = mask.clone();
        for (int stride = 1, convolution = 0; convolution <= encoder.Place(layer); convolution++)
        {
            if (encoder.StrideAt(convolution) > stride)
            {
                map = F.avg_pool2d(map, 2);
                stride = encoder.StrideAt(convolution);
            }

            // At the border the mean is over what there is.
            map = F.avg_pool2d(map, 3, stride: 1, padding: 1, count_include_pad: false);
        }

        return map.MoveToOuterDisposeScope();
    }

    /// <summary>The weights of a part's positions; null for a region of −1, which is everywhere.</summary>
    public Tensor? At(FeaturePart part, int region) => region < 0 ? null : part.Of(maps[(part.Layer, region)]);

    public void Dispose()
    {
        foreach (Tensor map in maps.Values)
        {
            map.Dispose();
        }
    }
}
