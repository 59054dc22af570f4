namespace StyleTransfer.Core.Recipes;

/// <summary>The text of a <see cref="ParameterKind.Image"/> parameter: pictures' identifiers with + between them, or nothing.</summary>
public static class ImageValue
{
    public static string[] Ids(string value) => value.Split('+', StringSplitOptions.RemoveEmptyEntries);
}
