using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Api;

internal static class SessionExportApi
{
    public static void MapSessionExport(this IEndpointRouteBuilder api) =>
        // A form, because a selection may be longer than an address; the origin was checked at the gate.
        api.MapPost("/sessions/export", ExportAsync).DisableAntiforgery().WithTags("Sessions")
            .WithSummary("A ZIP file of sessions: pictures, recipes and inputs (form, field `ids`, with commas).");

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> ExportAsync(HttpRequest request, SessionArchive archive, TimeProvider time, CancellationToken cancellationToken)
    {
        IFormCollection form = await request.ReadFormAsync(cancellationToken);
        List<Guid> ids = [];
        foreach (string text in form["ids"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Guid.TryParse(text, out Guid id))
            {
                return TypedResults.Problem($"'{text}' is not a session's id; give ids as /api/v1/sessions lists them, with commas.", statusCode: StatusCodes.Status400BadRequest);
            }

            ids.Add(id);
        }

        if (ids.Count == 0)
        {
            return TypedResults.Problem("The form names no session; give their ids in the field ids, with commas.", statusCode: StatusCodes.Status400BadRequest);
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"sessions-{time.GetUtcNow():yyyy-MM-dd}.zip");
        return ZipAnswer.Of(request.HttpContext, name, (stream, aborted) => archive.WriteAsync(stream, ids, aborted));
    }
}
