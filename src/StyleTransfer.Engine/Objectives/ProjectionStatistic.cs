using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>Every position's projections on fixed directions, in their order: what the sliced Wasserstein distance compares.</summary>
/// <param name="directions">[K, C]; borrowed.</param>
internal sealed class ProjectionStatistic(Tensor directions) : IStyleStatistic
{
    private readonly List<(long Top, long Left)> places = [];
    private readonly List<Tensor> projections = []; // [K, m] each
    private readonly List<Tensor> weights = []; // [m] each; none where there is no mask
    private Tensor? sorted; // [K, M]
    private Tensor? order; // [K, M], the position of each
    private Tensor? quantiles; // [K, M] or [1, M], where each lies in (0, 1)
    private Tensor? shares; // [K, M] or [1, 1], the weight of each over the sum
    private Tensor? slope; // [K, M], ∂L ⁄ ∂projection by position

    public void Add(FeaturePart part, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = part.Features.detach()[0].flatten(1).to(directions.dtype);
        places.Add((part.Top, part.Left));
        projections.Add(directions.mm(features).DetachFromDisposeScope());
        if (mask is not null)
        {
            weights.Add(mask.flatten().to(directions.dtype).DetachFromDisposeScope());
        }
    }

    public double Compare(IStyleDistance distance, double weight)
    {
        using DisposeScope scope = NewDisposeScope();
        Sort();
        SlicedWassersteinDistance style = (SlicedWassersteinDistance)distance;
        double factor = style.Factor / directions.shape[0];
        Tensor difference = sorted! - style.At(quantiles!);
        Tensor weighted = difference * shares!;
        slope!.scatter_add_(1, order!, weighted.Times(2 * factor * weight));
        return factor * (difference * weighted).sum().ToDouble();
    }

    public Tensor At(FeaturePart part, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        int place = places.IndexOf((part.Top, part.Left));
        long from = projections.Take(place).Sum(earlier => earlier.shape[1]);
        (long height, long width) = (part.Features.shape[2], part.Features.shape[3]);
        // [m, K] × [K, C]: stays where channels lie last in memory.
        Tensor own = slope!.narrow(1, from, height * width).t().mm(directions);
        return own.to(part.Features.dtype).t().view(1, directions.shape[1], height, width).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (Tensor? tensor in projections.Concat(weights).Concat([sorted, order, quantiles, shares, slope]))
        {
            tensor?.Dispose();
        }
    }

    private void Sort()
    {
        if (sorted is not null)
        {
            return;
        }

        Tensor all = cat([.. projections], 1);
        (Tensor values, Tensor indices) = all.sort(1);
        long count = all.shape[1];
        Tensor at;
        Tensor share;
        if (weights.Count == 0)
        {
            at = Scalars.Ascending(count, all.dtype, all.device).Plus(0.5).Over(count).unsqueeze(0);
            share = Scalars.Filled([1, 1], 1.0 / count, all.dtype, all.device);
        }
        else
        {
            Tensor ordered = cat([.. weights])[indices];
            at = WeightedQuantiles.At(ordered);
            share = ordered / ordered.sum(1, keepdim: true);
        }

        sorted = values.DetachFromDisposeScope();
        order = indices.DetachFromDisposeScope();
        quantiles = at.DetachFromDisposeScope();
        shares = share.DetachFromDisposeScope();
        slope = zeros_like(all).DetachFromDisposeScope();
    }
}

/// <summary>Where samples of a weighted distribution lie in it.</summary>
internal static class WeightedQuantiles
{
    /// <param name="weights">[K, M], of samples in ascending order, each row by itself.</param>
    /// <returns>[K, M] in (0, 1): the share of the weight below the middle of each sample.</returns>
    public static Tensor At(Tensor weights)
    {
        using DisposeScope scope = NewDisposeScope();
        return ((weights.cumsum(1) - weights.Over(2)) / weights.sum(1, keepdim: true)).MoveToOuterDisposeScope();
    }
}
