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
    private const int SmallestHeading = 90;
    private const int MostHeading = 150;

    // As floats, with the pictures beside it, that is some hundred megabytes; larger sheets are hard to open anywhere.
    private const double MostPixels = 30_000_000;

    /// <summary>What differs from column to column; above their headings.</summary>
    public string ColumnTitle { get; init; } = "";

    /// <summary>What differs from row to row; above theirs.</summary>
    public string RowTitle { get; init; } = "";

    /// <summary>Whether this machine has a font for the words of a sheet; small containers have none.</summary>
    public static bool HasFont => Lettering.HasFont;

    /// <summary>The longer edge that each of so many pictures may have, at most the wanted one.</summary>
    public static int EdgeFor(int cells, int wanted) => (int)Math.Clamp(Math.Min(wanted, Math.Sqrt(MostPixels / Math.Max(1, cells))), 48, 1024);

    /// <exception cref="ImageException">A sheet without a picture, rows of unequal length, or words on a machine without fonts.</exception>
    public PixelImage Render()
    {
        if (Cells.Length != Rows.Length || Cells.Any(row => row.Length != Columns.Length) || !Cells.Any(row => row.Any(cell => cell.Picture is not null)))
        {
            throw new ImageException($"A contact sheet of {Rows.Length} rows and {Columns.Length} columns needs a list of {Columns.Length} cells for each row, and one picture at least.");
        }

        Layout at = new(this);
        SheetCanvas canvas = new(at.Width, at.Height);
        canvas.Write(Title, Gap, Gap, at.Width - (2 * Gap), at.Letters * 5 / 4, isBold: true);
        canvas.Write(ColumnTitle, at.Left, at.AxisTop, at.Width - at.Left - Gap, at.Letters, isBold: false);
        canvas.Write(RowTitle, Gap, at.RowsTop - at.Line, at.HeadingEdge, at.Letters, isBold: false);
        int x = at.Left;
        for (int column = 0; column < Columns.Length; column++)
        {
            canvas.Draw(at.ColumnPictures[column], x, at.HeadingsTop);
            canvas.Write(Columns[column].Label, x, at.RowsTop - at.Line, at.Widths[column], at.Letters, isBold: true);
            x += at.Widths[column] + Gap;
        }

        int y = at.RowsTop;
        for (int row = 0; row < Rows.Length; row++)
        {
            canvas.Draw(at.RowPictures[row], Gap, y);
            canvas.Write(Rows[row].Label, Gap, y + (at.RowPictures[row]?.Height + (Gap / 2) ?? 0), at.HeadingEdge, at.Letters, isBold: true);
            x = at.Left;
            for (int column = 0; column < Columns.Length; column++)
            {
                SheetPicture cell = Cells[row][column];
                canvas.Draw(cell.Picture, x, y);
                canvas.Write(cell.Caption ?? "", x, y + (cell.Picture?.Height ?? 0) + 2, at.Widths[column], at.Letters, isBold: false);
                x += at.Widths[column] + Gap;
            }

            y += at.Heights[row] + at.CaptionHeight + Gap;
        }

        return canvas.ToImage();
    }

    // Where everything goes: columns as wide as their widest picture, rows as high as their highest, letters by the pictures' size.
    private sealed class Layout
    {
        public Layout(ContactSheet sheet)
        {
            Widths = [.. Enumerable.Range(0, sheet.Columns.Length).Select(column => sheet.Cells.Max(row => row[column].Picture?.Width ?? 0))];
            int widest = Widths.Max();
            Widths = [.. Widths.Select(width => width == 0 ? widest : width)];
            Letters = Math.Clamp(widest / 18, 13, 22);
            Line = Letters * 5 / 3;
            bool hasRowHeadings = sheet.RowTitle.Length > 0 || sheet.Rows.Any(row => row.Label.Length > 0 || row.Picture is not null);
            int words = sheet.Rows.Max(row => row.Label.Length) * Letters * 2 / 3;
            HeadingEdge = Math.Max(Math.Clamp(widest, SmallestHeading, Math.Max(MostHeading, widest / 2)), Math.Min(words, widest));
            ColumnPictures = [.. sheet.Columns.Select(column => Shrunk(column.Picture, HeadingEdge))];
            RowPictures = [.. sheet.Rows.Select(row => Shrunk(row.Picture, HeadingEdge))];
            CaptionHeight = sheet.Cells.Any(row => row.Any(cell => cell.Caption is not null)) ? Line : 0;
            Left = Gap + (hasRowHeadings ? HeadingEdge + Gap : 0);
            AxisTop = Gap + (sheet.Title.Length > 0 ? (Line * 5 / 4) + (Gap / 2) : 0);
            HeadingsTop = AxisTop + (sheet.ColumnTitle.Length > 0 ? Line : 0);
            bool hasLabels = sheet.RowTitle.Length > 0 || sheet.Columns.Any(column => column.Label.Length > 0);
            RowsTop = HeadingsTop + ColumnPictures.Max(picture => picture?.Height + Gap ?? 0) + (hasLabels ? Line : 0);
            int lowest = Enumerable.Range(0, sheet.Rows.Length).Max(row => (RowPictures[row]?.Height ?? 0) + (sheet.Rows[row].Label.Length > 0 ? Line + (Gap / 2) : 0));
            Heights = [.. sheet.Cells.Select(row => Math.Max(lowest, row.Max(cell => cell.Picture?.Height ?? 0)))];
            Width = Left + Widths.Sum(width => width + Gap);
            Height = RowsTop + Heights.Sum(height => height + CaptionHeight + Gap);
        }

        public int[] Widths { get; }

        public int[] Heights { get; }

        public int Width { get; }

        public int Height { get; }

        public int Letters { get; }

        public int Line { get; }

        public int Left { get; }

        public int HeadingEdge { get; }

        public int CaptionHeight { get; }

        public int AxisTop { get; }

        public int HeadingsTop { get; }

        public int RowsTop { get; }

        public PixelImage?[] ColumnPictures { get; }

        public PixelImage?[] RowPictures { get; }

        private static PixelImage? Shrunk(PixelImage? picture, int edge) => picture is null ? null : ImageScaler.Shrink(picture, edge);
    }
}
