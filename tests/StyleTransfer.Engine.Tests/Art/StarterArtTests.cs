using StyleTransfer.Core.Art;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Engine.Tests.Art;

public sealed class StarterArtTests
{
    public static TheoryData<string> Keys => [.. StarterArt.Styles.Concat(StarterArt.Scenes).Select(picture => picture.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Render_EveryPicture_IsWholeAndRichAtSeveralScales(string key)
    {
        StarterPicture picture = Find(key);

        PixelImage image = picture.Render(TestContext.Current.CancellationToken);

        Assert.Equal((picture.Width, picture.Height), (image.Width, image.Height));
        Assert.True(Math.Min(image.Width, image.Height) >= 768);
        Assert.All(image.Rgb.Where((_, i) => i % 97 == 0), value => Assert.InRange(value, 0, 1));

        // A style is what repeats from the hair of a brush to the sweep of the whole; flat or empty pictures teach nothing.
        double least = StarterArt.Styles.Contains(picture) ? 0.01 : 0.004;
        foreach (int edge in new[] { 512, 128, 32 })
        {
            (int width, int height) = ImageScaler.Fit(image.Width, image.Height, edge);
            Assert.True(Contrast(ImageScaler.Resize(image, width, height)) > least, $"{key} is flat at {edge} pixels.");
        }
    }

    [Theory]
    [InlineData("gilded-fans")]
    [InlineData("river-dots")]
    public void Render_Twice_GivesTheSamePixels(string key)
    {
        PixelImage first = Find(key).Render(TestContext.Current.CancellationToken);
        PixelImage second = Find(key).Render(TestContext.Current.CancellationToken);

        Assert.True(first.Rgb.AsSpan().SequenceEqual(second.Rgb));
    }

    [Fact]
    public void Lists_KeysTitlesAndTexts_AreCompleteAndDifferent()
    {
        StarterPicture[] all = [.. StarterArt.Styles, .. StarterArt.Scenes];

        Assert.True(StarterArt.Styles.Length >= 12);
        Assert.True(StarterArt.Scenes.Length >= 3);
        Assert.Equal(all.Length, all.Select(picture => picture.Key).Distinct().Count());
        Assert.Equal(all.Length, all.Select(picture => picture.Title).Distinct().Count());
        Assert.All(all, picture => Assert.False(string.IsNullOrWhiteSpace(picture.Description) || picture.Tags.IsEmpty));
        Assert.All(all, picture => Assert.Equal(("StyleTransfer Studio", "CC0-1.0"), (picture.Artist, picture.Licence)));
    }

    [Fact]
    public async Task Render_Cancelled_StopsEarly()
    {
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();

        Assert.ThrowsAny<OperationCanceledException>(() => Find("wheat-wind").Render(stop.Token));
    }

    private static StarterPicture Find(string key) => StarterArt.Styles.Concat(StarterArt.Scenes).Single(picture => picture.Key == key);

    // Mean difference of neighbouring pixels' brightness.
    private static double Contrast(PixelImage image)
    {
        double sum = 0;
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 1; x < image.Width; x++)
            {
                int at = 3 * (y * image.Width + x);
                sum += Math.Abs(image.Rgb[at + 1] - image.Rgb[at - 2]);
            }
        }

        return sum / (image.Height * (image.Width - 1));
    }
}
