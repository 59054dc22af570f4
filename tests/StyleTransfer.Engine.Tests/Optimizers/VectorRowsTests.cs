using StyleTransfer.Engine.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests.Optimizers;

public sealed class VectorRowsTests
{
    [Theory]
    [InlineData(false, 1e-5)]
    [InlineData(true, 1e-2)]
    public void ProductsAndSums_EitherPrecision_AreThoseOfTheVectors(bool isHalf, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        Tensor vectors = randn([4L, 500], ScalarType.Float32, CPU, generator: generator);
        using VectorRows rows = new(4, isHalf, vectors[0]);
        for (int row = 0; row < 4; row++)
        {
            rows.Set(row, vectors[row]);
        }

        double[] products = rows.Products(vectors[1], 4);
        Tensor sum = rows.Combine([1, -2, 0.5]);

        double length = vectors[1].square().sum().ToDouble();
        for (int row = 0; row < 4; row++)
        {
            Assert.Equal(vectors[row].dot(vectors[1]).ToDouble(), products[row], tolerance * length);
        }

        Tensor expected = vectors[0] - 2 * vectors[1] + 0.5 * vectors[2];
        Assert.InRange((sum - expected).norm().ToDouble() / expected.norm().ToDouble(), 0, tolerance);
        Assert.Equal(ScalarType.Float32, sum.dtype);
    }
}
