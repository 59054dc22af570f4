using StyleTransfer.Core.Images;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;

namespace StyleTransfer.Studio.Sharing;

/// <summary>
/// The pictures of a time-lapse: every run at the same iteration, side by side. A run that is over sooner holds its last picture.
/// </summary>
internal sealed class TimelapseFrames(StudioStorage storage, IReadOnlyList<IReadOnlyList<Frame>> runs, int edge)
{
    private const int Gap = 8;
    private const int MostColumns = 3;

    private readonly Dictionary<string, PixelImage> last = [];

    /// <summary>The iterations that get a picture: all at which any run has a frame, thinned.</summary>
    public IReadOnlyList<int> Iterations(int most) => runs.SelectMany(run => run.Select(frame => frame.Iteration)).Distinct().Order().ToList().Thin(most);

    public PixelImage At(int iteration)
    {
        // Each run's first frame stands in until it has one of its own.
        List<PixelImage> pictures = [.. runs.Select((run, index) => Read(index, run.LastOrDefault(frame => frame.Iteration <= iteration) ?? run[0]))];
        if (pictures.Count == 1)
        {
            return pictures[0];
        }

        int columns = Math.Min(MostColumns, pictures.Count);
        int rows = (pictures.Count + columns - 1) / columns;
        int width = pictures.Max(picture => picture.Width);
        int height = pictures.Max(picture => picture.Height);
        PixelImage sheet = new((columns * width) + ((columns - 1) * Gap), (rows * height) + ((rows - 1) * Gap), []);
        float[] rgb = new float[sheet.Width * sheet.Height * 3];
        Array.Fill(rgb, 1);
        for (int i = 0; i < pictures.Count; i++)
        {
            PixelImage picture = pictures[i];
            int x0 = ((i % columns) * (width + Gap)) + ((width - picture.Width) / 2);
            int y0 = ((i / columns) * (height + Gap)) + ((height - picture.Height) / 2);
            for (int y = 0; y < picture.Height; y++)
            {
                picture.Rgb.AsSpan(y * picture.Width * 3, picture.Width * 3).CopyTo(rgb.AsSpan((((y0 + y) * sheet.Width) + x0) * 3));
            }
        }

        return sheet with { Rgb = rgb };
    }

    // Frames of a pyramid grow with its scales; all are shown at one size.
    private PixelImage Read(int run, Frame frame)
    {
        if (last.TryGetValue($"{run}/{frame.ImageId}", out PixelImage? known))
        {
            return known;
        }

        PixelImage picture = ImageReader.Read(storage.Store.Read(frame.ImageId), ImageLimits.None, edge);
        PixelImage largest = frame == runs[run][^1] ? picture : ImageReader.Read(storage.Store.Read(runs[run][^1].ImageId), ImageLimits.None, edge);
        // Even numbers of pixels, which video needs.
        (int width, int height) = ImageScaler.Fit(largest.Width, largest.Height, edge);
        picture = ImageScaler.Resize(picture, Math.Max(2, width & ~1), Math.Max(2, height & ~1)) with { Alpha = null };
        foreach (string old in last.Keys.Where(key => key.StartsWith($"{run}/", StringComparison.Ordinal)).ToList())
        {
            last.Remove(old);
        }

        last[$"{run}/{frame.ImageId}"] = picture;
        return picture;
    }
}
