using System.Net;
using System.Net.Http.Headers;

namespace StyleTransfer.Core.Encoders;

/// <summary>Fetches one address into a partial file, as often as it takes, and believes no server.</summary>
/// <remarks>RFC 9110, sections 13.1.5 (If-Range), 14 (ranges) and 15.3.7 (206).</remarks>
internal sealed class Download(HttpClient client, Uri address, InstallOptions options, IProgress<InstallProgress> progress)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    /// <summary>Returns null once the length that the server named is there; otherwise why this address was given up.</summary>
    public async Task<string?> RunAsync(PartialDownload partial, Action<long> requireSpace, CancellationToken cancellationToken)
    {
        string problem = "";
        int attempt = 0;
        while (attempt < options.Attempts)
        {
            long before = partial.Length;
            try
            {
                await AttemptAsync(partial, requireSpace, cancellationToken);
                if (partial.Length == partial.Total)
                {
                    return null;
                }

                problem = $"{address.Host} ended the connection after {partial.Length} of {partial.Total} bytes.";
            }
            catch (RefusedException e)
            {
                problem = e.Message;
                if (e.IsFinal)
                {
                    return problem;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                problem = $"The connection to {address.Host} failed: {e.Message.TrimEnd('.')}.";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problem = $"{address.Host} sent nothing for {options.StallTimeout.TotalSeconds:0.#} s.";
            }

            attempt = partial.Length > before ? 1 : attempt + 1;
            if (attempt < options.Attempts)
            {
                progress.Report(new InstallProgress(InstallStage.Waiting, partial.Length, partial.Total, null, problem));
                await Task.Delay(Delay(attempt), options.Time, cancellationToken);
            }
        }

        return problem;
    }

    private TimeSpan Delay(int attempt) =>
        TimeSpan.FromMilliseconds(Math.Min(options.FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 1), LongestDelay.TotalMilliseconds));

    private async Task AttemptAsync(PartialDownload partial, Action<long> requireSpace, CancellationToken cancellationToken)
    {
        if (partial.Length > 0 && partial.Length == partial.Total)
        {
            return;
        }

        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using HttpRequestMessage request = new(HttpMethod.Get, address);

        // Compressed on the way, ranges would count other bytes.
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (partial.Length > 0 && partial.EntityTag is { } tag)
        {
            request.Headers.Range = new RangeHeaderValue(partial.Length, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(EntityTagHeaderValue.Parse(tag));
        }

        stall.CancelAfter(options.StallTimeout);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
        Accept(response, partial, request.Headers.Range is not null);
        requireSpace((partial.Total ?? options.ApproximateBytes) - partial.Length + Vgg19Facts.ReducedBytes);
        await using Stream body = await response.Content.ReadAsStreamAsync(stall.Token);
        await CopyAsync(body, partial, stall, cancellationToken);
    }

    private async Task CopyAsync(Stream body, PartialDownload partial, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        partial.File.Position = partial.Length;
        ProgressMeter meter = new(progress, options.Time, InstallStage.Downloading, partial.Length);
        byte[] buffer = new byte[1 << 17];
        while (true)
        {
            stall.CancelAfter(options.StallTimeout);
            int read = await body.ReadAsync(buffer, stall.Token);
            // Only the server is timed: a busy disk here is no silence there.
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
            if (read == 0)
            {
                return;
            }

            if (partial.Length + read > (partial.Total ?? options.MaxBytes))
            {
                partial.Restart(null);
                throw new RefusedException($"{address.Host} sent more bytes than it said.");
            }

            try
            {
                await partial.File.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            catch (IOException e)
            {
                throw new EncoderException($"'{partial.File.Name}' could not be written: {e.Message} Make room or choose another folder with {EncoderOptions.EnvironmentVariable}.", e);
            }

            meter.Report(partial.Length, partial.Total);
        }
    }

    // Brings the partial file to where the response begins, or refuses the response.
    private void Accept(HttpResponseMessage response, PartialDownload partial, bool isContinuation)
    {
        string? tag = response.Headers.ETag is { IsWeak: false } strong ? strong.ToString() : null;
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
            bool isRight = isContinuation && range is { Unit: "bytes", From: { } from, Length: { } length } && from == partial.Length
                && length == (partial.Total ?? length) && (tag is null || tag == partial.EntityTag);
            if (!isRight)
            {
                long wanted = partial.Length;
                partial.Restart(null);
                throw new RefusedException($"{address.Host} was asked for the bytes from {wanted} on and answered with {range?.ToString() ?? "no range"}; what was there is dropped.");
            }

            return;
        }

        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            partial.Restart(null);
            throw new RefusedException($"{address.Host} no longer has the bytes that were begun; they are fetched anew.");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            // The address is wrong or closed; asking again would not help. Anything else may pass.
            bool isFinal = (int)response.StatusCode is >= 400 and < 500 and not (408 or 425 or 429);
            throw new RefusedException($"{address.Host} answered {(int)response.StatusCode} {response.ReasonPhrase}.", isFinal);
        }

        long? total = response.Content.Headers.ContentLength;
        if (total > options.MaxBytes)
        {
            throw new RefusedException($"{address.Host} offers {total} bytes; at most {options.MaxBytes} can be right.", isFinal: true);
        }

        if (total is null)
        {
            throw new RefusedException($"{address.Host} does not say how long the file is.", isFinal: true);
        }

        partial.Restart(tag, total);
    }

    private sealed class RefusedException(string message, bool isFinal = false) : Exception(message)
    {
        public bool IsFinal => isFinal;
    }
}
