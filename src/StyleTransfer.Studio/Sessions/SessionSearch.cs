using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sessions;

/// <summary>A <see cref="SessionQuery"/> as conditions on the database.</summary>
internal static class SessionSearch
{
    // Equal to all digits that somebody would type.
    private const double Tolerance = 1e-6;

    // More than this share a name hardly anybody would search for; the first style of a session is looked at in any case.
    private const int MostStyles = 8;

    public static async Task<IQueryable<Session>> MatchingAsync(this IQueryable<Session> sessions, SessionQuery query, StudioDb database, CancellationToken cancellationToken)
    {
        foreach (SearchTerm term in query.Terms)
        {
            Expression<Func<Session, bool>> test = await TestAsync(term, database, cancellationToken);
            sessions = sessions.Where(term.IsExcluded ? Not(test) : test);
        }

        return sessions;
    }

    private static async Task<Expression<Func<Session, bool>>> TestAsync(SearchTerm term, StudioDb database, CancellationToken cancellationToken)
    {
        string text = term.Text;
        string within = Pattern(text);
        switch (term.Name)
        {
            case null:
                IQueryable<string> named = database.Styles.Where(style => EF.Functions.Like(style.SearchText, within, "\\")).Select(style => style.ImageId);
                return s => EF.Functions.Like(s.SearchText, within, "\\") || named.Contains(s.StyleImageId);
            case "style":
                return await StyleTestAsync(text, within, database, cancellationToken);
            case "rating":
                return Compare(s => s.Rating, term);
            case "seconds":
                return Compare(s => s.Seconds, term);
            case "loss":
                return Compare(s => s.Loss, term);
            case "favourite":
                bool isFavourite = text == "yes";
                return s => s.IsFavourite == isFavourite;
            case "state":
                SessionState[] states = [.. Enum.GetValues<SessionState>().Where(state => state.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase))];
                return s => states.Contains(s.State);
            case "tag":
                return s => EF.Functions.Like(", " + s.Tags, "%, " + Escaped(text) + "%", "\\");
            case "title":
                return s => EF.Functions.Like(s.Title, within, "\\");
            case "notes":
                return s => EF.Functions.Like(s.Notes, within, "\\");
            case "preset":
                return s => EF.Functions.Like(s.Preset, within, "\\");
            case "created":
                return CreatedTest(term);
            default:
                string path = "$." + term.Name;
                return RecipeParameter.Named(term.Name).Kind is ParameterKind.Number or ParameterKind.WholeNumber
                    ? Compare(s => StudioDb.JsonNumber(s.Parameters!.Json, path), term)
                    : s => EF.Functions.Like(StudioDb.JsonText(s.Parameters!.Json, path)!, within, "\\");
        }
    }

    private static async Task<Expression<Func<Session, bool>>> StyleTestAsync(string text, string within, StudioDb database, CancellationToken cancellationToken)
    {
        IQueryable<string> named = database.Styles
            .Where(style => EF.Functions.Like(style.SearchText, within, "\\") || style.ImageId == text)
            .Select(style => style.ImageId);
        string[] first = await named.Distinct().OrderBy(image => image).Take(MostStyles + 1).ToArrayAsync(cancellationToken);
        return first.Length > MostStyles
            ? s => named.Contains(s.StyleImageId)
            : s => first.Contains(s.StyleImageId) || first.Any(image => StudioDb.JsonText(s.Parameters!.Json, "$.style")!.Contains(image));
    }

    private static Expression<Func<Session, bool>> CreatedTest(SearchTerm term)
    {
        (DateTime from, DateTime to) = CreatedRange.Parse(term.Text)!.Value;
        return term.Comparison switch
        {
            Comparison.Less => s => s.CreatedUtc < from,
            Comparison.LessOrEqual => s => s.CreatedUtc < to,
            Comparison.More => s => s.CreatedUtc >= to,
            Comparison.MoreOrEqual => s => s.CreatedUtc >= from,
            _ => s => s.CreatedUtc >= from && s.CreatedUtc < to,
        };
    }

    private static Expression<Func<Session, bool>> Compare(Expression<Func<Session, double?>> value, SearchTerm term)
    {
        double wanted = term.Number!.Value;
        double lower = wanted - (Math.Abs(wanted) * Tolerance);
        double upper = wanted + (Math.Abs(wanted) * Tolerance);
        // Closures, so that the database sees parameters and keeps its plan.
        Expression<Func<double?>> low = () => lower;
        Expression<Func<double?>> high = () => upper;
        Expression test = term.Comparison switch
        {
            Comparison.Less => Expression.LessThan(value.Body, low.Body),
            Comparison.LessOrEqual => Expression.LessThanOrEqual(value.Body, high.Body),
            Comparison.More => Expression.GreaterThan(value.Body, high.Body),
            Comparison.MoreOrEqual => Expression.GreaterThanOrEqual(value.Body, low.Body),
            _ => Expression.AndAlso(Expression.GreaterThanOrEqual(value.Body, low.Body), Expression.LessThanOrEqual(value.Body, high.Body)),
        };
        return Expression.Lambda<Func<Session, bool>>(test, value.Parameters);
    }

    private static Expression<Func<Session, bool>> Not(Expression<Func<Session, bool>> test) =>
        Expression.Lambda<Func<Session, bool>>(Expression.Not(test.Body), test.Parameters);

    private static string Pattern(string text) => $"%{Escaped(text)}%";

    private static string Escaped(string text) => text.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_");
}
