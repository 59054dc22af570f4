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

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./:,=+@%".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
