using System.Security.Cryptography;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Core.Encoders;

/// <summary>
/// Brings VGG-19's weights onto this machine: from their pinned address or from a file, checked, and reduced to the sixteen
/// convolutions that style transfer uses (80 MB of 575). The encoder appears whole or not at all.
/// </summary>
/// <remarks>
/// What was received of an interrupted download stays beside it as <c>vgg19.safetensors.part</c> and is continued; bytes that turn out
/// to be wrong are deleted. One installation at a time: the partial file is held open for this process alone.
/// </remarks>
public sealed class EncoderInstaller(EncoderCatalog catalog, InstallOptions options)
{
    private const long Margin = 64L * 1024 * 1024;

    private string Folder => catalog.Options.InstallFolder;

    private string Destination => Path.Combine(Folder, $"{EncoderCatalog.Vgg19}.safetensors");

    /// <summary>A client as the download wants it: patient with the whole, impatient with connecting.</summary>
    public static HttpClient CreateClient()
    {
        SocketsHttpHandler handler = new() { ConnectTimeout = TimeSpan.FromSeconds(15), MaxAutomaticRedirections = 10 };
        HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("StyleTransferStudio/1.0");
        return client;
    }

    /// <summary>Downloads, checks, reduces and moves into place.</summary>
    /// <param name="client">Without a timeout of its own; redirections are followed.</param>
    /// <param name="progress">Called from any thread.</param>
    /// <param name="cancellationToken">Stops at once; what was received is kept and continued next time.</param>
    /// <exception cref="EncoderException">No address gave the right bytes, or there is no room for them.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<EncoderInfo> DownloadAsync(HttpClient client, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        PartialDownload partial = PartialDownload.Open($"{Destination}.part", options.Sha256);
        try
        {
            RequireSpace(options.ApproximateBytes - partial.Length + Vgg19Facts.ReducedBytes);
            string? problem = null;
            foreach (Uri address in options.Addresses)
            {
                bool wasContinued;
                do
                {
                    wasContinued = partial.Length > 0;
                    problem = await new Download(client, address, options, progress).RunAsync(partial, RequireSpace, cancellationToken);
                    if (problem is null && (problem = await CheckAsync(partial, address, progress, cancellationToken)) is null)
                    {
                        EncoderInfo installed = Reduce(partial.File, partial.File.Name, progress, cancellationToken);
                        partial.Delete();
                        return installed;
                    }
                }
                while (wasContinued && partial.Length == 0); // The fault may lie in the part from before: once more from the beginning.
            }

            throw new EncoderException(
                $"{problem} Try again later, name another mirror in Encoders:Vgg19:Addresses, or fetch {options.Addresses[0]} elsewhere and use "
                + "`styletransfer encoders install vgg19 --from FILE`.");
        }
        finally
        {
            partial.Dispose();
        }
    }

    /// <summary>Installs from a file of this machine: the published one, or one that was already reduced.</summary>
    /// <exception cref="EncoderException">Another file, a damaged one, or no room.</exception>
    public async Task<EncoderInfo> FromFileAsync(string path, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new EncoderException($"There is no file '{path}'. Name the safetensors file of VGG-19.");
        }

        PickleRefusal.Check(path);
        Directory.CreateDirectory(Folder);
        RequireSpace(Vgg19Facts.ReducedBytes);
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await FromOpenAsync(file, path, progress, cancellationToken);
    }

    /// <summary>As <see cref="FromFileAsync"/>, from bytes that arrive: they lie in a file of ours until they are checked.</summary>
    /// <param name="name">What the file was called, for messages and to tell a pickle.</param>
    /// <param name="length">As the sender says; null where it does not.</param>
    /// <exception cref="EncoderException">Another file, a damaged one, too long a one, or no room.</exception>
    public async Task<EncoderInfo> FromStreamAsync(Stream body, string name, long? length, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        PickleRefusal.Check(name);
        if (length > options.MaxBytes)
        {
            throw new EncoderException($"'{name}' has {length} bytes; VGG-19 has at most {options.MaxBytes}. It is another file.");
        }

        Directory.CreateDirectory(Folder);
        RequireSpace((length ?? options.ApproximateBytes) + Vgg19Facts.ReducedBytes);
        string path = $"{Destination}.{Guid.NewGuid():N}.upload";
        await using FileStream file = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        ProgressMeter meter = new(progress, options.Time, InstallStage.Downloading, 0);
        byte[] buffer = new byte[1 << 17];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            meter.Report(file.Length, length);
            if (file.Length > options.MaxBytes)
            {
                throw new EncoderException($"'{name}' has more than {options.MaxBytes} bytes; VGG-19 has not. It is another file.");
            }
        }

        PickleRefusal.CheckContent(file, name);
        return await FromOpenAsync(file, name, progress, cancellationToken);
    }

    private async Task<EncoderInfo> FromOpenAsync(FileStream file, string name, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        file.Position = 0;
        SafetensorsFile header = ReadHeader(file, name);
        if (header.Metadata.TryGetValue(Vgg19Reduction.OriginalKey, out string? original))
        {
            if (original != options.Sha256 || !Vgg19Reduction.IsIntact(file, header))
            {
                throw new EncoderException($"'{name}' is a reduced VGG-19, but its numbers are not those that were written: it is damaged. Copy it again.");
            }
        }
        else
        {
            file.Position = 0;
            string hash = await HashAsync(file, progress, cancellationToken);
            if (hash != options.Sha256)
            {
                throw new EncoderException(
                    $"'{name}' has the SHA-256 {hash}; VGG-19 as published has {options.Sha256}. It is another file or damaged; get it again from {options.Addresses[0]}.");
            }
        }

        return Reduce(file, name, progress, cancellationToken);
    }

    private async Task<string?> CheckAsync(PartialDownload partial, Uri address, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        partial.File.Position = 0;
        string hash = await HashAsync(partial.File, progress, cancellationToken);
        if (hash == options.Sha256)
        {
            return null;
        }

        partial.Restart(null);
        return $"What {address.Host} sent has the SHA-256 {hash}, but {options.Sha256} is right: the bytes are wrong and were deleted.";
    }

    private async Task<string> HashAsync(FileStream file, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ProgressMeter meter = new(progress, options.Time, InstallStage.Checking, 0);
        byte[] buffer = new byte[1 << 20];
        long done = 0;
        for (int read; (read = await file.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            done += read;
            meter.Report(done, file.Length);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private EncoderInfo Reduce(FileStream file, string name, IProgress<InstallProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new InstallProgress(InstallStage.Reducing, 0, Vgg19Facts.ReducedBytes, null));
        file.Position = 0;
        SafetensorsFile header = ReadHeader(file, name);
        (EncoderKind kind, _) = EncoderShape.Recognise(header);
        if (kind != EncoderKind.Vgg19)
        {
            throw new EncoderException($"'{name}' holds a compact encoder, not VGG-19. It needs no installation: name it with --encoder.");
        }

        Vgg19Reduction.Write(file, header, Destination, options.Sha256, cancellationToken);
        EncoderInfo installed = catalog.Resolve(Destination);
        progress.Report(new InstallProgress(InstallStage.Done, installed.Bytes ?? 0, installed.Bytes, TimeSpan.Zero));
        return installed;
    }

    private static SafetensorsFile ReadHeader(FileStream file, string path)
    {
        try
        {
            return SafetensorsFile.ReadHeader(file);
        }
        catch (SafetensorsException e)
        {
            throw new EncoderException($"'{path}' is not VGG-19. {e.Message}", e);
        }
    }

    private void RequireSpace(long bytes)
    {
        long free = options.FreeSpace(Folder);
        if (free < bytes + Margin)
        {
            throw new EncoderException(
                $"The disk of '{Folder}' has {free / 1_000_000} MB left; the installation needs {(bytes + Margin) / 1_000_000} MB for a while. "
                + $"Make room, or choose another folder with {EncoderOptions.EnvironmentVariable}.");
        }
    }
}
