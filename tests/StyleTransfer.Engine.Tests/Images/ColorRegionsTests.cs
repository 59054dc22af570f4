using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine.Tests.Images;

public sealed class ColorRegionsTests
{
    [Fact]
    public void Split_TwoColorsWithASoftEdge_GivesTwoMasksThatCoverThePicture()
    {
        // Red, a mixture, blue.
        PixelImage map = Columns(300, x => x < 160 ? (1, 0, 0) : x == 160 ? (0.4f, 0, 0.6f) : (0, 0, 1));

        ImmutableArray<ColorRegion> regions = ColorRegions.Split(map);

        Assert.Equal(["#ff0000", "#0000ff"], regions.Select(region => region.Color));
        Assert.All(Enumerable.Range(0, 300), pixel => Assert.Equal(1, regions.Sum(region => region.Mask.Rgb[3 * pixel])));
        Assert.Equal(0, regions[0].Mask.Rgb[3 * 160]);
    }

    [Fact]
    public void Match_NearlyTheSameColor_IsFoundAndAnotherIsNot()
    {
        ImmutableArray<ColorRegion> regions = ColorRegions.Split(Columns(10, x => x < 6 ? (1, 0, 0) : (0, 1, 0)));

        Assert.Equal("#00ff00", ColorRegions.Match("#08f010", regions)?.Color);
        Assert.Null(ColorRegions.Match("#0000ff", regions));
    }

    [Fact]
    public void Resolve_ReferenceToAColor_GivesItsMask()
    {
        PixelImage map = Columns(10, x => x < 6 ? (1, 0, 0) : (0, 1, 0));

        PixelImage mask = ColorRegions.Resolve(ColorRegions.Reference("abc", "#00ff00"), id => id == "abc" ? map : throw new InvalidOperationException(id));

        Assert.Equal(40, Enumerable.Range(0, 100).Count(pixel => mask.Rgb[3 * pixel] == 1));
    }

    [Fact]
    public void Resolve_ColorThatIsNotThere_NamesThoseThatAre()
    {
        PixelImage map = Columns(10, x => x < 6 ? (1, 0, 0) : (0, 1, 0));

        ImageException refusal = Assert.Throws<ImageException>(() => ColorRegions.Resolve("abc#0000ff", _ => map));

        Assert.Contains("#ff0000, #00ff00", refusal.Message, StringComparison.Ordinal);
    }

    private static PixelImage Columns(int edge, Func<int, (float R, float G, float B)> color)
    {
        float[] rgb = new float[edge * edge * 3];
        for (int pixel = 0; pixel < edge * edge; pixel++)
        {
            (rgb[3 * pixel], rgb[3 * pixel + 1], rgb[3 * pixel + 2]) = color(pixel % edge);
        }

        return new PixelImage(edge, edge, rgb);
    }
}
