using System.Collections.Concurrent;
using System.Security.Cryptography;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Engine.Tests.Encoders;

public sealed class EncoderInstallerTests : IDisposable
{
    // True keys and shapes of all convolutions; made once, since it has 80 MB.
    private static readonly Lazy<byte[]> Published = new(() => WeightsFiles.Write(WeightsFiles.Vgg19(hasClassifier: true)));

    // What never gets as far as being reduced may be anything.
    private static readonly byte[] Small = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 >> 3))];

    private static readonly TimeSpan Impatient = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("styletransfer-install-");
    private readonly HttpClient client = EncoderInstaller.CreateClient();
    private readonly Recorder progress = new();

    private string Installed => Path.Combine(folder.FullName, "vgg19.safetensors");

    public void Dispose()
    {
        client.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Download_HonestServer_InstallsTheConvolutionsOnly()
    {
        await using LyingServer server = new((request, answer) => answer.HonestAsync(request, Published.Value));

        EncoderInfo info = await Install(Published.Value, server);

        Assert.Equal(("vgg19", true, EncoderKind.Vgg19, 16), (info.Name, info.Installed, info.Kind!.Value, info.Layers.Length));
        SafetensorsFile original = SafetensorsFile.Read(Published.Value);
        SafetensorsFile reduced = SafetensorsFile.Read(info.Read());
        Assert.Equal(32, reduced.Entries.Length);
        Assert.All(reduced.Entries, entry => Assert.True(reduced.Bytes(entry.Name).SequenceEqual(original.Bytes(entry.Name))));
        Assert.Equal(Hash(Published.Value), reduced.Metadata["original_sha256"]);
        Assert.Equal([Installed], Directory.GetFiles(folder.FullName));
        Assert.Equal(InstallStage.Done, progress.Reports.Last().Stage);
        Assert.Contains(progress.Reports, report => report.Stage == InstallStage.Downloading && report.Bytes == report.Total && report.Total == Published.Value.Length);
    }

    [Fact]
    public async Task Download_ConnectionDroppedTwice_ContinuesByRange()
    {
        await using LyingServer server = new((request, answer) =>
            answer.HonestAsync(request, Published.Value, cutAfter: request.Number < 3 ? 1_000_000 : null));

        EncoderInfo info = await Install(Published.Value, server);

        Assert.True(info.Installed);
        int[] starts = [.. server.Requests.Select(request => request.From)];
        Assert.Equal(3, starts.Length);
        Assert.True(starts is [0, > 0, > 0] && starts[2] > starts[1], string.Join(", ", starts));
        Assert.Equal(["\"v1\"", "\"v1\""], server.Requests.Skip(1).Select(request => request.IfRange!));
    }

    [Fact]
    public async Task Download_CancelledAndStartedAgain_ContinuesWhereItWas()
    {
        using CancellationTokenSource cancel = new();
        await using (LyingServer slow = new(async (request, answer) =>
        {
            await answer.HonestAsync(request, Published.Value, cutAfter: 2_000_000);
            await answer.StallAsync();
        }))
        {
            progress.OnReport = report =>
            {
                if (report.Bytes > 500_000)
                {
                    cancel.Cancel();
                }
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Install(Published.Value, slow, stallTimeout: Impatient, cancellationToken: cancel.Token));
        }

        Assert.True(File.Exists(Installed + ".part"));
        Assert.False(File.Exists(Installed));
        progress.OnReport = null;
        await using LyingServer server = new((request, answer) => answer.HonestAsync(request, Published.Value));
        EncoderInfo info = await Install(Published.Value, server);

        Assert.True(info.Installed);
        Assert.True(server.Requests.Single().From > 500_000);
    }

    [Fact]
    public async Task Download_FileChangedAtTheServerMeanwhile_IsFetchedAnew()
    {
        await using LyingServer server = new((request, answer) =>
            answer.HonestAsync(request, Published.Value, tag: request.Number == 1 ? "\"v1\"" : "\"v2\"", cutAfter: request.Number == 1 ? 1_000_000 : null));

        EncoderInfo info = await Install(Published.Value, server);

        Assert.True(info.Installed);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Download_FirstPartWasDamaged_IsFetchedOnceMoreFromTheBeginning()
    {
        byte[] damaged = [.. Published.Value];
        damaged[500_000] ^= 1;
        await using LyingServer server = new((request, answer) =>
            answer.HonestAsync(request, request.Number == 1 ? damaged : Published.Value, cutAfter: request.Number == 1 ? 1_000_000 : null));
        await Assert.ThrowsAsync<EncoderException>(() => Install(Published.Value, server, attempts: 1));

        EncoderInfo info = await Install(Published.Value, server);

        Assert.True(info.Installed);
        Assert.Equal(0, server.Requests.Last().From);
    }

    [Fact]
    public async Task Download_SecondMirror_IsAskedWhenTheFirstIsWrong()
    {
        await using LyingServer wrong = new((request, answer) => answer.HonestAsync(request, Small));
        await using LyingServer right = new((request, answer) => answer.HonestAsync(request, Published.Value));

        EncoderInfo info = await Install(Published.Value, wrong, mirror: right);

        Assert.True(info.Installed);
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "flipped bit", "SHA-256" },
        { "another file", "SHA-256" },
        { "not found", "answered 404" },
        { "server error", "answered 503" },
        { "no length", "does not say how long" },
        { "too long", "sent more bytes" },
        { "huge", "at most" },
        { "closes at once", "connection" },
        { "silence", "sent nothing for" },
        { "stalls in the middle", "sent nothing for" },
        { "wrong range", "was asked for the bytes from 100000 on" },
        { "range of another length", "was asked for the bytes from 100000 on" },
        { "unasked range", "was asked for the bytes from 0 on" },
        { "range not satisfiable", "no longer has the bytes" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Download_LyingServer_IsRefusedAndLeavesNoEncoder(string lie, string expected)
    {
        await using LyingServer server = new((request, answer) => Lie(lie, request, answer));

        TimeSpan? stallTimeout = lie is "silence" or "stalls in the middle" ? Impatient : null;
        EncoderException error = await Assert.ThrowsAsync<EncoderException>(() => Install(Small, server, stallTimeout: stallTimeout));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("--from FILE", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(File.Exists(Installed));

        // Only bytes that may still be right are kept for the next time.
        bool mayContinue = lie is "stalls in the middle";
        Assert.Equal(mayContinue, Directory.GetFiles(folder.FullName).Length > 0);
    }

    [Fact]
    public async Task Download_ServerWithoutRanges_StartsOverAndSucceeds()
    {
        await using LyingServer server = new(async (request, answer) =>
        {
            await answer.HeadAsync(200, $"Content-Length: {Published.Value.Length}", "ETag: \"v1\"");
            await answer.BodyAsync(Published.Value.AsMemory(0, request.Number == 1 ? 100_000 : Published.Value.Length));
        });

        EncoderInfo info = await Install(Published.Value, server);

        Assert.True(info.Installed);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Download_NoRoom_IsRefusedBeforeAnythingIsAsked()
    {
        await using LyingServer server = new((request, answer) => answer.HonestAsync(request, Small));

        EncoderException error = await Assert.ThrowsAsync<EncoderException>(() => Install(Small, server, freeSpace: 10_000_000));

        Assert.Contains("10 MB left", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
        Assert.Empty(Directory.GetFiles(folder.FullName));
    }

    [Fact]
    public async Task Download_WhileAnotherIsRunning_IsRefused()
    {
        await using FileStream other = new(Installed + ".part", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await using LyingServer server = new((request, answer) => answer.HonestAsync(request, Small));

        EncoderException error = await Assert.ThrowsAsync<EncoderException>(() => Install(Small, server));

        Assert.Contains("another installation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FromFile_PublishedThenReduced_GiveTheSameEncoder()
    {
        string published = Put("published.bytes", Published.Value);
        EncoderInfo first = await Installer(Published.Value, []).FromFileAsync(published, progress, TestContext.Current.CancellationToken);
        string copy = Put("copy.bytes", File.ReadAllBytes(Installed));
        File.Delete(Installed);

        EncoderInfo second = await Installer(Published.Value, []).FromFileAsync(copy, progress, TestContext.Current.CancellationToken);

        Assert.Equal(first.Sha256, second.Sha256);
        Assert.True(second.Installed);

        // A bit of the reduced copy flips on a bad stick.
        byte[] reduced = File.ReadAllBytes(copy);
        reduced[^1000] ^= 4;
        File.Delete(Installed);
        EncoderException error = await Assert.ThrowsAsync<EncoderException>(
            () => Installer(Published.Value, []).FromFileAsync(Put("bad.bytes", reduced), progress, TestContext.Current.CancellationToken));
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Installed));
    }

    [Theory]
    [InlineData("flipped", "has the SHA-256")]
    [InlineData("cut", "truncated or damaged")]
    [InlineData("text", "is not VGG-19")]
    [InlineData("pickle", "pickle")]
    [InlineData("missing", "There is no file")]
    public async Task FromFile_WrongFile_SaysWhatIsWrong(string fault, string expected)
    {
        byte[] file = WeightsFiles.Write(WeightsFiles.Compact());
        byte[] right = [.. file];
        file[^1] ^= 1;
        string path = fault switch
        {
            "flipped" => Put("flipped.safetensors", file),
            "cut" => Put("cut.safetensors", file[..^100]),
            "text" => Put("text.safetensors", "hello, this is a text"u8.ToArray()),
            "pickle" => Put("vgg19.pth", [0x80, 2, (byte)'}']),
            _ => Path.Combine(folder.FullName, "nowhere.safetensors"),
        };

        EncoderException error = await Assert.ThrowsAsync<EncoderException>(
            () => Installer(right, []).FromFileAsync(path, progress, TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Installed));
    }

    [Fact]
    public async Task FromFile_RightHashButAnotherNetwork_IsRefused()
    {
        byte[] compact = WeightsFiles.Write(WeightsFiles.Compact());

        EncoderException error = await Assert.ThrowsAsync<EncoderException>(
            () => Installer(compact, []).FromFileAsync(Put("compact.bytes", compact), progress, TestContext.Current.CancellationToken));

        Assert.Contains("not VGG-19", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Defaults_NameTheRevisionAndTakeMirrorsFromTheSettings()
    {
        Assert.Contains("128d4708565b3a414bcbb9bbad440b2fe37b9f18", InstallOptions.From(new EncoderOptions()).Addresses.Single().AbsolutePath, StringComparison.Ordinal);
        EncoderOptions own = new() { Vgg19Addresses = ["https://mirror.example/a", "http://localhost/b"] };
        Assert.Equal(["mirror.example", "localhost"], InstallOptions.From(own).Addresses.Select(address => address.Host));
        Assert.Throws<EncoderException>(() => InstallOptions.From(own with { Vgg19Addresses = ["file:///etc/passwd"] }));
    }

    private static async Task Lie(string lie, LyingServer.Request request, LyingServer.Answer answer)
    {
        string whole = $"Content-Length: {Small.Length}";
        const string Tag = "ETag: \"v1\"";
        switch (lie)
        {
            case "flipped bit":
                byte[] flipped = [.. Small];
                flipped[1234] ^= 1;
                await answer.HonestAsync(request, flipped);
                break;
            case "another file":
                await answer.HonestAsync(request, Small[..1000]);
                break;
            case "not found":
                await answer.HeadAsync(404, "Content-Length: 0");
                break;
            case "server error":
                await answer.HeadAsync(503, "Content-Length: 0");
                break;
            case "no length":
                await answer.HeadAsync(200, Tag);
                await answer.BodyAsync(Small);
                break;
            case "huge":
                await answer.HeadAsync(200, "Content-Length: 900000000000", Tag);
                break;
            case "closes at once":
                break;
            case "silence":
                await answer.StallAsync();
                break;
            case "stalls in the middle":
                await answer.HonestAsync(request, Small, cutAfter: Math.Max(0, 100_000 - request.From));
                await answer.StallAsync();
                break;
            case "unasked range":
                await answer.HeadAsync(206, "Content-Length: 1000", $"Content-Range: bytes 0-999/{Small.Length}", Tag);
                break;
            default:
                if (request.Range is null)
                {
                    await answer.HeadAsync(200, whole, Tag);
                    await answer.BodyAsync(Small.AsMemory(0, 100_000));
                    break;
                }

                if (lie == "too long")
                {
                    await answer.HeadAsync(206, "Content-Length: 400000", $"Content-Range: bytes {request.From}-{Small.Length - 1}/{Small.Length}", Tag);
                    await answer.BodyAsync(new byte[400_000]);
                    break;
                }

                await (lie switch
                {
                    "wrong range" => answer.HeadAsync(206, "Content-Length: 1000", $"Content-Range: bytes 5-1004/{Small.Length}", Tag),
                    "range of another length" => answer.HeadAsync(206, "Content-Length: 1000", $"Content-Range: bytes {request.From}-{request.From + 999}/7000000", Tag),
                    _ => answer.HeadAsync(416, "Content-Length: 0", $"Content-Range: bytes */{Small.Length}"),
                });
                break;
        }
    }

    private Task<EncoderInfo> Install(
        byte[] expected, LyingServer server, LyingServer? mirror = null, int attempts = 2, long freeSpace = long.MaxValue, TimeSpan? stallTimeout = null, CancellationToken? cancellationToken = null)
    {
        Uri[] addresses = mirror is null ? [server.Address] : [server.Address, mirror.Address];
        return Installer(expected, addresses, attempts, freeSpace, stallTimeout).DownloadAsync(client, progress, cancellationToken ?? TestContext.Current.CancellationToken);
    }

    // An honest server on a busy machine may be slow, so only the tests of silence are impatient.
    private EncoderInstaller Installer(byte[] expected, Uri[] addresses, int attempts = 2, long freeSpace = long.MaxValue, TimeSpan? stallTimeout = null) => new(
        new EncoderCatalog(new EncoderOptions { InstallFolder = folder.FullName }),
        new InstallOptions
        {
            Addresses = [.. addresses.DefaultIfEmpty(new Uri("http://127.0.0.1:9/unused"))],
            Sha256 = Hash(expected),
            Attempts = attempts,
            FirstDelay = TimeSpan.FromMilliseconds(1),
            StallTimeout = stallTimeout ?? TimeSpan.FromMinutes(5),
            FreeSpace = _ => freeSpace,
        });

    private string Put(string name, byte[] file)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, file);
        return path;
    }

    private static string Hash(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    // Progress<T> reports later and on other threads; the tests want to know at once.
    private sealed class Recorder : IProgress<InstallProgress>
    {
        public ConcurrentQueue<InstallProgress> Reports { get; } = [];

        public Action<InstallProgress>? OnReport { get; set; }

        public void Report(InstallProgress value)
        {
            Reports.Enqueue(value);
            OnReport?.Invoke(value);
        }
    }
}
