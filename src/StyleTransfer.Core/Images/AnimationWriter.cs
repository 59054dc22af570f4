using NetVips;

namespace StyleTransfer.Core.Images;

/// <summary>Pictures in a row as one animated file: WebP or GIF, endless, with nothing else in it.</summary>
public static class AnimationWriter
{
    /// <param name="frames">All of one size.</param>
    /// <param name="milliseconds">How long each is shown.</param>
    /// <param name="progress">Percent of the encoding.</param>
    /// <exception cref="ImageException">No frames, frames of different sizes, or a format that does not move.</exception>
    public static byte[] Write(IReadOnlyList<PixelImage> frames, IReadOnlyList<int> milliseconds, ImageFormat format, IProgress<int>? progress = null)
    {
        if (frames.Count == 0 || frames.Any(frame => frame.Width != frames[0].Width || frame.Height != frames[0].Height) || milliseconds.Count != frames.Count)
        {
            throw new ImageException($"{frames.Count} frames with {milliseconds.Count} times make no animation; give at least one, all of one size, and a time for each.");
        }

        if (format is not (ImageFormat.WebP or ImageFormat.Gif))
        {
            throw new ImageException($"{format} does not move; WebP and GIF do. Choose one of those.");
        }

        Vips.Start();
        List<Image> pages = [.. frames.Select(frame => Image.NewFromMemory(PixelPacking.ToBytes(frame, keepsAlpha: false), frame.Width, frame.Height, 3, Enums.BandFormat.Uchar))];
        try
        {
            // libvips keeps an animation as one tall picture that is cut at every page's height.
            using Image tall = Image.Arrayjoin([.. pages], across: 1);
            using Image tagged = tall.Copy(interpretation: Enums.Interpretation.Srgb);
            using Image timed = tagged.Mutate(header =>
            {
                header.Set(GValue.GIntType, "page-height", frames[0].Height);
                header.Set(GValue.ArrayIntType, "delay", milliseconds.ToArray());
                header.Set(GValue.GIntType, "loop", 0);
            });
            if (progress is not null)
            {
                timed.SetProgress(progress);
            }

            return format == ImageFormat.WebP
                ? timed.WebpsaveBuffer(q: 82, effort: 3, keep: Enums.ForeignKeep.None)
                : timed.GifsaveBuffer(effort: 4, keep: Enums.ForeignKeep.None);
        }
        catch (VipsException e)
        {
            throw new ImageException($"The animation of {frames.Count} frames could not be written: {e.Message.Trim()}. Try fewer or smaller frames.", e);
        }
        finally
        {
            pages.ForEach(page => page.Dispose());
        }
    }
}
