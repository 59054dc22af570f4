using System.Collections.Concurrent;
using StyleTransfer.Studio.Images;

namespace StyleTransfer.Studio.Live;

/// <summary>A preview as the worker sent it, and its smaller copies for slow lines.</summary>
public sealed class PreviewFrame(PreviewVersion version, byte[] jpeg)
{
    /// <summary>Longer edges that are made, in pixels, the largest first; js/frame-size.js asks for these.</summary>
    public static readonly int[] Edges = [320, 192];

    // However many slow readers there are, one of them has it made.
    private readonly ConcurrentDictionary<int, Lazy<byte[]>> copies = new();

    public PreviewVersion Version => version;

    public byte[] Jpeg => jpeg;

    /// <summary>WebP; made when first asked for, and kept as long as the preview is.</summary>
    public byte[] Small(int edge) => copies.GetOrAdd(edge, _ => new Lazy<byte[]>(() => Thumbnails.Shrink(jpeg, edge))).Value;
}
