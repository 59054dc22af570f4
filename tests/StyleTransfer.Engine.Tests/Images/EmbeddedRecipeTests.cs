using NetVips;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Engine.Tests.Images;

public sealed class EmbeddedRecipeTests
{
    public static TheoryData<ImageFormat> Written => [ImageFormat.Png, ImageFormat.Jpeg, ImageFormat.WebP, ImageFormat.Tiff];

    [Theory]
    [MemberData(nameof(Written))]
    public void Find_RecipeWritten_ComesBackByteForByte(ImageFormat format)
    {
        string json = RecipeJson.Write(new Recipe { Seed = 42, Preset = "별 <&> \"quoted\" ]]> \t end", Content = new string('a', 64) });

        byte[] file = ImageWriter.Write(Pictures.Gradient(24, 16), new ImageWriteOptions { Format = format, RecipeJson = json });

        Assert.Equal(json, EmbeddedRecipe.Find(file));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Find_LongRecipe_ComesBackPacked(ImageFormat format)
    {
        string json = $"{{\"changes\":[{string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"{{\"iteration\":{i}}}"))}]}}";

        byte[] file = ImageWriter.Write(Pictures.Gradient(24, 16), new ImageWriteOptions { Format = format, RecipeJson = json });

        Assert.Equal(json, EmbeddedRecipe.Find(file));
    }

    [Fact]
    public void Write_RecipeThatJpegCannotHold_SaysSo()
    {
        byte[] noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        ImageWriteOptions options = new() { Format = ImageFormat.Jpeg, RecipeJson = Convert.ToBase64String(noise) };

        ImageException error = Assert.Throws<ImageException>(() => ImageWriter.Write(Pictures.Gradient(24, 16), options));

        Assert.Contains("PNG, WebP or TIFF", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Find_PictureWithoutRecipe_IsNull(ImageFormat format) =>
        Assert.Null(EmbeddedRecipe.Find(ImageWriter.Write(Pictures.Gradient(24, 16), new ImageWriteOptions { Format = format })));

    [Theory]
    [InlineData("not xml at all")]
    [InlineData("<x:xmpmeta xmlns:x='adobe:ns:meta/'><unclosed>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")]
    [InlineData("<a xmlns:r='urn:style-transfer-studio:recipe:1'><r:deflated>!!!</r:deflated></a>")]
    [InlineData("<a xmlns:r='urn:style-transfer-studio:recipe:1'><r:deflated>AAAA</r:deflated></a>")]
    public void Find_ForeignOrBrokenMetadata_IsNull(string packet)
    {
        using Image plain = Pictures.Vips(Pictures.Gradient(24, 16));
        using Image tagged = plain.Mutate(header => header.Set(GValue.BlobType, "xmp-data", System.Text.Encoding.UTF8.GetBytes(packet)));

        Assert.Null(EmbeddedRecipe.Find(tagged.PngsaveBuffer()));
    }

    [Fact]
    public void Find_NotAPicture_IsRefused() => Assert.Throws<ImageException>(() => EmbeddedRecipe.Find("nothing"u8));
}
