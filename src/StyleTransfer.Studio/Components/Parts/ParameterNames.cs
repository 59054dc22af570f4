using System.Globalization;
using System.Resources;

namespace StyleTransfer.Studio.Components.Parts;

/// <summary>A recipe parameter's name as people read it, in their language: <c>contentWeight</c> is "content weight".</summary>
public static class ParameterNames
{
    // Tables, labels and shared pages name parameters: a look-up that needs no injecting serves them all.
    private static readonly ResourceManager texts = new(typeof(ParameterNames));

    public static string Of(string parameter) => texts.GetString(parameter, CultureInfo.CurrentUICulture) ?? parameter;
}
