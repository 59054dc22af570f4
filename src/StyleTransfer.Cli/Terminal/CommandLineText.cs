namespace StyleTransfer.Cli.Terminal;

/// <summary>A command line as a person would type it again.</summary>
internal static class CommandLineText
{
    /// <summary>The same command, going on from a checkpoint.</summary>
    public static string WithResume(IEnumerable<string> tokens, string checkpoint)
    {
        List<string> words = [];
        bool isOldCheckpoint = false;
        foreach (string token in tokens)
        {
            if (isOldCheckpoint || token == "--resume")
            {
                isOldCheckpoint = token == "--resume";
                continue;
            }

            words.Add(Quote(token));
        }

        return string.Join(' ', [.. words, "--resume", Quote(checkpoint)]);
    }

    /// <summary>The command without folders, fit to be kept in a file that travels.</summary>
    public static string Public(IEnumerable<string> tokens) =>
        string.Join(' ', tokens.Select(token => Quote(token.Contains('/') || token.Contains('\\') ? Path.GetFileName(token.TrimEnd('/', '\\')) : token)));

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./:,=+@%".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
