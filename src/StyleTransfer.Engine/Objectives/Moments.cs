using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>
/// The first two raw moments of features over positions: all that a style distance needs to know of a picture.
/// </summary>
/// <param name="Mean">[C]: μ = Σ w f ⁄ Σ w.</param>
/// <param name="Second">[C, C]: Σ w f fᵀ ⁄ Σ w, the Gram matrix over the number of positions.</param>
internal sealed record Moments(Tensor Mean, Tensor Second) : IDisposable
{
    /// <summary>N of the paper.</summary>
    public long Channels => Mean.shape[0];

    /// <summary>Σ = Second − μ μᵀ.</summary>
    public Tensor Covariance() => Second - outer(Mean, Mean);

    public Moments DetachFromScope()
    {
        Mean.DetachFromDisposeScope();
        Second.DetachFromDisposeScope();
        return this;
    }

    public void Dispose()
    {
        Mean.Dispose();
        Second.Dispose();
    }
}

/// <summary>
/// Sums moments over the parts of a layer. Sums are in float32 whatever the features are in (float64 stays float64), so that
/// a tiled sum and a low precision lose nothing here.
/// </summary>
internal sealed class MomentSum
{
    private Tensor? first;
    private Tensor? second;

    /// <summary>Σ w: M of the paper for an unmasked layer.</summary>
    public double Area { get; private set; }

    /// <param name="features">[1, C, H, W].</param>
    /// <param name="mask">[1, 1, H, W], weights of the positions; null for 1 everywhere.</param>
    public void Add(Tensor features, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = features.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Tensor f = features.detach().to(type)[0].flatten(1); // [C, M]
        Tensor weighted = f;
        if (mask is null)
        {
            Area += f.shape[1];
        }
        else
        {
            Tensor w = mask.to(type).flatten(); // [M]
            Area += w.sum().ToDouble();
            weighted = f * w;
        }

        first = Replace(first, weighted.sum(1));
        second = Replace(second, weighted.mm(f.t()));
    }

    /// <summary>Owned by the current dispose scope.</summary>
    public Moments Moments() => new(first! / Area, second! / Area);

    private static Tensor Replace(Tensor? sum, Tensor part)
    {
        if (sum is null)
        {
            return part.MoveToOuterDisposeScope();
        }

        sum.add_(part);
        return sum;
    }
}
