namespace StyleTransfer.Studio.Components.Parts;

/// <summary>A picture that the browser has just sent.</summary>
public sealed record UploadedImage(string Id, int Width, int Height, string Name);
