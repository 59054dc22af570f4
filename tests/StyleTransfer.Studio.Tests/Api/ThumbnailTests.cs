using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Images;

namespace StyleTransfer.Studio.Tests.Api;

/// <summary>Smaller copies, and which are made before anybody asks.</summary>
public sealed class ThumbnailTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Thumbnails Thumbnails => studio.Services.GetRequiredService<Thumbnails>();

    [Fact]
    public async Task Prepare_LargePicture_MakesEveryCopy()
    {
        string image = await AddAsync(1400, seed: 61);

        await Thumbnails.PrepareAsync(image);

        Assert.Equal([320, 640, 1280], Copies(image));
        ImageHeader header = ImageReader.Inspect(await File.ReadAllBytesAsync(PathOf(image, 640), Token), new ImageLimits());
        Assert.Equal((640, 480), (header.Width, header.Height));
    }

    [Fact]
    public async Task Prepare_SmallOrUnknownPicture_MakesNothing()
    {
        string image = await AddAsync(200, seed: 62);

        await Thumbnails.PrepareAsync(image);
        await Thumbnails.PrepareAsync(new string('0', 64));

        Assert.Empty(Copies(image));
    }

    [Fact]
    public async Task Path_GallerysCopyOfALargePicture_MakesTheNextOneAlong()
    {
        string image = await AddAsync(1400, seed: 63);

        await Thumbnails.PathAsync(image, 320, Token);

        Assert.Equal([320, 640], Copies(image));
    }

    private async Task<string> AddAsync(int edge, int seed)
    {
        StoredImage image = await studio.Services.GetRequiredService<ImageLibrary>().AddAsync(Drawn.Picture(edge, edge * 3 / 4, seed), Token);
        return image.Id;
    }

    private IEnumerable<int> Copies(string image) => Thumbnails.Edges.Where(edge => File.Exists(PathOf(image, edge)));

    private string PathOf(string image, int edge) => Path.Combine(studio.DataRoot, "thumbnails", image[..2], $"{image}-{edge}.webp");
}
