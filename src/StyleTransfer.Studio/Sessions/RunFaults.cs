using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Resources;

namespace StyleTransfer.Studio.Sessions;

/// <summary>
/// Why the studio itself ends a run. Stored, and answered by the API, in English; a page says it in its reader's language by
/// <see cref="Shown"/>.
/// </summary>
internal static class RunFaults
{
    private static readonly string[] keys = ["SetAside", "DraftCrashed", "DraftLeft"];
    private static readonly ResourceManager texts = new(typeof(RunFaults));

    public static string DraftCrashed => Text("DraftCrashed", "", CultureInfo.InvariantCulture);

    public static string DraftLeft => Text("DraftLeft", "", CultureInfo.InvariantCulture);

    public static string SetAside(int crashes) => Text("SetAside", crashes.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>A fault in the reader's language; an engine's message as it is.</summary>
    [return: NotNullIfNotNull(nameof(fault))]
    public static string? Shown(string? fault)
    {
        // The only number in ours is how often the worker ended.
        string crashes = string.Concat((fault ?? "").Where(char.IsAsciiDigit));
        string? key = keys.FirstOrDefault(known => Text(known, crashes, CultureInfo.InvariantCulture) == fault);
        return key is null ? fault : Text(key, crashes, CultureInfo.CurrentUICulture);
    }

    private static string Text(string key, string crashes, CultureInfo culture) => (texts.GetString(key, culture) ?? key).Replace("{0}", crashes, StringComparison.Ordinal);
}
