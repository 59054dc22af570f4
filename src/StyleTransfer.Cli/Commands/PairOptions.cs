using System.CommandLine;
using StyleTransfer.Cli.Pictures;

namespace StyleTransfer.Cli.Commands;

/// <summary>Several contents and several styles, each with each.</summary>
internal sealed class PairOptions
{
    private readonly Option<string[]> contents = new("--content", "-c") { Description = "Photos; a folder stands for its pictures.", Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "FILE" };
    private readonly Option<string[]> styles = new("--style", "-s") { Description = "Paintings; a folder stands for its pictures.", Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(contents);
        command.Add(styles);
    }

    public InputPicture[] Contents(ParseResult parsed) => [.. Files(parsed.GetValue(contents)!).Select(InputPicture.Read)];

    public InputPicture[] Styles(ParseResult parsed) => [.. Files(parsed.GetValue(styles)!).Select(InputPicture.Read)];

    private static IEnumerable<string> Files(string[] paths)
    {
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                yield return path;
                continue;
            }

            foreach (string file in Directory.GetFiles(path).Where(IsPicture).Order(StringComparer.Ordinal))
            {
                yield return file;
            }
        }
    }

    private static bool IsPicture(string path) => Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png" or ".webp" or ".tif" or ".tiff" or ".avif";
}
