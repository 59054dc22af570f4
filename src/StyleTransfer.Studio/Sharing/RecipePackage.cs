using System.Text.Json;
using System.Text.Json.Serialization;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Sharing;

/// <summary>A recipe that came in. Where <see cref="Missing"/> names pictures, they have to be added before it can run.</summary>
/// <param name="Id">Under which the store keeps it; the form for a new session opens it by this.</param>
public sealed record ImportedRecipe(string Id, Recipe Recipe, string? Title, IReadOnlyList<string> Missing);

/// <summary>
/// A recipe as a file that any studio reopens, with its pictures inside if wished. <see cref="ImportAsync"/> also takes what others
/// write: a bare recipe, the trace of the command line, and a picture that carries its recipe.
/// </summary>
public sealed class RecipePackage(SessionCatalog sessions, ImageLibrary images, SharedAssets assets, PublicRecipes recipes, StudioStorage storage)
{
    public const long MostBytes = 400L * 1024 * 1024;
    private const string Format = "style-transfer-recipe";

    private static readonly JsonSerializerOptions Json = new(RecipeJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>The package of a session; null where there is no such session.</summary>
    public async Task<byte[]?> ExportAsync(Guid session, bool withInputs, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(session, cancellationToken) is not { } found)
        {
            return null;
        }

        Recipe recipe = recipes.Of(RecipeJson.Read(found.RecipeJson));
        List<PackedInput> inputs = [];
        if (withInputs)
        {
            // Without the original file's metadata it is another file, so the recipe has to call it by its new name.
            Dictionary<string, string> renamed = [];
            foreach (string image in SessionCatalog.ImagesOf(recipe).ToList())
            {
                byte[] plain = await assets.PlainAsync(image, cancellationToken);
                renamed[image] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(plain));
                inputs.Add(new PackedInput(renamed[image], "image/png", plain));
            }

            recipe = Renamed(recipe, image => renamed[image]);
        }

        return JsonSerializer.SerializeToUtf8Bytes(new Package(Format, 1, found.Title, recipe, inputs), Json);
    }

    /// <summary>Reads a package, a bare recipe, a trace, or the recipe inside a picture; keeps the pictures that come along.</summary>
    /// <exception cref="StyleTransferException">Neither of them, or damaged.</exception>
    public async Task<ImportedRecipe> ImportAsync(byte[] file, CancellationToken cancellationToken)
    {
        if (file.LongLength > MostBytes)
        {
            throw new RecipeException($"The file has {file.LongLength / 1048576} MB; a recipe with its pictures may have {MostBytes / 1048576}. Leave the pictures out and upload them by themselves.");
        }

        int start = file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        bool isJson = file.Skip(start).SkipWhile(b => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t').FirstOrDefault() == '{';
        Package package = isJson
            ? Read(file.AsSpan(start))
            : new Package(null, 1, null, RecipeJson.Read(EmbeddedRecipe.Find(file) ?? throw new RecipeException(
                "The picture has no recipe inside. Pictures that a studio made and that were not saved anew by another program have one.")), []);
        Recipe recipe = package.Recipe ?? throw new RecipeException("The file has no recipe; a recipe file from a studio, a trace, or a studio's picture has one.");
        RecipeValidation.Check(recipe);
        foreach (PackedInput input in package.Inputs ?? [])
        {
            StoredImage kept = await images.AddAsync(input.Data, cancellationToken);
            if (kept.Id != input.Id)
            {
                throw new RecipeException($"A picture inside the recipe file is not the one that the recipe names ({input.Id[..Math.Min(12, input.Id.Length)]}…); the file is damaged. Export it again.");
            }
        }

        List<string> missing = [];
        foreach (string image in SessionCatalog.ImagesOf(recipe))
        {
            if (await images.FindAsync(image, cancellationToken) is null)
            {
                missing.Add(image);
            }
        }

        string id = storage.Store.Add(System.Text.Encoding.UTF8.GetBytes(RecipeJson.Write(recipe)));
        return new ImportedRecipe(id, recipe, package.Title, missing);
    }

    private static Package Read(ReadOnlySpan<byte> json)
    {
        string text = System.Text.Encoding.UTF8.GetString(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (!document.RootElement.TryGetProperty("recipe", out JsonElement inner))
            {
                return new Package(null, 1, null, RecipeJson.Read(text), []);
            }

            // The recipe's own reader names what is wrong in it.
            Recipe recipe = RecipeJson.Read(inner.GetRawText());
            bool isOurs = document.RootElement.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String && format.GetString() == Format;
            return isOurs ? document.Deserialize<Package>(Json)! : new Package(null, 1, null, recipe, []);
        }
        catch (JsonException e)
        {
            throw new RecipeException("The recipe file is damaged or cut off; copy it again, or export it again.", e);
        }
    }

    private static Recipe Renamed(Recipe recipe, Func<string, string> name)
    {
        string? Maybe(string? image) => image is null ? null : name(ColorRegions.PictureOf(image)) + image[ColorRegions.PictureOf(image).Length..];
        return recipe with
        {
            Content = Maybe(recipe.Content),
            Styles = [.. recipe.Styles.Select(style => style with { Image = name(style.Image) })],
            Regions = [.. recipe.Regions.Select(region => region with { ContentMask = Maybe(region.ContentMask)!, StyleMask = Maybe(region.StyleMask) })],
            Initialization = recipe.Initialization with { Image = Maybe(recipe.Initialization.Image) },
        };
    }

    private sealed record Package(string? Format, int Version, string? Title, Recipe? Recipe, IReadOnlyList<PackedInput>? Inputs);

    private sealed record PackedInput(string Id, string MediaType, byte[] Data);
}
