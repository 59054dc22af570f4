using System.Globalization;
using System.Text.RegularExpressions;

namespace StyleTransfer.Studio.Sharing;

public enum AssetKind { Picture, Content, Style, Start, Frame, Full, Recipe }

/// <summary>
/// One file of what is shared. Its path is the same under a link and in an exported folder: <c>1/picture-1280.webp</c>; numbers, never
/// identifiers, so that an address tells nothing.
/// </summary>
/// <param name="Number">Of the session in the share, from 1.</param>
/// <param name="Index">Of the style from 1, or a frame's iteration.</param>
/// <param name="Edge">Longer edge in pixels.</param>
public sealed partial record SharedAsset(int Number, AssetKind Kind, int Index = 0, int Edge = 0)
{
    public const int FrameEdge = 640;
    public const int LargestEdge = 1280;

    public string Name => Kind switch
    {
        AssetKind.Picture => string.Create(CultureInfo.InvariantCulture, $"picture-{Edge}.webp"),
        AssetKind.Content => string.Create(CultureInfo.InvariantCulture, $"content-{Edge}.webp"),
        AssetKind.Style => string.Create(CultureInfo.InvariantCulture, $"style{Index}-{Edge}.webp"),
        AssetKind.Start => string.Create(CultureInfo.InvariantCulture, $"start-{Edge}.webp"),
        AssetKind.Frame => string.Create(CultureInfo.InvariantCulture, $"frame-{Index}.webp"),
        AssetKind.Full => "full.png",
        _ => "recipe.json",
    };

    public string Path => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Name}");

    public string MediaType => Kind switch { AssetKind.Full => "image/png", AssetKind.Recipe => "application/json", _ => "image/webp" };

    /// <summary>What <see cref="Name"/> wrote; null for anything else.</summary>
    public static SharedAsset? Parse(int number, string name)
    {
        Match match = Names().Match(name);
        if (!match.Success)
        {
            return null;
        }

        int Value(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;
        return name switch
        {
            "full.png" => new SharedAsset(number, AssetKind.Full),
            "recipe.json" => new SharedAsset(number, AssetKind.Recipe),
            _ when match.Groups["frame"].Success => new SharedAsset(number, AssetKind.Frame, Value("frame"), FrameEdge),
            _ when match.Groups["style"].Success => new SharedAsset(number, AssetKind.Style, Value("style"), Value("edge")),
            _ => new SharedAsset(number, name[0] switch { 'p' => AssetKind.Picture, 's' => AssetKind.Start, _ => AssetKind.Content }, 0, Value("edge")),
        };
    }

    [GeneratedRegex(@"\A(?:(?:picture|content|start|style(?<style>\d{1,3}))-(?<edge>320|640|1280)\.webp|frame-(?<frame>\d{1,8})\.webp|full\.png|recipe\.json)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Names();
}
