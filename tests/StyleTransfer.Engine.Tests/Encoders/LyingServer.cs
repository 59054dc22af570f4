using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StyleTransfer.Engine.Tests.Encoders;

/// <summary>A real HTTP server on loopback whose every answer is scripted byte by byte, so that it can also answer wrongly.</summary>
internal sealed class LyingServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Request, Answer, Task> script;
    private readonly ConcurrentBag<Task> running = [];
    private readonly Task accepting;

    public LyingServer(Func<Request, Answer, Task> script)
    {
        this.script = script;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/model.safetensors");

    public ConcurrentQueue<Request> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(running);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
                running.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using NetworkStream stream = client.GetStream();
                using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
                Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
                await reader.ReadLineAsync(stop.Token);
                while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } line)
                {
                    headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                }

                Request request = new(Requests.Count + 1, headers.GetValueOrDefault("Range"), headers.GetValueOrDefault("If-Range"));
                Requests.Enqueue(request);
                await script(request, new Answer(stream, stop.Token));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client hung up, or the test is over.
            }
        }
    }

    /// <param name="Number">From 1.</param>
    public sealed record Request(int Number, string? Range, string? IfRange)
    {
        /// <summary>Where the client wants to go on; 0 for the whole.</summary>
        public int From => Range is null ? 0 : int.Parse(Range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
    }

    /// <summary>What is sent back; the connection ends when the script does.</summary>
    public sealed class Answer(NetworkStream stream, CancellationToken stopped)
    {
        public async Task HeadAsync(int status, params string[] headers) => await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"), stopped);

        public async Task BodyAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes, stopped);

        /// <summary>As a good server: the whole, or the rest where the tag still holds.</summary>
        public async Task HonestAsync(Request request, byte[] file, string tag = "\"v1\"", int? cutAfter = null)
        {
            bool isPart = request.Range is not null && request.IfRange == tag;
            int from = isPart ? request.From : 0;
            await (isPart
                ? HeadAsync(206, $"Content-Length: {file.Length - from}", $"Content-Range: bytes {from}-{file.Length - 1}/{file.Length}", $"ETag: {tag}")
                : HeadAsync(200, $"Content-Length: {file.Length}", $"ETag: {tag}"));
            await BodyAsync(file.AsMemory(from, Math.Min(file.Length - from, cutAfter ?? int.MaxValue)));
        }

        /// <summary>Says nothing until the test ends or the client goes.</summary>
        public async Task StallAsync() => await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, stopped);
    }
}
