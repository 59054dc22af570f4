using System.Collections.Immutable;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Objectives;

/// <summary>Guidance masks at each layer's own resolution. Owns them.</summary>
/// <remarks>
/// Gatys et al. 2017, section 4: a mask goes through the same windows as the features, so a position's weight is the mask's mean over
/// the stride's square, and then over the receptive field's margin where that stays soft.
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
                maps[(layer, region)] = AtLayer(masks[region], encoder.Stride(layer)).DetachFromDisposeScope();
            }
        }

        return new RegionMaps(maps.ToImmutable());
    }

    /// <summary>The mask's mean over the pixels of each position, halved as the encoder's pooling halves: odd rests are dropped.</summary>
    public static Tensor AtLayer(Tensor mask, int stride)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor map = mask.clone();
        for (int at = 1; at < stride; at *= 2)
        {
            map = F.avg_pool2d(map, 2);
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
