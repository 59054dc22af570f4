using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Core.Encoders;

/// <summary>
/// What encoders there are: those inside the program, VGG-19 whether installed or not, and every safetensors file in the search
/// paths. Looks at the folders anew each time; hashes are kept for as long as a file's time and length stay. Safe between threads.
/// </summary>
public sealed class EncoderCatalog(EncoderOptions options)
{
    public const string Auto = "auto";
    public const string Compact = "compact";
    public const string Vgg19 = "vgg19";
    private const string Extension = ".safetensors";

    private static readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> Hashes = new();

    public EncoderOptions Options => options;

    /// <summary>Known ones first, then those found, each name once.</summary>
    public IReadOnlyList<EncoderInfo> List()
    {
        List<EncoderInfo> found = [.. EmbeddedEncoders.Newest.Select(Embedded), .. Files().Select(Inspect)];
        if (!found.Any(entry => entry.Name == Vgg19 && entry.Installed))
        {
            found.Add(MissingVgg19(found.FirstOrDefault(entry => entry.Name == Vgg19)));
        }

        return
        [
            .. found
                .GroupBy(entry => entry.Name, StringComparer.Ordinal)
                .Select(same => same.OrderByDescending(entry => entry.Installed).First())
                .OrderBy(entry => entry.Name switch { Compact => 0, Vgg19 => 1, _ => 2 })
                .ThenBy(entry => entry.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>The encoder that a recipe or a command line means.</summary>
    /// <param name="name">
    /// <c>auto</c> (VGG-19 where it is installed, else <c>compact</c>, else the first found), a name of the list, or a file's path.
    /// </param>
    /// <param name="sha256">The weights that are meant, as the recipe recorded them; null takes what the name stands for today.</param>
    /// <exception cref="EncoderException">Unknown, not installed, refused, or of another hash.</exception>
    public EncoderInfo Resolve(string name, string? sha256 = null)
    {
        // A name keeps its meaning: the recipe's own weights are looked for everywhere, under whatever name they are here now.
        if (sha256 is not null && !LooksLikeFile(name) && OfHash(name, sha256) is { } meant)
        {
            return meant;
        }

        EncoderInfo entry = name switch
        {
            Auto => Best(),
            _ when LooksLikeFile(name) => Inspect(RequireFile(name)),
            _ => List().FirstOrDefault(candidate => candidate.Name == name) ?? throw Unknown(name),
        };
        if (entry.Problem is { } problem)
        {
            throw new EncoderException($"The encoder '{entry.Path ?? entry.Name}' cannot be used. {problem}");
        }

        if (!entry.Installed)
        {
            throw new EncoderException($"The encoder '{name}' is not installed. Install it with `styletransfer encoders install {name}`, or use one of: {string.Join(", ", List().Where(other => other.Installed).Select(other => other.Name))}.");
        }

        return sha256 is null || entry.Sha256 == sha256 ? entry : OfHash(name, sha256) ?? throw new EncoderException(
            $"The recipe was made with weights of '{name}' that are not here: SHA-256 {sha256[..Math.Min(12, sha256.Length)]}…, found {entry.Sha256![..12]}…{(entry.Version is { } version ? $" (version {version})" : "")}. "
            + "Put that file into a search path, or clear the recipe's hash to run it with today's weights.");
    }

    private EncoderInfo Best()
    {
        // The list begins with `compact`, so the first is what is left where VGG-19 is missing.
        IReadOnlyList<EncoderInfo> usable = [.. List().Where(entry => entry.Installed)];
        return usable.FirstOrDefault(entry => entry.Name == Vgg19) ?? (usable is [EncoderInfo first, ..] ? first : null)
            ?? throw new EncoderException(
                $"No encoder is installed. Install one with `styletransfer encoders install {Vgg19}`, or name a safetensors file with --encoder.");
    }

    private EncoderInfo? OfHash(string name, string sha256) => EmbeddedEncoders.All.Select(Embedded).Concat(Files().Select(Inspect))
        .Where(candidate => candidate.Installed && candidate.Sha256 == sha256)
        .OrderByDescending(candidate => candidate.Name == name)
        .FirstOrDefault();

    private EncoderException Unknown(string name) => new(
        $"There is no encoder '{name}'; known are {Auto}, {Known()}, or the path of a safetensors file. `styletransfer encoders` lists them, `styletransfer encoders install {Vgg19}` adds VGG-19.");

    private string Known() => string.Join(", ", List().Where(entry => entry.Installed || entry.Name == Vgg19).Select(entry => entry.Name));

    private static bool LooksLikeFile(string name) =>
        name.Contains('/', StringComparison.Ordinal) || name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || Path.GetExtension(name).ToLowerInvariant() is Extension or ".pth" or ".pt" or ".bin" or ".onnx";

    private string RequireFile(string name)
    {
        // A file's name alone is looked for here, then in the search paths: recipes record no folders.
        string path = Path.GetFullPath(name);
        if (!File.Exists(path) && Path.GetFileName(name) == name)
        {
            path = Files().FirstOrDefault(file => Path.GetFileName(file) == name) ?? path;
        }

        PickleRefusal.Check(path);
        return File.Exists(path)
            ? path
            : throw new EncoderException($"There is no encoder file '{name}'. Known encoders are {Known()}; `styletransfer encoders` lists them.");
    }

    private IEnumerable<string> Files()
    {
        HashSet<string> seen = [];
        foreach (string path in options.SearchPaths.Prepend(options.InstallFolder))
        {
            foreach (string file in FilesAt(path))
            {
                if (seen.Add(file))
                {
                    yield return file;
                }
            }
        }
    }

    private static IEnumerable<string> FilesAt(string path)
    {
        if (File.Exists(path))
        {
            return [Path.GetFullPath(path)];
        }

        try
        {
            return Directory.Exists(path) ? Directory.EnumerateFiles(Path.GetFullPath(path), $"*{Extension}").Order(StringComparer.Ordinal) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // A folder that may not be read offers nothing; the list is still of use.
        }
    }

    private static EncoderInfo Embedded(EmbeddedEncoder encoder)
    {
        using Stream stream = encoder.Open();
        string hash = Hashes.GetOrAdd((encoder.Resource, stream.Length, default), _ => Convert.ToHexStringLower(SHA256.HashData(encoder.Read())));
        SafetensorsFile header = SafetensorsFile.ReadHeader(stream);
        return Describe(encoder.Name, header, stream.Length, hash) with { Version = encoder.Version };
    }

    private static EncoderInfo Inspect(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            SafetensorsFile header = SafetensorsFile.ReadHeader(stream);
            EncoderInfo entry = Describe(name, header, stream.Length, sha256: null);
            stream.Position = 0;
            return entry with { Path = path, Sha256 = Hashes.GetOrAdd((path, stream.Length, File.GetLastWriteTimeUtc(path)), _ => Convert.ToHexStringLower(SHA256.HashData(stream))) };
        }
        catch (Exception e) when (e is StyleTransferException or IOException or UnauthorizedAccessException)
        {
            return new EncoderInfo { Name = name, Description = "A file that cannot be used.", License = "unknown", Source = path, Path = path, Problem = e.Message };
        }
    }

    private static EncoderInfo Describe(string name, SafetensorsFile header, long bytes, string? sha256)
    {
        (EncoderKind kind, ImmutableArray<EncoderLayer> layers) = EncoderShape.Recognise(header);
        string? Said(params string[] keys) => keys.Select(key => header.Metadata.GetValueOrDefault(key)).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
        return new EncoderInfo
        {
            Name = name,
            Installed = true,
            Kind = kind,
            Layers = layers,
            Bytes = bytes,
            Sha256 = sha256,
            Description = Said("description") ?? (kind == EncoderKind.Vgg19 ? Vgg19Facts.Description : "A network of VGG-19's arrangement with fewer channels."),
            License = Said("license", "licence") ?? (name == Vgg19 ? Vgg19Facts.License : "unknown"),
            Source = Said("source", "teacher") ?? (name == Vgg19 ? Vgg19Facts.Source : "unknown"),
        };
    }

    private static EncoderInfo MissingVgg19(EncoderInfo? refused) => new()
    {
        Name = Vgg19,
        Description = Vgg19Facts.Description,
        License = Vgg19Facts.License,
        Source = Vgg19Facts.Source,
        Kind = EncoderKind.Vgg19,
        Layers = [.. EncoderShape.Vgg19.Select(convolution => new EncoderLayer(convolution.Layer, convolution.Outputs))],
        Bytes = Vgg19Facts.ReducedBytes,
        Problem = refused?.Problem,
        Path = refused?.Path,
    };
}
