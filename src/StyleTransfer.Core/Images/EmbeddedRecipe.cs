namespace StyleTransfer.Core.Images;

/// <summary>The recipe inside a picture that this program made.</summary>
public static class EmbeddedRecipe
{
    /// <summary>The recipe's JSON, or null where the picture has none.</summary>
    public static string? Find(ReadOnlySpan<byte> file) => throw new NotImplementedException();
}
