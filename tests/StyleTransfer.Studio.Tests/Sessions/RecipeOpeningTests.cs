using System.Text;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class RecipeOpeningTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RecipeOpening Opening => studio.Services.GetRequiredService<RecipeOpening>();

    [Fact]
    public async Task Open_PictureOfOurs_GivesItsRecipeAndSaysWhatIsMissing()
    {
        string content = await studio.Client.UploadAsync(Drawn.Picture(40, 30, seed: 21));
        string elsewhere = new('a', 64);
        Recipe recipe = Presets.Named("fast").At(384) with
        {
            Content = content,
            Styles = [new StyleInput { Image = elsewhere }],
            Seed = 99,
        };
        byte[] made = ImageWriter.Write(Drawn.Pixels(40, 30, seed: 22), new ImageWriteOptions { RecipeJson = RecipeJson.Write(recipe) });
        string picture = await studio.Client.UploadAsync(made);

        OpenedRecipe? opened = await Opening.OpenAsync(picture, Token);

        Assert.NotNull(opened);
        Assert.Equal(RecipeJson.Write(recipe), RecipeJson.Write(opened.Recipe));
        Assert.Equal([new MissingInput(InputRole.Style, 0, elsewhere)], opened.Missing);
        Assert.True(await Opening.HasRecipeAsync(picture, Token));
    }

    [Fact]
    public async Task Open_ImportedRecipeFile_GivesItsRecipe()
    {
        Recipe recipe = Presets.Named("fast").At(384) with
        {
            Content = await studio.Client.UploadAsync(Drawn.Picture(40, 30, seed: 24)),
            Styles = [new StyleInput { Image = await studio.Client.UploadAsync(Drawn.Picture(40, 30, seed: 25)) }],
            Seed = 98,
        };
        using HttpResponseMessage answer = await studio.Client.PostFileAsync("/api/v1/recipes/import", Encoding.UTF8.GetBytes(RecipeJson.Write(recipe)), "recipe.json");
        string id = (await StudioClient.ReadAsync(answer)).GetProperty("id").GetString()!;

        OpenedRecipe? opened = await Opening.OpenAsync(id, Token);

        Assert.NotNull(opened);
        Assert.Equal(RecipeJson.Write(recipe), RecipeJson.Write(opened.Recipe));
        Assert.Empty(opened.Missing);
    }

    [Fact]
    public async Task Open_AnyOtherPicture_HasNone()
    {
        string picture = await studio.Client.UploadAsync(Drawn.Picture(40, 30, seed: 23));

        Assert.False(await Opening.HasRecipeAsync(picture, Token));
        Assert.Null(await Opening.OpenAsync(picture, Token));
        Assert.Null(await Opening.OpenAsync(new string('b', 64), Token));
        Assert.Null(await Opening.OpenAsync("../../etc/passwd", Token));
    }
}
