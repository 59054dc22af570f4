using NetVips;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine.Tests.Images;

public sealed class ImageColourTests
{
    [Fact]
    public void Read_WideGamutSixteenBits_IsConvertedToSrgbWithItsPrecision()
    {
        PixelImage image = Pictures.Gradient(64, 48);
        byte[] deep = ImageWriter.Write(image, new ImageWriteOptions { BitDepth = 16 });
        using Image srgb = Image.PngloadBuffer(deep);
        using Image wide = srgb.IccTransform("p3", embedded: true, depth: 16);
        byte[] file = wide.PngsaveBuffer();

        PixelImage read = Pictures.Read(file);

        // The profiles' curves are tables, coarse only where one channel is nearly black.
        Assert.True(Pictures.MeanDistance(image, read) < 0.002, $"{Pictures.MeanDistance(image, read)}");
        Assert.True(Pictures.Distance(image, read) < 0.03, $"{Pictures.Distance(image, read)}");
        Assert.True(read.Rgb.Distinct().Count() > 2000, "The samples fell back to 8 bits.");
    }

    [Fact]
    public void Read_WideGamutEightBits_DiffersFromTheBareNumbers()
    {
        PixelImage image = Pictures.Gradient(64, 48);
        using Image srgb = Pictures.Vips(image);
        using Image wide = srgb.IccTransform("p3", inputProfile: "srgb", depth: 8);

        PixelImage read = Pictures.Read(wide.JpegsaveBuffer(q: 100, subsampleMode: Enums.ForeignSubsample.Off));
        PixelImage bare = Pictures.Read(wide.JpegsaveBuffer(q: 100, subsampleMode: Enums.ForeignSubsample.Off, keep: Enums.ForeignKeep.None));

        Assert.True(Pictures.MeanDistance(image, read) < 0.005, $"{Pictures.MeanDistance(image, read)}");
        Assert.True(Pictures.MeanDistance(image, bare) > 0.01);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Read_Cmyk_ComesBackAsTheSameColours(bool isJpeg, bool hasProfile)
    {
        PixelImage image = Pictures.Gradient(64, 48);
        using Image srgb = Pictures.Vips(image);
        using Image cmyk = srgb.IccTransform("cmyk", inputProfile: "srgb", depth: 8);
        Enums.ForeignKeep keep = hasProfile ? Enums.ForeignKeep.Icc : Enums.ForeignKeep.None;
        byte[] file = isJpeg ? cmyk.JpegsaveBuffer(q: 100, keep: keep) : cmyk.TiffsaveBuffer(keep: keep);

        PixelImage read = Pictures.Read(file);

        // A press cannot print the most saturated corner of the gradient.
        Assert.True(Pictures.MeanDistance(image, read) < 0.06, $"{Pictures.MeanDistance(image, read)}");
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Read_Grey_GivesThreeEqualChannels(int depth)
    {
        ushort most = depth == 8 ? (ushort)255 : (ushort)65535;
        ushort[] ramp = [.. Enumerable.Range(0, 32).Select(i => (ushort)(i * most / 31))];
        using Image raw = Image.NewFromMemory(ramp, 32, 1, 1, Enums.BandFormat.Ushort);
        using Image grey = depth == 8
            ? raw.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Bw)
            : raw.Copy(interpretation: Enums.Interpretation.Grey16);

        foreach (byte[] file in new[] { grey.PngsaveBuffer(), grey.TiffsaveBuffer() })
        {
            PixelImage read = Pictures.Read(file);

            for (int x = 0; x < 32; x++)
            {
                Assert.All(read.Rgb[(3 * x)..(3 * x + 3)], value => Assert.Equal(ramp[x] / (double)most, value, 1e-6));
            }
        }
    }

    [Fact]
    public void Read_GreyWithAlpha_KeepsBoth()
    {
        using Image raw = Image.NewFromMemory(new byte[] { 0, 255, 128, 128, 255, 0 }, 3, 1, 2, Enums.BandFormat.Uchar);
        using Image grey = raw.Copy(interpretation: Enums.Interpretation.Bw);

        PixelImage read = Pictures.Read(grey.PngsaveBuffer());

        Assert.Equal([0, 0, 0, 128 / 255f, 128 / 255f, 128 / 255f, 1, 1, 1], read.Rgb);
        Assert.Equal([1, 128 / 255f, 0], read.Alpha!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Read_Palette_GivesItsColours(int bits)
    {
        using Image raw = Image.NewFromMemory(new byte[] { 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255 }, 4, 1, 3, Enums.BandFormat.Uchar);
        using Image image = raw.Copy(interpretation: Enums.Interpretation.Srgb);

        PixelImage read = Pictures.Read(image.PngsaveBuffer(palette: true, bitdepth: bits));

        Assert.Equal([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1], read.Rgb);
    }

    [Fact]
    public void Read_FloatingPointTiff_IsTakenAsLinearLight()
    {
        using Image raw = Image.NewFromMemory(new[] { 0f, 0.2140411f, 1f }, 1, 1, 3, Enums.BandFormat.Float);
        using Image linear = raw.Copy(interpretation: Enums.Interpretation.Scrgb);

        PixelImage read = Pictures.Read(linear.TiffsaveBuffer());

        Assert.Equal(0, read.Rgb[0], 1e-3);
        Assert.Equal(0.5, read.Rgb[1], 1e-2);
        Assert.Equal(1, read.Rgb[2], 1e-3);
    }

    [Theory]
    [InlineData(ImageFormat.Png, 16)]
    [InlineData(ImageFormat.Png, 8)]
    [InlineData(ImageFormat.Jpeg, 8)]
    [InlineData(ImageFormat.WebP, 8)]
    [InlineData(ImageFormat.Tiff, 16)]
    public void Write_AnyFormat_CarriesAnSrgbProfileAndNothingElse(ImageFormat format, int depth)
    {
        byte[] file = ImageWriter.Write(Pictures.Gradient(32, 32), new ImageWriteOptions { Format = format, BitDepth = depth });

        using Image image = Image.NewFromBuffer(file);
        string[] fields = image.GetFields();

        Assert.Contains("icc-profile-data", fields);
        Assert.DoesNotContain(fields, field => field.StartsWith("exif", StringComparison.Ordinal) || field.StartsWith("iptc", StringComparison.Ordinal));
        Assert.DoesNotContain("xmp-data", fields);
    }

    [Fact]
    public void ReadThenWrite_PictureWithPlaceAndName_DropsBoth()
    {
        using Image plain = Pictures.Vips(Pictures.Gradient(32, 32));
        using Image telling = plain.Mutate(header =>
        {
            header.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "37/1 33/1 0/1");
            header.Set(GValue.GStrType, "exif-ifd0-Artist", "Jane Doe");
        });
        byte[] photo = telling.JpegsaveBuffer();
        Assert.True(photo.AsSpan().IndexOf("Jane Doe"u8) >= 0);

        byte[] written = ImageWriter.Write(Pictures.Read(photo), new ImageWriteOptions { Format = ImageFormat.Jpeg });

        Assert.True(written.AsSpan().IndexOf("Jane Doe"u8) < 0);
        Assert.True(written.AsSpan().IndexOf("Exif"u8) < 0);
    }
}
