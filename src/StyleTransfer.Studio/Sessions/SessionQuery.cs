using System.Globalization;
using System.Text.RegularExpressions;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Sessions;

/// <summary>How a term's value is compared.</summary>
public enum Comparison { Equal, Less, LessOrEqual, More, MoreOrEqual }

/// <summary>One part of a search: a word, or a named value.</summary>
/// <param name="Name">Null for a word that may stand anywhere; else one of <see cref="SessionQuery.Names"/>.</param>
/// <param name="Text">Lower case.</param>
/// <param name="IsExcluded">Written with a minus before it.</param>
public sealed record SearchTerm(string? Name, Comparison Comparison, string Text, bool IsExcluded)
{
    /// <summary>Its value as a number; null where it is none.</summary>
    public double? Number => double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}

/// <summary>
/// What stands in the search field of the sessions: words, each of which must occur, and conditions such as <c>size:512</c>,
/// <c>optimizer:adam</c>, <c>rating:&gt;3</c>, <c>created:2026-11</c>, <c>style:"night whirl"</c>; a minus before either excludes.
/// </summary>
/// <param name="Refused">Terms that make no sense, as they were written; the others hold.</param>
public sealed partial record SessionQuery(IReadOnlyList<SearchTerm> Terms, IReadOnlyList<string> Refused)
{
    private const int MostTerms = 16;

    /// <summary>What a session has beside its recipe.</summary>
    public static readonly string[] Facts = ["rating", "favourite", "state", "tag", "style", "title", "preset", "notes", "created", "seconds", "loss"];

    private static readonly string[] numbers =
    [
        "rating", "seconds", "loss",
        .. RecipeParameter.All.Where(parameter => parameter.Kind is ParameterKind.Number or ParameterKind.WholeNumber).Select(parameter => parameter.Name),
    ];

    /// <summary>Every name that a condition may have; the recipe's own are those of <see cref="RecipeParameter"/>.</summary>
    public static IEnumerable<string> Names => Facts.Concat(RecipeParameter.All.Select(parameter => parameter.Name)).Distinct(StringComparer.OrdinalIgnoreCase);

    public static SessionQuery Parse(string? search)
    {
        List<SearchTerm> terms = [];
        List<string> refused = [];
        foreach (Match match in Tokens().Matches(search ?? "").Take(MostTerms))
        {
            string text = match.Groups["text"].Value.Trim('"').ToLowerInvariant();
            if (text.Length == 0)
            {
                // A condition that is still being typed.
                continue;
            }

            string? name = match.Groups["name"] is { Success: true } written ? NameOf(written.Value) : null;
            SearchTerm term = new(name, ComparisonOf(match.Groups["comparison"].Value), text, match.Groups["not"].Success);
            bool isUnknown = name is null && match.Groups["name"].Success;
            if (isUnknown || !MakesSense(term))
            {
                refused.Add(match.Value);
            }
            else
            {
                terms.Add(term);
            }
        }

        return new SessionQuery(terms, refused);
    }

    private static bool MakesSense(SearchTerm term) => term.Name switch
    {
        null => true,
        "created" => CreatedRange.Parse(term.Text) is not null,
        "favourite" => term.Text is "yes" or "no",
        string name when numbers.Contains(name) => term.Number is not null,
        _ => term.Comparison == Comparison.Equal,
    };

    private static string? NameOf(string written) => written.Equals("favorite", StringComparison.OrdinalIgnoreCase)
        ? "favourite"
        : Names.FirstOrDefault(name => name.Equals(written, StringComparison.OrdinalIgnoreCase));

    private static Comparison ComparisonOf(string sign) => sign switch
    {
        ">" => Comparison.More,
        ">=" => Comparison.MoreOrEqual,
        "<" => Comparison.Less,
        "<=" => Comparison.LessOrEqual,
        _ => Comparison.Equal,
    };

    [GeneratedRegex("""(?=\S)(?<not>-)?(?:(?<name>[A-Za-z]+)(?::(?<comparison>[<>]=?|=)?|(?<comparison>[<>]=?|=)))?(?<text>"[^"]*"?|[^\s"]+)?""")]
    private static partial Regex Tokens();
}

/// <summary>A year, a month or a day, in UTC.</summary>
internal readonly record struct CreatedRange(DateTime From, DateTime To)
{
    public static CreatedRange? Parse(string text)
    {
        (string Format, Func<DateTime, DateTime> End)[] forms =
        [
            ("yyyy", from => from.AddYears(1)),
            ("yyyy-MM", from => from.AddMonths(1)),
            ("yyyy-MM-dd", from => from.AddDays(1)),
        ];
        foreach ((string format, Func<DateTime, DateTime> end) in forms)
        {
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime from)
                && from.Year < 9999)
            {
                return new CreatedRange(from, end(from));
            }
        }

        return null;
    }
}
