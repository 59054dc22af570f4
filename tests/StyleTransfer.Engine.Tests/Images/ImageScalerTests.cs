using CsCheck;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine.Tests.Images;

public sealed class ImageScalerTests
{
    private static readonly Gen<(int, int, int, int)> Sizes =
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 50], Gen.Int[1, 90], Gen.Int[1, 90]);

    [Fact]
    public void Resize_FlatPicture_StaysFlatAtAnySize() => Sizes.Sample(
        (width, height, toWidth, toHeight) =>
        {
            PixelImage flat = new(width, height, [.. Enumerable.Repeat(new[] { 0.25f, 0.5f, 0.75f }, width * height).SelectMany(c => c)]);

            PixelImage resized = ImageScaler.Resize(flat, toWidth, toHeight);

            Assert.Equal(toWidth * toHeight * 3, resized.Rgb.Length);
            for (int i = 0; i < resized.Rgb.Length; i++)
            {
                Assert.Equal(0.25 * (i % 3 + 1), resized.Rgb[i], 1e-5);
            }
        },
        iter: 100);

    [Fact]
    public void Resize_Mirrored_IsTheMirrorOfResized() => Sizes.Sample(
        (width, height, toWidth, toHeight) =>
        {
            PixelImage image = Pictures.Gradient(width, height, hasAlpha: true);

            PixelImage one = ImageScaler.Resize(Mirror(image), toWidth, toHeight);
            PixelImage other = Mirror(ImageScaler.Resize(image, toWidth, toHeight));

            Assert.True(Pictures.Distance(one, other) < 1e-5);
        },
        iter: 100);

    [Fact]
    public void Resize_Shrunk_KeepsTheMean()
    {
        PixelImage image = Pictures.Gradient(300, 200);

        PixelImage small = ImageScaler.Resize(image, 60, 40);

        Assert.Equal(image.Rgb.Average(), small.Rgb.Average(), 1e-3);
        Assert.True(Pictures.Distance(Pictures.Gradient(60, 40), small) < 0.01);
    }

    [Fact]
    public void Resize_FineStripesShrunk_LeaveNoMoire()
    {
        const int Size = 240;
        float[] rgb = new float[Size * Size * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = i / 3 % Size % 2;
        }

        PixelImage small = ImageScaler.Resize(new PixelImage(Size, Size, rgb), 37, 37);

        Assert.All(small.Rgb, value => Assert.Equal(0.5, value, 0.06));
    }

    [Fact]
    public void Resize_ColourUnderFullTransparency_DoesNotBleed()
    {
        // Left half opaque red, right half transparent green.
        const int Size = 32;
        float[] rgb = new float[Size * Size * 3];
        float[] alpha = new float[Size * Size];
        for (int i = 0; i < alpha.Length; i++)
        {
            bool isLeft = i % Size < Size / 2;
            rgb[3 * i + (isLeft ? 0 : 1)] = 1;
            alpha[i] = isLeft ? 1 : 0;
        }

        PixelImage small = ImageScaler.Resize(new PixelImage(Size, Size, rgb, alpha), 9, 9);

        Assert.All(Enumerable.Range(0, 81), i => Assert.Equal(0, small.Rgb[3 * i + 1], 1e-4));
        Assert.Contains(small.Alpha!, value => value is > 0.1f and < 0.9f);
    }

    [Fact]
    public void Resize_SameSize_IsTheSamePicture()
    {
        PixelImage image = Pictures.Gradient(7, 5);

        Assert.Same(image, ImageScaler.Resize(image, 7, 5));
    }

    [Fact]
    public void Resize_NoSize_IsRefused() =>
        Assert.Throws<ImageException>(() => ImageScaler.Resize(Pictures.Gradient(7, 5), 0, 5));

    [Theory]
    [InlineData(ImageFormat.Png, false)]
    [InlineData(ImageFormat.Png, true)]
    [InlineData(ImageFormat.Jpeg, false)]
    [InlineData(ImageFormat.WebP, false)]
    public void ReadShrunk_AnyFormat_IsAsReadThenResized(ImageFormat format, bool hasAlpha)
    {
        byte[] file = Pictures.Encode(Pictures.Gradient(900, 601, hasAlpha), format);

        PixelImage shrunk = Pictures.Read(file, maxEdge: 64);

        PixelImage expected = ImageScaler.Resize(Pictures.Read(file), 64, 43);
        Assert.Equal((64, 43), (shrunk.Width, shrunk.Height));
        Assert.True(Pictures.MeanDistance(expected, shrunk) < 0.01, $"{Pictures.MeanDistance(expected, shrunk)}");
    }

    [Fact]
    public void ReadShrunk_SmallerThanTheEdge_IsNotEnlarged()
    {
        byte[] file = Pictures.Encode(Pictures.Gradient(20, 10), ImageFormat.Png);

        Assert.Equal(20, Pictures.Read(file, maxEdge: 64).Width);
    }

    private static PixelImage Mirror(PixelImage image)
    {
        float[] rgb = new float[image.Rgb.Length];
        float[] alpha = new float[image.Alpha!.Length];
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                int from = y * image.Width + x;
                int to = y * image.Width + image.Width - 1 - x;
                alpha[to] = image.Alpha[from];
                image.Rgb.AsSpan(3 * from, 3).CopyTo(rgb.AsSpan(3 * to));
            }
        }

        return image with { Rgb = rgb, Alpha = alpha };
    }
}
