using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Tests.Sharing;

namespace StyleTransfer.Studio.Tests.Images;

public sealed class OlderCopiesTests
{
    [Fact]
    public async Task Make_LargeResultWithoutCopies_HasThemAndASmallOneIsLeftAlone()
    {
        await using StudioApp studio = await StudioApp.StartAsync();
        Thumbnails thumbnails = studio.Services.GetRequiredService<Thumbnails>();
        Session large = await Finished.AddAsync(studio, seed: 95, edge: Thumbnails.Large + 40);
        Session small = await Finished.AddAsync(studio, seed: 96);
        Assert.False(thumbnails.ArePrepared(large.ResultImageId!));
        using OlderCopies copies = new(studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>(), thumbnails, TimeProvider.System);

        await copies.MakeAsync(TestContext.Current.CancellationToken);

        Assert.True(thumbnails.ArePrepared(large.ResultImageId!));
        Assert.False(thumbnails.ArePrepared(small.ResultImageId!));
    }
}
