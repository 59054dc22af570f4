using StyleTransfer.Studio.Components.Parts;

namespace StyleTransfer.Studio.Components.Layout;

/// <summary>
/// Who takes a picture that is dropped beside every picker. One that our studio made opens its recipe; another goes to the page
/// that asked for it here, or becomes the content of a new session.
/// </summary>
public sealed class DroppedPictures
{
    private readonly Dictionary<string, string> names = [];

    public Func<UploadedImage, Task>? Taker { get; private set; }

    /// <summary>Remembers what the files were called: an address names pictures by their hashes.</summary>
    public void Name(IEnumerable<UploadedImage> images)
    {
        foreach (UploadedImage image in images)
        {
            names[image.Id] = image.Title;
        }
    }

    /// <summary>What the file was called; null where it did not come this way.</summary>
    public string? NameOf(string image) => names.GetValueOrDefault(image);

    /// <summary>Until disposed, pictures without a recipe go to <paramref name="taker"/>.</summary>
    public IDisposable Take(Func<UploadedImage, Task> taker)
    {
        Taker = taker;
        return new Release(this, taker);
    }

    private sealed class Release(DroppedPictures owner, Func<UploadedImage, Task> taker) : IDisposable
    {
        public void Dispose()
        {
            if (owner.Taker == taker)
            {
                owner.Taker = null;
            }
        }
    }
}
