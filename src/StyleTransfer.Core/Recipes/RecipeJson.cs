using System.Text.Json;
using System.Text.Json.Serialization;

namespace StyleTransfer.Core.Recipes;

/// <summary>The recipe's one text form: camel-case JSON, enumerations by name, unknown members refused.</summary>
public static class RecipeJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static string Write(Recipe recipe) => JsonSerializer.Serialize(recipe, Options);

    /// <exception cref="RecipeException">Not JSON, an unknown member or value, or a version from the future.</exception>
    public static Recipe Read(string json)
    {
        Recipe? recipe;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("version", out JsonElement version)
                && version.TryGetInt32(out int number) && number != Recipe.CurrentVersion)
            {
                throw new RecipeException(
                    $"The recipe has version {number}; this program reads version {Recipe.CurrentVersion}. Update the program, or export the recipe again.");
            }

            recipe = document.Deserialize<Recipe>(Options);
        }
        catch (JsonException e)
        {
            string where = string.IsNullOrEmpty(e.Path) ? "" : $" at {e.Path}";
            throw new RecipeException($"The recipe is not valid{where}: {FirstSentence(e.Message)}", e);
        }

        return recipe ?? throw new RecipeException("The recipe is empty; expected a JSON object as `--trace` or the studio writes it.");
    }

    private static string FirstSentence(string message) => message.Split(" Path:")[0].Split(" LineNumber:")[0];
}
