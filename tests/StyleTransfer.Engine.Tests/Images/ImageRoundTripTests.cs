using CsCheck;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine.Tests.Images;

public sealed class ImageRoundTripTests
{
    [Fact]
    public void Lossless_AnyPictureSizeAndDepth_ComesBackExactly()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, int.MaxValue]).Sample(
            (width, height, hasAlpha, isDeep, isTiff, seed) =>
            {
                Random random = new(seed);
                float[] rgb = [.. Enumerable.Range(0, width * height * 3).Select(_ => random.NextSingle())];
                float[]? alpha = hasAlpha ? [.. Enumerable.Range(0, width * height).Select(_ => random.NextSingle())] : null;
                PixelImage image = Pictures.Quantised(new PixelImage(width, height, rgb, alpha), isDeep ? 65535 : 255);
                ImageWriteOptions options = new() { Format = isTiff ? ImageFormat.Tiff : ImageFormat.Png, BitDepth = isDeep ? 16 : 8 };

                PixelImage read = Pictures.Read(ImageWriter.Write(image, options));

                Assert.True(Pictures.Distance(image, read) < 1e-7);
            },
            iter: 60);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg, 0.02)]
    [InlineData(ImageFormat.WebP, 0.03)]
    public void Lossy_SmoothPicture_StaysClose(ImageFormat format, double tolerance)
    {
        PixelImage image = Pictures.Gradient(96, 64);

        PixelImage read = Pictures.Read(ImageWriter.Write(image, new ImageWriteOptions { Format = format }));

        Assert.True(Pictures.MeanDistance(image, read) < tolerance);
    }

    [Fact]
    public void WebP_WithAlpha_KeepsAlpha()
    {
        PixelImage image = Pictures.Gradient(64, 48, hasAlpha: true);

        PixelImage read = Pictures.Read(ImageWriter.Write(image, new ImageWriteOptions { Format = ImageFormat.WebP }));

        Assert.NotNull(read.Alpha);
        Assert.True(image.Alpha!.Zip(read.Alpha, (a, b) => Math.Abs(a - b)).Max() < 0.01);
    }

    [Fact]
    public void Jpeg_WithAlpha_IsShownOnWhite()
    {
        PixelImage black = new(16, 16, new float[16 * 16 * 3], Enumerable.Repeat(0.25f, 16 * 16).ToArray());

        PixelImage read = Pictures.Read(ImageWriter.Write(black, new ImageWriteOptions { Format = ImageFormat.Jpeg }));

        Assert.Null(read.Alpha);
        Assert.All(read.Rgb, value => Assert.Equal(0.75, value, 0.01));
    }

    [Fact]
    public void Write_ValuesOutsideTheRange_AreClipped()
    {
        PixelImage wild = new(2, 1, [-3, 0.5f, 7, float.NaN, float.PositiveInfinity, float.NegativeInfinity]);

        PixelImage read = Pictures.Read(ImageWriter.Write(wild, new ImageWriteOptions { BitDepth = 16 }));

        float half = 32768 / 65535f;
        Assert.Equal([0, half, 1, 0, 1, 0], read.Rgb);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg, 16, 92, "16 in PNG and TIFF")]
    [InlineData(ImageFormat.Png, 12, 92, "12 bits")]
    [InlineData(ImageFormat.Gif, 8, 92, "not written")]
    [InlineData(ImageFormat.WebP, 8, 0, "from 1 to 100")]
    public void Write_ImpossibleOptions_SaysWhatIsAllowed(ImageFormat format, int depth, int quality, string expected)
    {
        ImageWriteOptions options = new() { Format = format, BitDepth = depth, Quality = quality };

        ImageException error = Assert.Throws<ImageException>(() => ImageWriter.Write(Pictures.Gradient(4, 4), options));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WiderThanWebPHolds_SaysTheLimit()
    {
        ImageException error = Assert.Throws<ImageException>(
            () => ImageWriter.Write(Pictures.Gradient(16_384, 1), new ImageWriteOptions { Format = ImageFormat.WebP }));

        Assert.Contains("16383", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageFormat.WebP)]
    [InlineData(ImageFormat.Jpeg)]
    public void Thumbnail_LargePicture_FitsTheEdge(ImageFormat format)
    {
        PixelImage image = Pictures.Gradient(300, 200);

        byte[] file = ImageWriter.Thumbnail(image, 90, format);

        Assert.Equal(new ImageHeader(format, 90, 60, HasAlpha: false), ImageReader.Inspect(file, ImageLimits.Default));
        Assert.True(Pictures.MeanDistance(ImageScaler.Resize(image, 90, 60), Pictures.Read(file)) < 0.03);
    }
}
