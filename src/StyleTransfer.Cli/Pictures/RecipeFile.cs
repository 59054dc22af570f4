using System.Text.Json;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Cli.Pictures;

/// <summary>A recipe from wherever one may be: its own JSON, a trace, or a picture that this program made.</summary>
internal static class RecipeFile
{
    /// <exception cref="RecipeException">No such file, or no recipe in it.</exception>
    public static Recipe Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new RecipeException($"There is no file '{path}'. Give a recipe's JSON, a trace, or a picture that this program made.");
        }

        byte[] file = File.ReadAllBytes(path);
        bool isJson = file.AsSpan().TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..];
        string? json = isJson ? RecipeOf(file) : EmbeddedRecipe.Find(file);
        return json is null
            ? throw new RecipeException($"'{path}' holds no recipe. Give a recipe's JSON, a trace, or a picture that this program made and nothing else has saved since.")
            : RecipeJson.Read(json);
    }

    // A trace has the recipe as a member.
    private static string RecipeOf(byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("recipe", out JsonElement recipe) ? recipe.GetRawText() : document.RootElement.GetRawText();
        }
        catch (JsonException e)
        {
            throw new RecipeException($"The recipe is not valid JSON: {e.Message}", e);
        }
    }
}
