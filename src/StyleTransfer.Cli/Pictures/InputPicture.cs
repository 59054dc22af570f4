using System.Security.Cryptography;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Cli.Pictures;

/// <summary>A picture from a file: its pixels, and the identifier by which a recipe names it.</summary>
internal sealed record InputPicture(string Path, string Id, PixelImage Pixels, byte[] File)
{
    // A file named on the command line is the user's own: it may be larger than what a stranger may upload.
    private static readonly ImageLimits Limits = new() { MaxBytes = 1L << 30, MaxPixels = 400_000_000 };

    /// <exception cref="ImageException">No such file, or not a picture.</exception>
    public static InputPicture Read(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            throw new ImageException($"There is no file '{path}'. Give the path of a PNG, JPEG, WebP, GIF, TIFF or AVIF picture.");
        }

        byte[] file = System.IO.File.ReadAllBytes(path);
        try
        {
            return new InputPicture(path, Convert.ToHexStringLower(SHA256.HashData(file)), ImageReader.Read(file, Limits), file);
        }
        catch (ImageException e)
        {
            throw new ImageException($"'{path}': {e.Message}", e);
        }
    }
}
