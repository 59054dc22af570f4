using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Data;

/// <summary>
/// A session's recipe parameters as one flat JSON object, for the search. A row of its own, because a search reads all of them and
/// the recipes beside them are ten times as long. Null until <c>SessionGallery</c> has read the recipe; see <see cref="ParameterTriggers"/>.
/// </summary>
public sealed class SessionParameters
{
    public required Guid SessionId { get; init; }
    public string? Json { get; set; }
}

/// <summary>
/// The database itself notices every new or changed recipe, whoever wrote it and however. Made at each start rather than by a migration:
/// a migration that rebuilds the table would drop them.
/// </summary>
internal static class ParameterTriggers
{
    // What an earlier studio read lacks the parameters that it did not know.
    public static string Statements { get; } =
        $"""
        CREATE TRIGGER IF NOT EXISTS "SessionAdded" AFTER INSERT ON "Sessions" BEGIN
            INSERT OR REPLACE INTO "SessionParameters" ("SessionId", "Json") VALUES (NEW."Id", NULL);
        END;
        CREATE TRIGGER IF NOT EXISTS "SessionRecipeChanged" AFTER UPDATE OF "RecipeJson" ON "Sessions" BEGIN
            UPDATE "SessionParameters" SET "Json" = NULL WHERE "SessionId" = NEW."Id";
        END;
        INSERT OR IGNORE INTO "SessionParameters" ("SessionId", "Json") SELECT "Id", NULL FROM "Sessions";
        UPDATE "SessionParameters" SET "Json" = NULL WHERE (SELECT count(*) FROM json_each("Json")) NOT IN (0, {RecipeParameter.All.Length});
        """;
}
