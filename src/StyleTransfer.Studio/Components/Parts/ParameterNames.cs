using System.Globalization;

namespace StyleTransfer.Studio.Components.Parts;

/// <summary>A recipe parameter's name as people read it: <c>contentWeight</c> is "content weight".</summary>
public static class ParameterNames
{
    public static string Of(string parameter) => string.Concat(
        parameter.Select((c, i) => char.IsUpper(c) && i > 0 ? $" {char.ToLower(c, CultureInfo.InvariantCulture)}" : c.ToString()));
}
