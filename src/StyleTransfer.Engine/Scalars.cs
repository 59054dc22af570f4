using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine;

/// <summary>Arithmetic of tensors with numbers, bit by bit as TorchSharp's operators, which build/BannedSymbols.Torch.txt forbids here.</summary>
/// <remarks>
/// TorchSharp makes a <see cref="Scalar"/> of each number, hands libtorch its bare address and keeps no reference. Where the finaliser
/// comes in between, libtorch reads freed memory: "Unknown scalar type", or silently another number. tensor + tensor, square() and
/// ToDouble() have such a hidden Scalar too. Here each lives until libtorch has returned, and is freed at once, which spares the
/// finaliser hundreds of objects an iteration. Whole numbers keep tensors of whole numbers whole.
/// </remarks>
internal static class Scalars
{
    private static readonly Scalar Zero = 0.ToScalar();
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar Two = 2.ToScalar();

    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    public static Tensor Plus(this Tensor x, Tensor y, double times)
    {
        using Scalar alpha = times.ToScalar();
        return x.add(y, alpha);
    }

    public static Tensor Plus(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.add(scalar, One);
    }

    public static Tensor Plus(this Tensor x, long number)
    {
        using Scalar scalar = number.ToScalar();
        return x.add(scalar, One);
    }

    public static Tensor Minus(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.sub(scalar);
    }

    public static Tensor Minus(this Tensor x, long number)
    {
        using Scalar scalar = number.ToScalar();
        return x.sub(scalar);
    }

    public static Tensor Times(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.mul(scalar);
    }

    public static Tensor Times(this Tensor x, long number)
    {
        using Scalar scalar = number.ToScalar();
        return x.mul(scalar);
    }

    /// <summary>The quotient, never rounded: of whole numbers too it is floating.</summary>
    public static Tensor Over(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.div(scalar);
    }

    public static Tensor Squared(this Tensor x) => x.pow(Two);

    public static Tensor ToThe(this Tensor x, double exponent)
    {
        using Scalar scalar = exponent.ToScalar();
        return x.pow(scalar);
    }

    public static Tensor Clamp(this Tensor x, double min, double max)
    {
        using Scalar low = min.ToScalar();
        using Scalar high = max.ToScalar();
        return x.clamp(low, high);
    }

    public static Tensor Clamp(this Tensor x, long min, long max)
    {
        using Scalar low = min.ToScalar();
        using Scalar high = max.ToScalar();
        return x.clamp(low, high);
    }

    public static Tensor AtLeast(this Tensor x, double min)
    {
        using Scalar scalar = min.ToScalar();
        return x.clamp(min: scalar);
    }

    public static Tensor PlusInPlace(this Tensor x, Tensor y) => x.add_(y, One);

    public static Tensor PlusInPlace(this Tensor x, Tensor y, double times)
    {
        using Scalar alpha = times.ToScalar();
        return x.add_(y, alpha);
    }

    public static Tensor PlusInPlace(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.add_(scalar, One);
    }

    public static Tensor TimesInPlace(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.mul_(scalar);
    }

    /// <summary>To [0, 1], where pictures live.</summary>
    public static Tensor ClampInPlace(this Tensor x) => x.clamp_(Zero, One);

    /// <summary>0, 1, …, count − 1.</summary>
    public static Tensor Ascending(long count, ScalarType type, Device device)
    {
        using Scalar end = count.ToScalar();
        return arange(Zero, end, One, type, device);
    }

    public static Tensor Filled(long[] shape, double number, ScalarType type, Device device)
    {
        using Scalar scalar = number.ToScalar();
        return full(shape, scalar, type, device);
    }

    /// <summary>Takes the place of TorchSharp's, as it is in a nearer namespace.</summary>
    public static double ToDouble(this Tensor x)
    {
        using Scalar scalar = x.ToScalar();
        return scalar.ToDouble();
    }
}
