using System.Collections.Immutable;

namespace StyleTransfer.Core.Images.Sheets;

/// <summary>What a row or a column has in common.</summary>
/// <param name="Label">May be empty.</param>
/// <param name="Picture">An input that it stands for; null where words say enough.</param>
public sealed record SheetHeading(string Label, PixelImage? Picture = null);

/// <summary>One picture of a sheet, and a line below it.</summary>
/// <param name="Picture">Null leaves the place empty.</param>
public sealed record SheetPicture(PixelImage? Picture, string? Caption = null);

/// <summary>Pictures side by side in a labelled grid, for the eye to compare: as one picture, each shown pixel for pixel.</summary>
/// <param name="Cells">One list for each row, one cell for each column.</param>
public sealed record ContactSheet(
    string Title, ImmutableArray<SheetHeading> Columns, ImmutableArray<SheetHeading> Rows, ImmutableArray<ImmutableArray<SheetPicture>> Cells)
{
    private const int Gap = 10;
    private const int LineHeight = 22;
    private const int MostHeading = 150;

    /// <exception cref="ImageException">A sheet without a picture, or rows of unequal length.</exception>
    public PixelImage Render()
    {
        if (Cells.Length != Rows.Length || Cells.Any(row => row.Length != Columns.Length) || !Cells.Any(row => row.Any(cell => cell.Picture is not null)))
        {
            throw new ImageException($"A contact sheet of {Rows.Length} rows and {Columns.Length} columns needs a list of {Columns.Length} cells for each row, and one picture at least.");
        }

        int[] widths = [.. Enumerable.Range(0, Columns.Length).Select(column => Cells.Max(row => row[column].Picture?.Width ?? 0))];
        int[] heights = [.. Cells.Select(row => row.Max(cell => cell.Picture?.Height ?? 0))];
        int headingEdge = Math.Min(MostHeading, widths.Max());
        PixelImage?[] columnPictures = [.. Columns.Select(column => Shrunk(column.Picture, headingEdge))];
        PixelImage?[] rowPictures = [.. Rows.Select(row => Shrunk(row.Picture, headingEdge))];
        int captionHeight = Cells.Any(row => row.Any(cell => cell.Caption is not null)) ? LineHeight : 0;
        int left = Rows.Any(row => row.Label.Length > 0 || row.Picture is not null) ? headingEdge + Gap : 0;
        int headingHeight = columnPictures.Max(picture => picture?.Height + Gap ?? 0) + (Columns.Any(column => column.Label.Length > 0) ? LineHeight : 0);
        int titleHeight = Title.Length > 0 ? LineHeight + Gap : 0;

        SheetCanvas canvas = new(
            Gap + left + widths.Sum(width => width + Gap),
            Gap + titleHeight + headingHeight + heights.Sum(height => Math.Max(height, LowestHeading(rowPictures)) + captionHeight + Gap));
        canvas.Write(Title, Gap, Gap, canvas.Width - (2 * Gap), bold: true);
        int x = Gap + left;
        for (int column = 0; column < Columns.Length; column++)
        {
            int below = columnPictures.Max(picture => picture?.Height + Gap ?? 0);
            canvas.Draw(columnPictures[column], x, Gap + titleHeight);
            canvas.Write(Columns[column].Label, x, Gap + titleHeight + below, widths[column], bold: true);
            x += widths[column] + Gap;
        }

        int y = Gap + titleHeight + headingHeight;
        for (int row = 0; row < Rows.Length; row++)
        {
            canvas.Draw(rowPictures[row], Gap, y);
            canvas.Write(Rows[row].Label, Gap, y + (rowPictures[row]?.Height + (Gap / 2) ?? 0), headingEdge, bold: true);
            x = Gap + left;
            for (int column = 0; column < Columns.Length; column++)
            {
                SheetPicture cell = Cells[row][column];
                canvas.Draw(cell.Picture, x, y);
                canvas.Write(cell.Caption ?? "", x, y + (cell.Picture?.Height ?? 0) + 2, widths[column], bold: false);
                x += widths[column] + Gap;
            }

            y += Math.Max(heights[row], LowestHeading(rowPictures)) + captionHeight + Gap;
        }

        return canvas.ToImage();
    }

    // A row must hold its heading's picture with the words below it.
    private int LowestHeading(PixelImage?[] pictures) => pictures.Zip(Rows).Max(heading =>
        (heading.First?.Height ?? 0) + (heading.Second.Label.Length > 0 ? LineHeight + (Gap / 2) : 0));

    private static PixelImage? Shrunk(PixelImage? picture, int edge)
    {
        if (picture is null || Math.Max(picture.Width, picture.Height) <= edge)
        {
            return picture;
        }

        (int width, int height) = ImageScaler.Fit(picture.Width, picture.Height, edge);
        return ImageScaler.Resize(picture, width, height);
    }
}
