using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace StyleTransfer.Studio.Api;

/// <summary>A ZIP file that is sent while it is made. A failure in the middle cuts the connection: whoever downloads sees that it is not whole.</summary>
internal static class ZipAnswer
{
    public static PushStreamHttpResult Of(HttpContext context, string name, Func<Stream, CancellationToken, Task> write)
    {
        // An entry's closing bytes are written synchronously by System.IO.Compression, even by DisposeAsync.
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        return TypedResults.Stream(stream => write(stream, context.RequestAborted), "application/zip", name);
    }
}
