using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Kernels;

/// <summary>
/// One of a frozen network's convolutions, with the ReLU after it, both ways: by <see cref="WinogradConvolution"/> or
/// <see cref="HalfWinogradConvolution"/> where that gains, of colours by <see cref="HalfColorConvolution"/>, else by libtorch's own, which
/// goes back as it goes forward, with turned filters. Owns its weights.
/// </summary>
internal sealed class FrozenConvolution(ConvolutionWeights weights, ScalarType type) : IDisposable
{
    // Each is made when it is first needed: several hold the same numbers in other orders.
    private IFusedConvolution? forward;
    private IFusedConvolution? back;
    private BorderStrips? border;
    private HalfColorConvolution? ofColors;
    private Tensor? weight; // [outputs, inputs, 3, 3], channels last
    private Tensor? bias;
    private Tensor? turned; // [inputs, outputs, 3, 3], by half a circle, channels last

    /// <summary>max(w ∗ x + b, 0), or without the maximum; in the caller's scope.</summary>
    /// <param name="x">[1, inputs, H, W], channels last.</param>
    public Tensor Forward(Tensor x, Padding padding, bool rectifies)
    {
        if (Suits(weights.InputChannels, weights.OutputChannels))
        {
            return Onward().Forward(x, padding, rectifies);
        }

        if (IsOfColors)
        {
            return OfColors().Forward(x, padding, rectifies);
        }

        using DisposeScope scope = NewDisposeScope();
        weight ??= Laid(Filters()).DetachFromDisposeScope();
        bias ??= tensor(weights.Bias).to(type).DetachFromDisposeScope();
        Tensor y = PaddedConvolution.Of(x, weight, bias, padding);
        return (rectifies ? y.relu_() : y).MoveToOuterDisposeScope();
    }

    /// <summary>Whether it can keep the maxima of windows only.</summary>
    public bool Pools => Suits(weights.InputChannels, weights.OutputChannels);

    /// <summary>As <see cref="IFusedConvolution.ForwardPooled"/>.</summary>
    public (Tensor Pooled, Tensor Which) ForwardPooled(Tensor x, Padding padding) => Onward().ForwardPooled(x, padding);

    /// <summary>∂L ⁄ ∂x, and where x is rectified features, before their ReLU; in the caller's scope.</summary>
    /// <param name="slope">∂L ⁄ ∂(w ∗ x + b).</param>
    /// <param name="mask">x, where it is rectified features; null where it is a picture.</param>
    /// <param name="sum">∂L ⁄ ∂x by other ways, which the result takes the place of; or null.</param>
    public Tensor Back(Tensor slope, Padding padding, Tensor? mask, Tensor? sum)
    {
        if (!Suits(weights.OutputChannels, weights.InputChannels))
        {
            return IsOfColors && mask is null && sum is null ? OfColors().Back(slope, padding) : PlainBack(slope, padding, mask, sum);
        }

        back ??= Fused(TurnedFilters().contiguous().data<float>().ToArray(), [], weights.OutputChannels, weights.InputChannels);
        Tensor result = back.Back(slope, mask, sum);
        if (padding != Padding.Zero)
        {
            border ??= new BorderStrips(weights.Weight, weights.InputChannels, weights.OutputChannels);
            border.Add(result, slope, padding, mask);
        }

        return result;
    }

    public void Dispose()
    {
        forward?.Dispose();
        back?.Dispose();
        border?.Dispose();
        ofColors?.Dispose();
        weight?.Dispose();
        bias?.Dispose();
        turned?.Dispose();
    }

    private Tensor PlainBack(Tensor slope, Padding padding, Tensor? mask, Tensor? sum)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor result;
        if (padding == Padding.Zero)
        {
            Tensor plain = F.conv2d(slope, Turned(), padding: [1, 1]);
            result = sum is null ? plain : sum.PlusInPlace(plain);
            result = mask is null ? result : Rectifier.Back(result, mask);
        }
        else
        {
            result = BorderFold.Back(FeatureMemory.Laid(F.conv2d(slope, Turned(), padding: [2, 2])), padding, mask, sum);
        }

        return ReferenceEquals(result, sum) ? result : result.MoveToOuterDisposeScope();
    }

    private bool IsOfColors => type == ScalarType.BFloat16 && HalfColorConvolution.Suits(weights.InputChannels, weights.OutputChannels);

    private IFusedConvolution Onward() => forward ??= Fused(weights.Weight, weights.Bias, weights.InputChannels, weights.OutputChannels);

    private HalfColorConvolution OfColors() => ofColors ??= new HalfColorConvolution(weights.Weight, weights.Bias);

    private bool Suits(int inputs, int outputs) =>
        type == ScalarType.BFloat16 ? HalfWinogradConvolution.Suits(inputs, outputs) : WinogradConvolution.Suits(inputs, outputs);

    private IFusedConvolution Fused(ReadOnlySpan<float> filters, ReadOnlySpan<float> offsets, int inputs, int outputs) => type == ScalarType.BFloat16
        ? new HalfWinogradConvolution(filters, offsets, inputs, outputs)
        : new WinogradConvolution(filters, offsets, inputs, outputs);

    private Tensor Turned() => turned ??= Laid(TurnedFilters()).DetachFromDisposeScope();

    private Tensor TurnedFilters() => Filters().flip(2, 3).transpose(0, 1);

    private Tensor Filters() => tensor(weights.Weight, [weights.OutputChannels, weights.InputChannels, 3, 3]);

    private Tensor Laid(Tensor filters) => FeatureMemory.ChannelsLast(filters.to(type));
}
