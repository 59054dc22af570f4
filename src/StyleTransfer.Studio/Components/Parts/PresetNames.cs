using System.Globalization;
using System.Resources;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Components.Parts;

/// <summary>What a page calls a preset, in its reader's language. One that has no text is called as the preset itself says.</summary>
public static class PresetNames
{
    private static readonly ResourceManager texts = new(typeof(PresetNames));

    public static string TitleOf(string preset) => Text("Title", preset) ?? Find(preset)?.Title ?? preset;

    /// <summary>Empty where there is no such preset.</summary>
    public static string SummaryOf(string preset) => Text("Summary", preset) ?? Find(preset)?.Summary ?? "";

    private static string? Text(string what, string preset) => texts.GetString($"{what}_{preset}", CultureInfo.CurrentUICulture);

    private static Preset? Find(string preset) => Presets.All.FirstOrDefault(known => known.Name == preset);
}
