using Microsoft.AspNetCore.Http.HttpResults;

namespace StyleTransfer.Studio.Api;

/// <summary>What a script hears that deletes something which live links show.</summary>
internal static class SharedAnswer
{
    public const string Summary = "Deletes it; `restore` brings it back. Where a live link shows it, 409 with the links' titles, unless `shared=true`.";

    public static ProblemHttpResult Conflict(IReadOnlyList<string> links) => TypedResults.Problem(
        $"It is shown by {links.Count} live {(links.Count == 1 ? "link" : "links")}: {string.Join(", ", links.Take(10))}. Add ?shared=true to delete it all the same; it goes missing there at once.",
        statusCode: StatusCodes.Status409Conflict,
        extensions: new Dictionary<string, object?> { ["links"] = links });
}
