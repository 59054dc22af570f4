using NetVips;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine.Tests.Images;

public sealed class ImageOrientationTests
{
    public static TheoryData<ImageFormat, int> All()
    {
        TheoryData<ImageFormat, int> data = [];
        foreach (ImageFormat format in new[] { ImageFormat.Png, ImageFormat.Jpeg, ImageFormat.WebP, ImageFormat.Tiff })
        {
            for (int orientation = 1; orientation <= 8; orientation++)
            {
                data.Add(format, orientation);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Read_Orientation_IsApplied(ImageFormat format, int orientation)
    {
        PixelImage upright = Pictures.Gradient(48, 32);
        byte[] file = Save(Stored(upright, orientation), orientation, format);

        PixelImage read = Pictures.Read(file);
        ImageHeader header = ImageReader.Inspect(file, ImageLimits.Default);

        Assert.Equal((48, 32), (read.Width, read.Height));
        Assert.Equal((48, 32), (header.Width, header.Height));
        Assert.True(Pictures.MeanDistance(upright, read) < 0.03);
    }

    [Fact]
    public void Read_TurnedAndShrunk_FitsTheEdgeUpright()
    {
        PixelImage upright = Pictures.Gradient(480, 320);
        byte[] file = Save(Stored(upright, 6), 6, ImageFormat.Jpeg);

        PixelImage read = Pictures.Read(file, maxEdge: 48);

        Assert.Equal((48, 32), (read.Width, read.Height));
        Assert.True(Pictures.MeanDistance(Pictures.Gradient(48, 32), read) < 0.03);
    }

    // EXIF 2.3, tag 0x0112: where the stored first row and first column are in the upright picture.
    private static PixelImage Stored(PixelImage upright, int orientation)
    {
        bool isTurned = orientation >= 5;
        int width = isTurned ? upright.Height : upright.Width;
        int height = isTurned ? upright.Width : upright.Height;
        float[] rgb = new float[upright.Rgb.Length];
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                (int x, int y) = orientation switch
                {
                    1 => (column, row),
                    2 => (upright.Width - 1 - column, row),
                    3 => (upright.Width - 1 - column, upright.Height - 1 - row),
                    4 => (column, upright.Height - 1 - row),
                    5 => (row, column),
                    6 => (upright.Width - 1 - row, column),
                    7 => (upright.Width - 1 - row, upright.Height - 1 - column),
                    _ => (row, upright.Height - 1 - column),
                };
                upright.Rgb.AsSpan(3 * (y * upright.Width + x), 3).CopyTo(rgb.AsSpan(3 * (row * width + column)));
            }
        }

        return new PixelImage(width, height, rgb);
    }

    private static byte[] Save(PixelImage stored, int orientation, ImageFormat format)
    {
        using Image plain = Pictures.Vips(stored);
        using Image tagged = plain.Mutate(header => header.Set(GValue.GIntType, "orientation", orientation));
        return format switch
        {
            ImageFormat.Png => tagged.PngsaveBuffer(),
            ImageFormat.Jpeg => tagged.JpegsaveBuffer(q: 95),
            ImageFormat.WebP => tagged.WebpsaveBuffer(lossless: true),
            _ => tagged.TiffsaveBuffer(),
        };
    }
}
