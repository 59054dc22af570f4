namespace StyleTransfer.Studio.Components.Parts;

/// <summary>A picture that the browser has just sent.</summary>
/// <param name="IsFurther">It came with others, and is not the first of them.</param>
public sealed record UploadedImage(string Id, int Width, int Height, string Name, bool IsFurther = false)
{
    /// <summary>What the picture is called: its file's name without the ending.</summary>
    public string Title => Path.GetFileNameWithoutExtension(Name);
}
