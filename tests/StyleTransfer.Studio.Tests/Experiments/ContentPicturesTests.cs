using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Experiments;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Styles;
using StyleTransfer.Studio.Tests.Sharing;

namespace StyleTransfer.Studio.Tests.Experiments;

public sealed class ContentPicturesTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_AfterSessions_OffersWhatTheyHadOnce()
    {
        Session first = await Finished.AddAsync(studio, seed: 70, title: "My garden");
        await Finished.AddAsync(studio, seed: 70, title: "My garden");
        Session gone = await Finished.AddAsync(studio, seed: 71, title: "Deleted");
        await studio.Services.GetRequiredService<SessionSelection>().DeleteAsync([gone.Id], Token);

        IReadOnlyList<StyleCard> pictures = await studio.Services.GetRequiredService<ContentPictures>().ListAsync(Token);

        StyleCard picture = Assert.Single(pictures, card => card.ImageId == first.ContentImageId);
        Assert.Equal(("My garden", 64, 48), (picture.Title, picture.Width, picture.Height));
        Assert.DoesNotContain(pictures, card => card.ImageId == gone.ContentImageId);
    }

    [Fact]
    public async Task List_AfterUploads_OffersThemBeforeASessionDid()
    {
        string garden = await UploadAsync("/api/v1/images", 72, "My garden.jpg");
        string mask = await UploadAsync("/api/v1/images?mask=true", 73, "mask-1.png");
        string style = await UploadAsync("/api/v1/images", 74, "Waves.png");
        await studio.Services.GetRequiredService<StyleGallery>().AddAsync(style, "Waves", Token);
        Session session = await Finished.AddAsync(studio, seed: 75);
        string lake = await UploadAsync("/api/v1/images", 76, "Lake.png");
        await Finished.AddAsync(studio, seed: 76, title: "Used since");

        IReadOnlyList<StyleCard> pictures = await studio.Services.GetRequiredService<ContentPictures>().ListAsync(Token);

        StyleCard picture = Assert.Single(pictures, card => card.ImageId == garden);
        Assert.Equal(("My garden", 64, 48), (picture.Title, picture.Width, picture.Height));
        Assert.Equal("Lake", Assert.Single(pictures, card => card.ImageId == lake).Title);
        Assert.All([mask, style, session.ResultImageId!], other => Assert.DoesNotContain(pictures, card => card.ImageId == other));
    }

    private async Task<string> UploadAsync(string address, int seed, string name)
    {
        using HttpResponseMessage answer = await studio.Client.PostFileAsync(address, Drawn.Picture(64, 48, seed), name);
        return (await StudioClient.ReadAsync(answer)).GetProperty("id").GetString()!;
    }
}
