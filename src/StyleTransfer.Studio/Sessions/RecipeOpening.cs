using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Images;

namespace StyleTransfer.Studio.Sessions;

/// <summary>What part of a recipe a picture plays.</summary>
public enum InputRole { Content, Style, Initialization, ContentMask, StyleMask }

/// <summary>A picture that a recipe names and this studio does not have.</summary>
/// <param name="Index">Of the style or the region, from 0.</param>
public sealed record MissingInput(InputRole Role, int Index, string Image);

/// <summary>A recipe that came with a picture or as a file, as the visitor may change and start it.</summary>
/// <param name="Missing">Empty where everything is at hand.</param>
public sealed record OpenedRecipe(Recipe Recipe, IReadOnlyList<MissingInput> Missing);

/// <summary>Pictures that this program made carry their recipe; this takes it out again, and reads recipe files that were imported.</summary>
public sealed class RecipeOpening(StudioStorage storage, ImageLibrary images)
{
    // A recipe without its pictures has some kilobytes.
    private const int LargestFile = 1 << 20;

    public async Task<bool> HasRecipeAsync(string image, CancellationToken cancellationToken) =>
        await FindAsync(image, cancellationToken) is not null;

    /// <summary>The recipe inside a stored picture, or an imported one by itself; null where there is none.</summary>
    /// <exception cref="RecipeException">There is one, of a version that this program does not read.</exception>
    public async Task<OpenedRecipe?> OpenAsync(string image, CancellationToken cancellationToken)
    {
        if (await FindAsync(image, cancellationToken) is not { } json)
        {
            return null;
        }

        Recipe recipe = RecipeJson.Read(json);
        List<MissingInput> missing = [];
        foreach (MissingInput input in InputsOf(recipe))
        {
            if (await images.FindAsync(ColorRegions.PictureOf(input.Image), cancellationToken) is null)
            {
                missing.Add(input);
            }
        }

        return new OpenedRecipe(recipe, missing);
    }

    private static IEnumerable<MissingInput> InputsOf(Recipe recipe)
    {
        if (recipe.Content is { } content)
        {
            yield return new MissingInput(InputRole.Content, 0, content);
        }

        for (int i = 0; i < recipe.Styles.Length; i++)
        {
            yield return new MissingInput(InputRole.Style, i, recipe.Styles[i].Image);
        }

        if (recipe.Initialization.Image is { } first)
        {
            yield return new MissingInput(InputRole.Initialization, 0, first);
        }

        for (int i = 0; i < recipe.Regions.Length; i++)
        {
            yield return new MissingInput(InputRole.ContentMask, i, recipe.Regions[i].ContentMask);
            if (recipe.Regions[i].StyleMask is { } mask)
            {
                yield return new MissingInput(InputRole.StyleMask, i, mask);
            }
        }
    }

    private string? RecipeFile(string id) =>
        new FileInfo(storage.Store.PathOf(id)).Length <= LargestFile && storage.Store.Read(id) is [(byte)'{', ..] json ? System.Text.Encoding.UTF8.GetString(json) : null;

    private async Task<string?> FindAsync(string image, CancellationToken cancellationToken)
    {
        if (!storage.Store.Contains(image))
        {
            return null;
        }

        bool isPicture = await images.FindAsync(image, cancellationToken) is not null;
        try
        {
            return await Task.Run(() => isPicture ? EmbeddedRecipe.Find(storage.Store.Read(image)) : RecipeFile(image), cancellationToken);
        }
        catch (ImageException)
        {
            return null;
        }
    }
}
