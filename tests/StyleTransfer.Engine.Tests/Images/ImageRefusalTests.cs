using System.Buffers.Binary;
using System.Text;
using CsCheck;
using NetVips;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine.Tests.Images;

public sealed class ImageRefusalTests
{
    public static TheoryData<ImageFormat> Formats => [.. Enum.GetValues<ImageFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_EveryFormat_IsToldByContentAndDecoded(ImageFormat format)
    {
        PixelImage image = Pictures.Gradient(64, 48);
        byte[] file = Pictures.Encode(image, format);

        Assert.Equal(new ImageHeader(format, 64, 48, HasAlpha: false), ImageReader.Inspect(file, ImageLimits.Default));
        Assert.True(Pictures.MeanDistance(image, Pictures.Read(file)) < 0.03);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_CutOffAnywhere_IsRefusedOrWhole(ImageFormat format)
    {
        byte[] file = Pictures.Encode(Pictures.Gradient(160, 120), format);
        PixelImage whole = Pictures.Read(file);

        // Some formats end with bytes that no pixel needs (TIFF with its profile); cutting those off may go unnoticed,
        // a wrong pixel may not.
        int refused = 0;
        const int Cuts = 60;
        for (int cut = 0; cut < Cuts; cut++)
        {
            byte[] part = file[..(file.Length * cut / Cuts)];
            try
            {
                Assert.Equal(0, Pictures.Distance(whole, Pictures.Read(part)));
            }
            catch (ImageException e)
            {
                refused++;
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', e.Message);
            }
        }

        Assert.True(refused >= Cuts * 8 / 10, $"Only {refused} of {Cuts} cuts were refused.");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_BytesOverwrittenAtRandom_NeverFailsOtherThanByRefusing(ImageFormat format)
    {
        byte[] file = Pictures.Encode(Pictures.Gradient(64, 48), format);
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte, Gen.Int[1, 12]).Sample(
            (at, value, run) =>
            {
                byte[] broken = [.. file];
                broken.AsSpan(at, Math.Min(run, broken.Length - at)).Fill(value);
                try
                {
                    PixelImage read = ImageReader.Read(broken, new ImageLimits { MaxPixels = 1_000_000 });
                    Assert.Equal(read.Width * read.Height * 3, read.Rgb.Length);
                    Assert.All(read.Rgb, sample => Assert.InRange(sample, 0, 1));
                }
                catch (ImageException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            },
            iter: 150);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("hello, I am a text", "not a picture")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>", "SVG")]
    [InlineData("<?xml version=\"1.0\"?><!-- x --><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG")]
    [InlineData("%PDF-1.7\n1 0 obj", "PDF")]
    [InlineData("P3 1 1 255 0 0 0", "not a picture")]
    [InlineData("BM000000000000", "BMP")]
    [InlineData("8BPS00000000", "Photoshop")]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "HEIC")]
    [InlineData("\0\0\0\u0018ftypisom\0\0\0\0mp42isom", "video")]
    [InlineData("PK\u0003\u0004 a zip", "not a picture")]
    [InlineData("GIF8", "not a picture")]
    public void Read_NotAPicture_SaysWhatItIsAndWhatIsRead(string content, string expected)
    {
        byte[] file = Encoding.Latin1.GetBytes(content);

        ImageException error = Assert.Throws<ImageException>(() => Pictures.Read(file));
        ImageException inspected = Assert.Throws<ImageException>(() => ImageReader.Inspect(file, ImageLimits.Default));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("PNG, JPEG, WebP, GIF, TIFF and AVIF", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, inspected.Message);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpeg")]
    [InlineData("gif")]
    [InlineData("webp")]
    [InlineData("tiff")]
    public void Read_OnlyASignature_IsRefusedAsDamaged(string format)
    {
        byte[] file = format switch
        {
            "png" => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
            "jpeg" => [0xff, 0xd8, 0xff, 0xe0],
            "gif" => "GIF89a"u8.ToArray(),
            "webp" => "RIFF\0\0\0\0WEBP"u8.ToArray(),
            _ => [0x49, 0x49, 0x2a, 0x00],
        };

        ImageException error = Assert.Throws<ImageException>(() => Pictures.Read(file));

        Assert.Contains("damaged or cut off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MoreBytesThanAllowed_IsRefused()
    {
        byte[] file = Pictures.Encode(Pictures.Gradient(64, 64), ImageFormat.Png);

        ImageException error = Assert.Throws<ImageException>(() => ImageReader.Read(file, new ImageLimits { MaxBytes = file.Length - 1 }));

        Assert.Contains("at most", error.Message, StringComparison.Ordinal);
        Assert.NotNull(ImageReader.Read(file, new ImageLimits { MaxBytes = file.Length }));
    }

    [Fact]
    public void Read_PixelsAtTheLimit_IsReadAndOneMoreIsRefused()
    {
        byte[] file = Pictures.Encode(Pictures.Gradient(64, 50), ImageFormat.Png);

        Assert.Equal(64, ImageReader.Read(file, new ImageLimits { MaxPixels = 3200 }).Width);
        ImageException error = Assert.Throws<ImageException>(() => ImageReader.Read(file, new ImageLimits { MaxPixels = 3199 }));
        Assert.Contains("64 × 50", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DecompressionBomb_IsRefusedFromItsHeader()
    {
        using Image black = Image.Black(20_000, 20_000);
        byte[] file = black.PngsaveBuffer(compression: 9);
        Assert.True(file.Length < 2_000_000);
        long before = GC.GetTotalAllocatedBytes(precise: true);

        ImageException error = Assert.Throws<ImageException>(() => Pictures.Read(file));

        Assert.Contains("400 megapixels", error.Message, StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 20_000_000);
    }

    [Fact]
    public void Read_HeaderThatPromisesTooMuch_IsRefused()
    {
        byte[] file = Pictures.Encode(Pictures.Gradient(8, 8), ImageFormat.Png);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), 2_000_000_000);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), 2_000_000_000);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), Crc32(file.AsSpan(12, 17)));

        Assert.Throws<ImageException>(() => Pictures.Read(file));
    }

    [Theory]
    [InlineData(ImageFormat.Gif)]
    [InlineData(ImageFormat.WebP)]
    public void Read_Animation_IsItsFirstFrameAndCountsAsOne(ImageFormat format)
    {
        PixelImage first = Pictures.Gradient(48, 32);
        using Image frame = Pictures.Vips(first);
        using Image stack = Image.Arrayjoin([frame, frame.Invert(), frame.FlipHor(), frame.FlipVer()], across: 1);
        using Image animation = stack.Mutate(header =>
        {
            header.Set(GValue.GIntType, "page-height", 32);
            header.Set(GValue.ArrayIntType, "delay", new[] { 100, 100, 100, 100 });
        });
        byte[] file = format == ImageFormat.Gif ? animation.GifsaveBuffer() : animation.WebpsaveBuffer(lossless: true);
        using Image all = Image.NewFromBuffer(file, "[n=-1]");
        Assert.Equal(128, all.Height);

        PixelImage read = ImageReader.Read(file, new ImageLimits { MaxPixels = 48 * 32 });

        Assert.Equal((48, 32), (read.Width, read.Height));
        Assert.True(Pictures.MeanDistance(first, read) < 0.03);
    }

    [Fact]
    public void Read_ZeroEdge_IsRefused()
    {
        byte[] file = Pictures.Encode(Pictures.Gradient(8, 8), ImageFormat.Png);

        Assert.Throws<ImageException>(() => Pictures.Read(file, maxEdge: 0));
    }

    // PNG specification, annex D.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xedb88320;
            }
        }

        return ~crc;
    }
}
