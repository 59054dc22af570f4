using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Engine.Tests.Encoders;
using StyleTransfer.Studio.Encoders;

namespace StyleTransfer.Studio.Tests.Encoders;

/// <summary>The studio's installation against a real HTTP server that may lie; no libtorch is loaded here.</summary>
public sealed class EncoderInstallationTests : IDisposable
{
    private static readonly Lazy<byte[]> Published = new(() => WeightsFiles.Write(WeightsFiles.Vgg19(hasClassifier: true)));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("studio-install-");
    private readonly HttpClient client = EncoderInstaller.CreateClient();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EncoderCatalog Catalog => new(new EncoderOptions { InstallFolder = folder.FullName });

    public void Dispose()
    {
        client.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task TryStart_HonestServer_InstallsAndTellsHowFarItIs()
    {
        await using LyingServer server = new((request, answer) => answer.HonestAsync(request, Published.Value));
        await using EncoderInstallation installation = Create(server);
        ConcurrentQueue<InstallStatus> seen = Follow(installation);

        Assert.True(installation.TryStart());
        await EndAsync(installation);

        Assert.Equal(InstallState.Installed, installation.Status.State);
        Assert.Contains(seen, status => status.Progress is { Stage: InstallStage.Downloading } progress && progress.Bytes == progress.Total);
        EncoderInfo installed = Catalog.Resolve(EncoderCatalog.Auto);
        Assert.Equal((EncoderCatalog.Vgg19, 16), (installed.Name, installed.Layers.Length));
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == "TorchSharp");
    }

    [Fact]
    public async Task Cancel_InTheMiddle_KeepsWhatCameAndTryingAgainGoesOn()
    {
        bool isStalling = true;
        await using LyingServer server = new(async (request, answer) =>
        {
            await answer.HonestAsync(request, Published.Value, cutAfter: isStalling ? 3_000_000 : null);
            if (isStalling)
            {
                await answer.StallAsync();
            }
        });
        await using EncoderInstallation installation = Create(server);
        TaskCompletionSource hasBytes = new(TaskCreationOptions.RunContinuationsAsynchronously);
        installation.Changed += () =>
        {
            if (installation.Status.Progress is { Bytes: > 0 })
            {
                hasBytes.TrySetResult();
            }
        };

        Assert.True(installation.TryStart());
        await hasBytes.Task.WaitAsync(Token);
        Assert.False(installation.TryStart());
        installation.Cancel();
        await EndAsync(installation);
        Assert.Equal(InstallState.Cancelled, installation.Status.State);
        Assert.False(Catalog.List().Single(entry => entry.Name == EncoderCatalog.Vgg19).Installed);

        isStalling = false;
        Assert.True(installation.TryStart());
        await EndAsync(installation);

        Assert.Equal(InstallState.Installed, installation.Status.State);
        Assert.True(server.Requests.Last().From > 0);
    }

    [Fact]
    public async Task TryStart_FlippedBit_FailsInWordsLeavesNothingAndCanBeTriedAgain()
    {
        byte[] flipped = [.. Published.Value];
        flipped[1_000_000] ^= 1;
        bool isLying = true;
        await using LyingServer server = new((request, answer) => answer.HonestAsync(request, isLying ? flipped : Published.Value));
        await using EncoderInstallation installation = Create(server);

        installation.TryStart();
        await EndAsync(installation);
        Assert.Equal(InstallState.Failed, installation.Status.State);
        Assert.Contains("SHA-256", installation.Status.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.FullName));

        isLying = false;
        installation.TryStart();
        await EndAsync(installation);
        Assert.Equal(InstallState.Installed, installation.Status.State);
    }

    [Fact]
    public async Task ReceiveAsync_FileFromABrowser_IsInstalledOrRefused()
    {
        await using LyingServer server = new((request, answer) => answer.HeadAsync(404, "Content-Length: 0"));
        await using EncoderInstallation installation = Create(server);

        InstallStatus pickle = await installation.ReceiveAsync(new MemoryStream([0x80, 2, (byte)'}', 0]), "harmless.safetensors", 4, Token);
        Assert.Contains("pickle", pickle.Error, StringComparison.Ordinal);
        InstallStatus cut = await installation.ReceiveAsync(new MemoryStream(Published.Value[..5_000_000]), "vgg19.safetensors", null, Token);
        Assert.Contains("truncated or damaged", cut.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.FullName));

        InstallStatus whole = await installation.ReceiveAsync(new MemoryStream(Published.Value), "vgg19.safetensors", Published.Value.Length, Token);

        Assert.Equal((InstallState.Installed, null), (whole.State, whole.Error));
        Assert.Equal([Path.Combine(folder.FullName, "vgg19.safetensors")], Directory.GetFiles(folder.FullName));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task TryStart_FileOfTheServer_IsInstalled()
    {
        await using LyingServer server = new((request, answer) => answer.HeadAsync(404, "Content-Length: 0"));
        await using EncoderInstallation installation = Create(server);
        string path = Path.Combine(folder.CreateSubdirectory("elsewhere").FullName, "published.safetensors");
        await File.WriteAllBytesAsync(path, Published.Value, Token);

        installation.TryStart(path);
        await EndAsync(installation);

        Assert.Equal(InstallState.Installed, installation.Status.State);
    }

    private EncoderInstallation Create(LyingServer server) => new(
        new EncoderInstaller(Catalog, new InstallOptions
        {
            Addresses = [server.Address],
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(Published.Value)),
            Attempts = 1,
            StallTimeout = TimeSpan.FromMinutes(5),
        }),
        client,
        NullLogger<EncoderInstallation>.Instance);

    private static ConcurrentQueue<InstallStatus> Follow(EncoderInstallation installation)
    {
        ConcurrentQueue<InstallStatus> seen = new();
        installation.Changed += () => seen.Enqueue(installation.Status);
        return seen;
    }

    private static async Task EndAsync(EncoderInstallation installation)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (installation.Status.State != InstallState.Running)
            {
                ended.TrySetResult();
            }
        }

        installation.Changed += Look;
        Look();
        await ended.Task.WaitAsync(Token);
        installation.Changed -= Look;
    }
}
