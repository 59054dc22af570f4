using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using StyleTransfer.Core;

namespace StyleTransfer.Studio.Api;

/// <summary>The one mapping from our errors to problem details (RFC 9457).</summary>
internal sealed class ProblemMapping(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        (int status, string detail) = exception switch
        {
            ImageException e => (StatusCodes.Status422UnprocessableEntity, e.Message),
            StoreException e => (StatusCodes.Status404NotFound, e.Message),
            StyleTransferException e => (StatusCodes.Status400BadRequest, e.Message),
            // What the reader of JSON found is more use than which of our parameters it was for.
            BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, $"The body is not the JSON that is expected here: {json.Message} /openapi/v1.json describes it."),
            BadHttpRequestException e => (e.StatusCode, e.Message),
            _ => (StatusCodes.Status500InternalServerError, "Something went wrong inside the studio; its log says what. Nothing was stored."),
        };
        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = status, Detail = detail },
        });
    }
}
