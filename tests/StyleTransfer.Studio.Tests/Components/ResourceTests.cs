using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Components.Layout;
using StyleTransfer.Studio.Components.Pages;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Components;

/// <summary>Every text in every language: the resources beside the components, read as files.</summary>
public sealed partial class ResourceTests
{
    private static readonly string studio = Path.Combine(Root(), "src", "StyleTransfer.Studio");

    public static TheoryData<string> English => [.. Directory.GetFiles(studio, "*.resx", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith(".ko.resx", StringComparison.Ordinal) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
        .Select(file => Path.GetRelativePath(studio, file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Localised => [.. Directory.GetFiles(studio, "*.razor", SearchOption.AllDirectories)
        .Where(file => Injection().IsMatch(File.ReadAllText(file)))
        .Select(file => Path.GetRelativePath(studio, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(English))]
    public void Resource_InEnglish_IsInKoreanWithTheSamePlaceholders(string file)
    {
        Dictionary<string, string> english = Texts(file);
        Dictionary<string, string> korean = Texts(Path.ChangeExtension(file, "ko.resx"));

        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), korean.Keys.Order(StringComparer.Ordinal));
        foreach ((string key, string text) in english)
        {
            Assert.False(string.IsNullOrWhiteSpace(korean[key]), $"{file}: {key} is empty in Korean.");
            Assert.Equal(Placeholders(text), Placeholders(korean[key]));
        }
    }

    [Theory]
    [MemberData(nameof(Localised))]
    public void Component_EveryTextItNames_IsAResource(string file)
    {
        string source = File.ReadAllText(Path.Combine(studio, file));
        string named = Injection().Match(source).Groups["name"].Value;
        // Beside the component, or, where several share their texts, in one place of their feature.
        string beside = Path.Combine(studio, Path.GetDirectoryName(file)!, named + ".resx");
        Dictionary<string, string> texts = Texts(File.Exists(beside) ? beside : Directory.GetFiles(studio, named + ".resx", SearchOption.AllDirectories).Single());

        IEnumerable<string> used = Uses().Matches(source)
            .SelectMany(use => Literals().Matches(use.Groups["key"].Value.Split(',')[0]))
            .Select(literal => literal.Groups["text"].Value);

        Assert.Empty(used.Where(key => !texts.ContainsKey(key)).Distinct());
    }

    [Theory]
    [MemberData(nameof(English))]
    public void Korean_Style_HasOneName(string file) => Assert.All(Texts(Path.ChangeExtension(file, "ko.resx")), text => Assert.DoesNotContain("화풍", text.Value, StringComparison.Ordinal));

    [Fact]
    public void Component_NamesMadeFromValues_AreResources()
    {
        Dictionary<string, string> Of<T>() => Texts(Path.Combine(Path.GetRelativePath(studio, Directory.GetFiles(studio, typeof(T).Name + ".resx", SearchOption.AllDirectories).Single())));

        Dictionary<string, string> parameters = Texts(Path.Combine("Components", "Parts", "ParameterNames.resx"));
        Assert.All(RecipeParameter.All, parameter => Assert.Contains(parameter.Name, parameters.Keys));
        Assert.All(Places.All, place => Assert.Contains(place.Name, Of<MainLayout>().Keys));
        Assert.All(Enum.GetNames<SessionState>(), state => Assert.Contains(state, Of<StateChip>().Keys));
        Assert.All(Enum.GetNames<SessionOrder>(), order => Assert.Contains("By" + order, Of<SessionsPage>().Keys));
        Assert.All(Enum.GetNames<InputRole>(), role => Assert.Contains(role, Of<OpenedNotice>().Keys));
    }

    [Theory]
    [InlineData("en", ".resx")]
    [InlineData("ko", ".ko.resx")]
    public void Names_EveryPresetAndChoice_AreInTheLanguage(string language, string ending)
    {
        Dictionary<string, string> presets = Texts(Path.Combine("Components", "Parts", "PresetNames" + ending));
        Dictionary<string, string> choices = Texts(Path.Combine("Components", "Parts", "ChoiceNames" + ending));
        Dictionary<string, string> words = Texts(Path.Combine("Components", "Run", "RecipeWords" + ending));
        CultureInfo former = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new CultureInfo(language);
        try
        {
            Assert.All(Presets.All, preset =>
            {
                Assert.Equal(presets[$"Title_{preset.Name}"], PresetNames.TitleOf(preset.Name));
                Assert.Equal(presets[$"Summary_{preset.Name}"], PresetNames.SummaryOf(preset.Name));
            });
            Assert.All(
                RecipeParameter.All.SelectMany(parameter => parameter.Choices.Select(choice => (parameter.Name, Choice: choice))),
                pair => Assert.Equal(choices[$"{pair.Name}.{pair.Choice}"], ChoiceNames.Of(pair.Name, pair.Choice)));
        }
        finally
        {
            CultureInfo.CurrentUICulture = former;
        }

        Assert.All(Enum.GetNames<InitializationKind>(), kind => Assert.Contains("Start_" + kind, words.Keys));
        Assert.All(Enum.GetNames<ColorPreservation>(), kept => Assert.Contains("Keep_" + kept, words.Keys));
    }

    [Fact]
    public void Preset_InEnglish_IsCalledAsItSaysItself()
    {
        Dictionary<string, string> presets = Texts(Path.Combine("Components", "Parts", "PresetNames.resx"));

        Assert.All(Presets.All, preset => Assert.Equal((preset.Title, preset.Summary), (presets[$"Title_{preset.Name}"], presets[$"Summary_{preset.Name}"])));
    }

    [Fact]
    public void Fault_OfTheStudio_IsShownInTheReadersLanguage()
    {
        Dictionary<string, string> korean = Texts(Path.Combine("Sessions", "RunFaults.ko.resx"));
        CultureInfo former = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new CultureInfo("ko");
        try
        {
            Assert.Equal(korean["SetAside"].Replace("{0}", "3", StringComparison.Ordinal), RunFaults.Shown(RunFaults.SetAside(3)));
            Assert.Equal(korean["DraftCrashed"], RunFaults.Shown(RunFaults.DraftCrashed));
            Assert.Equal(korean["DraftLeft"], RunFaults.Shown(RunFaults.DraftLeft));
            Assert.Equal("At iteration 3 the objective rose.", RunFaults.Shown("At iteration 3 the objective rose."));
            Assert.Null(RunFaults.Shown(null));
        }
        finally
        {
            CultureInfo.CurrentUICulture = former;
        }
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "StyleTransfer.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie in the repository; its sources are read here.");
    }

    private static Dictionary<string, string> Texts(string file) => XDocument.Load(Path.Combine(studio, file)).Root!
        .Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static string Placeholders(string text) => string.Join(' ', Placeholder().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex("""(@inject\s+|\[Inject\].*)IStringLocalizer<(?<name>\w+)>""")]
    private static partial Regex Injection();

    [GeneratedRegex("""\b[LT]\[(?<key>[^\[\]]*)\]""")]
    private static partial Regex Uses();

    // A literal that something is added to is only the beginning of a key.
    [GeneratedRegex("""(?<!\+ ?|== ?|is )"(?<text>[^"{}]+)"(?! ?\+| ?=>)""")]
    private static partial Regex Literals();

    [GeneratedRegex("""\{\d+(:[^}]*)?\}""")]
    private static partial Regex Placeholder();
}
