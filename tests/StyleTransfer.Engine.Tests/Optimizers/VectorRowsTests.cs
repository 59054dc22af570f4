using StyleTransfer.Engine.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests.Optimizers;

public sealed class VectorRowsTests
{
    // Shorter and longer than the kernel's blocks, and no multiple of its vectors.
    public static TheoryData<ScalarType, int, double> Kinds => new()
    {
        { ScalarType.Float32, 5, 1.5e-2 },
        { ScalarType.Float32, 500, 1.5e-2 },
        { ScalarType.Float32, 100_003, 1.5e-2 },
        { ScalarType.Float64, 500, 1e-12 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ProductsAndSums_OfRows_AreThoseOfTheVectors(ScalarType type, int length, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor vectors = Random(type, 4, length);
        using VectorRows rows = new(4, length, type, CPU);
        for (int row = 0; row < 4; row++)
        {
            rows.Set(row, vectors[row]);
        }

        double[] products = rows.Products(vectors[1], 4);
        Tensor sum = rows.Combine([1, -2, 0.5], vectors[3], -0.25);

        for (int row = 0; row < 4; row++)
        {
            // Against what is stored the sums are exact, up to the vector's own type.
            Assert.Equal(rows.Get(row).to(ScalarType.Float64).dot(vectors[1].to(ScalarType.Float64)).ToDouble(), products[row], 1e-6 * Squares(vectors[1]));
            Assert.Equal(vectors[row].dot(vectors[1]).ToDouble(), products[row], tolerance * Squares(vectors[1]));
        }

        Tensor expected = vectors[0] - 2 * vectors[1] + 0.5 * vectors[2] - 0.25 * vectors[3];
        Assert.InRange((sum - expected).norm().ToDouble() / expected.norm().ToDouble(), 0, tolerance);
        Assert.Equal(type, sum.dtype);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SetPair_TwoPicturesAndTheirGradients_KeepsTheDifferences(ScalarType type, int length, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor vectors = Random(type, 4, length);
        using VectorRows rows = new(4, length, type, CPU);
        rows.Set(1, vectors[0]);

        (double ss, double sy, double yy) = rows.SetPair(2, vectors[0], vectors[1], vectors[2], vectors[3]);

        (Tensor s, Tensor y) = (vectors[1] - vectors[0], vectors[3] - vectors[2]);
        double scale = Math.Sqrt(Squares(s) * Squares(y));
        Assert.Equal(Squares(s), ss, 1e-5 * Squares(s));
        Assert.Equal(s.dot(y).ToDouble(), sy, 1e-5 * scale);
        Assert.Equal(Squares(y), yy, 1e-5 * Squares(y));
        Assert.InRange((rows.Get(2) - s).norm().ToDouble() / s.norm().ToDouble(), 0, tolerance);
        Assert.InRange((rows.Get(3) - y).norm().ToDouble() / y.norm().ToDouble(), 0, tolerance);
        Assert.InRange((rows.Get(1) - vectors[0]).norm().ToDouble() / vectors[0].norm().ToDouble(), 0, tolerance);
    }

    private static Tensor Random(ScalarType type, long rows, long length)
    {
        using Generator generator = new(3, CPU);
        return randn([rows, length], type, CPU, generator: generator);
    }

    private static double Squares(Tensor x) => x.square().sum().ToDouble();
}
