using System.Collections.Immutable;
using System.Text.Json;

namespace StyleTransfer.Core.Encoders;

/// <summary>
/// Where encoders are looked for, and where one is installed to. Read from <c>appsettings.json</c>, section <c>Encoders</c>, and
/// from the environment; command line and studio use the same.
/// </summary>
/// <remarks>
/// The settings file is the one beside the executable or one folder above it, in development the one beside <c>StyleTransfer.sln</c>. Relative paths are relative to that file. <c>STYLETRANSFER_ENCODERS</c> lists further folders, which come first
/// (separated as in <c>PATH</c>); the first of them is also where encoders are installed to.
/// </remarks>
public sealed record EncoderOptions
{
    public const string EnvironmentVariable = "STYLETRANSFER_ENCODERS";
    private const string SettingsFile = "appsettings.json";
    private const string Solution = "StyleTransfer.sln";

    /// <summary>Folders, or single files, in the order in which they are looked through.</summary>
    public ImmutableArray<string> SearchPaths { get; init; } = [];

    /// <summary>Where <see cref="EncoderInstaller"/> puts what it made; looked through before <see cref="SearchPaths"/>.</summary>
    public string InstallFolder { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "StyleTransferStudio", "encoders");

    /// <summary>Addresses to get VGG-19 from, instead of the built-in one.</summary>
    public ImmutableArray<string> Vgg19Addresses { get; init; } = [];

    /// <summary>From the settings file near the program, and the environment.</summary>
    /// <exception cref="EncoderException">The settings file cannot be read.</exception>
    public static EncoderOptions Load() => Load(AppContext.BaseDirectory, Environment.GetEnvironmentVariable(EnvironmentVariable));

    /// <param name="programFolder">Where the executable is.</param>
    /// <param name="environment">The value of <see cref="EnvironmentVariable"/>.</param>
    public static EncoderOptions Load(string programFolder, string? environment)
    {
        EncoderOptions options = FindSettings(programFolder) is { } file ? Parse(file) : new EncoderOptions();
        string[] further = (environment ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return further.Length == 0 ? options : options with
        {
            SearchPaths = [.. further.Select(Path.GetFullPath), .. options.SearchPaths],
            InstallFolder = Path.GetFullPath(further[0]),
        };
    }

    private static string? FindSettings(string programFolder)
    {
        for (DirectoryInfo? folder = new(programFolder); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)) && File.Exists(Path.Combine(folder.FullName, SettingsFile)))
            {
                return Path.Combine(folder.FullName, SettingsFile);
            }
        }

        // Published, the worker may lie in a folder of its own below the studio's.
        string beside = Path.Combine(programFolder, SettingsFile);
        string above = Path.GetFullPath(Path.Combine(programFolder, "..", SettingsFile));
        return File.Exists(beside) ? beside : File.Exists(above) ? above : null;
    }

    private static EncoderOptions Parse(string file)
    {
        string folder = Path.GetDirectoryName(file)!;
        EncoderOptions options = new();
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (!document.RootElement.TryGetProperty("Encoders", out JsonElement section))
            {
                return options;
            }

            ImmutableArray<string> paths = Texts(section, "SearchPaths");
            ImmutableArray<string> installFolder = Texts(section, "InstallFolder");
            return options with
            {
                SearchPaths = [.. paths.Select(path => Path.GetFullPath(path, folder))],
                InstallFolder = installFolder is [var own, ..] ? Path.GetFullPath(own, folder) : options.InstallFolder,
                Vgg19Addresses = section.TryGetProperty("Vgg19", out JsonElement vgg19) ? Texts(vgg19, "Addresses") : [],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new EncoderException($"The section 'Encoders' of '{file}' cannot be read: {e.Message} It holds SearchPaths, InstallFolder and Vgg19:Addresses.", e);
        }
    }

    private static ImmutableArray<string> Texts(JsonElement section, string name) => !section.TryGetProperty(name, out JsonElement value)
        ? []
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.GetString()!).Where(text => text.Length > 0)]
            : value.GetString() is { Length: > 0 } text ? [text] : [];
}
