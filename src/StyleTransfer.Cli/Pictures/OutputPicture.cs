using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Cli.Pictures;

/// <summary>Where a result goes. Checked before the run, so that an hour's work does not end in a misspelt folder.</summary>
internal sealed record OutputPicture(string Path, ImageFormat Format, int BitDepth)
{
    /// <exception cref="ImageException">An extension that is not written, or a folder that is not there.</exception>
    public static OutputPicture Check(string path, int bitDepth)
    {
        ImageFormat format = System.IO.Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => ImageFormat.Png,
            ".jpg" or ".jpeg" => ImageFormat.Jpeg,
            ".webp" => ImageFormat.WebP,
            ".tif" or ".tiff" => ImageFormat.Tiff,
            string other => throw new ImageException($"The output '{path}' ends in '{other}'; allowed are .png, .jpg, .webp and .tif."),
        };
        if (bitDepth == 16 && format is not (ImageFormat.Png or ImageFormat.Tiff))
        {
            throw new ImageException($"'{path}' cannot hold 16 bits a channel; write .png or .tif, or leave out --bits.");
        }

        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            throw new ImageException($"The folder of the output '{path}' does not exist. Make it first, or choose another.");
        }

        return new OutputPicture(path, format, bitDepth);
    }

    public void Write(PixelImage picture, Recipe recipe) => AtomicFile.Write(
        Path,
        ImageWriter.Write(picture, new ImageWriteOptions { Format = Format, BitDepth = BitDepth, RecipeJson = RecipeJson.Write(recipe) }));
}
