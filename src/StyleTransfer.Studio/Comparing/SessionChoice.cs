namespace StyleTransfer.Studio.Comparing;

/// <summary>The sessions of a comparison as its URL writes them: identifiers with commas between.</summary>
public static class SessionChoice
{
    /// <summary>What is no identifier is left out: a link that was cut in an e-mail still opens.</summary>
    public static IReadOnlyList<Guid> Read(string? text) =>
    [
        .. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => Guid.TryParse(part, out Guid id) ? id : (Guid?)null).OfType<Guid>().Distinct(),
    ];

    public static string Write(IEnumerable<Guid> sessions) => string.Join(',', sessions);

    /// <summary>The page that compares them.</summary>
    public static string Href(IEnumerable<Guid> sessions) => $"/compare?s={Write(sessions)}";
}
