using System.Globalization;

namespace StyleTransfer.Studio.Components.Parts;

/// <summary>Times as people say them, in every language of the studio alike.</summary>
internal static class Durations
{
    public static string Text(double seconds) => seconds switch
    {
        < 10 => string.Create(CultureInfo.CurrentCulture, $"{seconds:0.0} s"),
        < 90 => string.Create(CultureInfo.CurrentCulture, $"{seconds:0} s"),
        < 5400 => string.Create(CultureInfo.CurrentCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.CurrentCulture, $"{seconds / 3600:0.#} h"),
    };
}
