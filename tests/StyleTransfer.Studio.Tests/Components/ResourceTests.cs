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
