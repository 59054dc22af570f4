using NetVips;

namespace StyleTransfer.Core.Images;

/// <summary>A cell of a sheet.</summary>
/// <param name="Picture">Encoded as it lies in the store; null leaves the cell empty.</param>
/// <param name="Caption">A short line below the picture.</param>
public sealed record SheetCell(byte[]? Picture, string Caption);

/// <summary>A grid of pictures with a title, a heading for each column and row, and a caption for each cell, as one PNG on paper white.</summary>
/// <param name="ColumnTitle">What the columns vary.</param>
/// <param name="RowTitle">What the rows vary; empty where there is one row.</param>
/// <param name="Cells">By row, then column.</param>
public sealed record LabelledSheet(string Title, string ColumnTitle, string RowTitle, IReadOnlyList<string> Columns, IReadOnlyList<string> Rows, IReadOnlyList<SheetCell> Cells)
{
    private const int Margin = 28;
    private const int Gap = 10;
    private const long MostPixels = 60_000_000;

    private static readonly byte[] paper = [0xff, 0xfd, 0xf9];
    private static readonly byte[] ink = [0x24, 0x1f, 0x1a];
    private static readonly byte[] quiet = [0x5d, 0x54, 0x4a];
    private static readonly byte[] blank = [0xee, 0xe9, 0xdf];

    /// <param name="edge">The longer edge of each picture; made smaller where the sheet would become too large to open.</param>
    /// <exception cref="ImageException">A picture that cannot be read, or a machine without fonts.</exception>
    public byte[] ToPng(int edge)
    {
        double most = Math.Sqrt((double)MostPixels / Math.Max(1, Columns.Count * Rows.Count));
        edge = (int)Math.Clamp(Math.Min(edge, most), 48, 1024);
        PixelImage?[] pictures = [.. Cells.Select(cell => Picture(cell.Picture, edge))];
        int cellWidth = pictures.Max(picture => picture?.Width) ?? edge;
        int cellHeight = pictures.Max(picture => picture?.Height) ?? edge * 3 / 4;
        int size = Math.Clamp(cellWidth / 18, 11, 22);
        int line = size * 8 / 5;
        int rowHeading = Rows.Count > 1 || RowTitle.Length > 0 ? Math.Max(cellWidth / 2, 90) : 0;
        int top = Margin + (line * 2) + line + line;
        int width = (2 * Margin) + rowHeading + (Columns.Count * (cellWidth + Gap));
        int height = top + (Rows.Count * (cellHeight + line + Gap)) + Margin;
        Sheet sheet = new(width, height);

        sheet.Write(Title, Margin, Margin, size * 3 / 2, width - (2 * Margin), ink, isBold: true);
        sheet.Write(ColumnTitle, Margin + rowHeading, Margin + (line * 2), size, width - (2 * Margin) - rowHeading, quiet);
        if (RowTitle.Length > 0)
        {
            sheet.Write(RowTitle, Margin, Margin + (line * 3), size, rowHeading - Gap, quiet);
        }

        for (int x = 0; x < Columns.Count; x++)
        {
            sheet.Write(Columns[x], Margin + rowHeading + (x * (cellWidth + Gap)), Margin + (line * 3), size, cellWidth, ink, isBold: true);
        }

        for (int y = 0; y < Rows.Count; y++)
        {
            int from = top + (y * (cellHeight + line + Gap));
            if (rowHeading > 0)
            {
                sheet.Write(Rows[y], Margin, from, size, rowHeading - Gap, ink, isBold: true);
            }

            for (int x = 0; x < Columns.Count; x++)
            {
                int index = (y * Columns.Count) + x;
                int left = Margin + rowHeading + (x * (cellWidth + Gap));
                sheet.Place(pictures[index], left, from, cellWidth, cellHeight);
                sheet.Write(Cells[index].Caption, left, from + cellHeight + 3, size * 5 / 6, cellWidth, quiet);
            }
        }

        return sheet.ToPng();
    }

    private static PixelImage? Picture(byte[]? file, int edge)
    {
        if (file is null)
        {
            return null;
        }

        PixelImage picture = ImageReader.Read(file, new ImageLimits { MaxBytes = long.MaxValue, MaxPixels = long.MaxValue }, edge);
        (int width, int height) = ImageScaler.Fit(picture.Width, picture.Height, edge);
        return Math.Max(picture.Width, picture.Height) > edge ? ImageScaler.Resize(picture, width, height) : picture;
    }

    private sealed class Sheet
    {
        private readonly int width;
        private readonly int height;
        private readonly byte[] samples;

        public Sheet(int width, int height)
        {
            this.width = width;
            this.height = height;
            samples = new byte[(long)width * height * 3];
            for (int i = 0; i < samples.Length; i++)
            {
                samples[i] = paper[i % 3];
            }
        }

        public void Write(string text, int left, int top, int size, int maxWidth, byte[] color, bool isBold = false)
        {
            if (text.Length == 0)
            {
                return;
            }

            Lettering.Mask mask = Lettering.Line(text, size, maxWidth, isBold);
            for (int y = 0; y < Math.Min(mask.Height, height - top); y++)
            {
                for (int x = 0; x < Math.Min(mask.Width, width - left); x++)
                {
                    int coverage = mask.Coverage[(y * mask.Width) + x];
                    Span<byte> pixel = samples.AsSpan(3 * (((top + y) * width) + left + x), 3);
                    for (int channel = 0; channel < 3; channel++)
                    {
                        pixel[channel] = (byte)(((pixel[channel] * (255 - coverage)) + (color[channel] * coverage)) / 255);
                    }
                }
            }
        }

        public void Place(PixelImage? picture, int left, int top, int cellWidth, int cellHeight)
        {
            if (picture is null)
            {
                for (int y = 0; y < cellHeight; y++)
                {
                    for (int x = 0; x < cellWidth; x++)
                    {
                        blank.CopyTo(samples.AsSpan(3 * (((top + y) * width) + left + x)));
                    }
                }

                return;
            }

            byte[] bytes = PixelPacking.ToBytes(picture, keepsAlpha: false);
            int stride = 3 * picture.Width;
            for (int y = 0; y < picture.Height; y++)
            {
                bytes.AsSpan(y * stride, stride).CopyTo(samples.AsSpan(3 * (((top + y) * width) + left)));
            }
        }

        public byte[] ToPng()
        {
            Vips.Start();
            using Image image = Image.NewFromMemory(samples, width, height, 3, Enums.BandFormat.Uchar);
            using Image tagged = image.Copy(interpretation: Enums.Interpretation.Srgb);
            return tagged.PngsaveBuffer(compression: 6, filter: Enums.ForeignPngFilter.All);
        }
    }
}
