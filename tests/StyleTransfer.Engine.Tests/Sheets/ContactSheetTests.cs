using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Images.Sheets;
using StyleTransfer.Engine.Tests.Running;

namespace StyleTransfer.Engine.Tests.Sheets;

public sealed class ContactSheetTests
{
    [Fact]
    public void Render_GridOfPictures_ShowsEachPixelForPixel()
    {
        PixelImage[] pictures = [Worlds.Picture(60, 40, 1), Worlds.Picture(50, 44, 2), Worlds.Picture(60, 40, 3), Worlds.Picture(30, 20, 4)];
        ContactSheet sheet = new(
            "A title",
            [new SheetHeading("left", pictures[0]), new SheetHeading("right")],
            [new SheetHeading("up"), new SheetHeading("down", pictures[1])],
            [[new SheetPicture(pictures[0], "one"), new SheetPicture(pictures[1])], [new SheetPicture(pictures[2]), new SheetPicture(pictures[3], "four")]]);

        PixelImage image = sheet.Render();

        Assert.All(pictures, picture => Assert.True(Holds(image, picture)));
        Assert.True(image.Rgb.Count(value => value < 0.3f) > 100, "The words are there.");
    }

    [Fact]
    public void Render_EmptyPlace_IsLeftWhite()
    {
        ContactSheet sheet = new("", [new SheetHeading("")], [new SheetHeading(""), new SheetHeading("")], [[new SheetPicture(Worlds.Flat(20, 20, 0))], [new SheetPicture(null)]]);

        PixelImage image = sheet.Render();

        Assert.Equal(20 * 20 * 3, image.Rgb.Count(value => value == 0));
        Assert.Equal((image.Width * image.Height * 3) - (20 * 20 * 3), image.Rgb.Count(value => value == 1));
    }

    [Fact]
    public void Render_RowsOfUnequalLength_IsRefused()
    {
        ContactSheet sheet = new("", [new SheetHeading(""), new SheetHeading("")], [new SheetHeading("")], [[new SheetPicture(Worlds.Flat(4, 4, 1))]]);

        Assert.Throws<ImageException>(sheet.Render);
    }

    [Fact]
    public void Render_AxisTitles_AreWrittenAboveTheirHeadings()
    {
        ContactSheet sheet = new("", [new SheetHeading("1")], [new SheetHeading("2")], [[new SheetPicture(Worlds.Flat(120, 90, 0.5f))]]);

        PixelImage plain = sheet.Render();
        PixelImage titled = (sheet with { ColumnTitle = "content weight", RowTitle = "seed" }).Render();

        Assert.True(titled.Height > plain.Height);
        Assert.True(titled.Rgb.Count(value => value < 0.3f) > plain.Rgb.Count(value => value < 0.3f) + 100);
        Assert.True(ContactSheet.HasFont);
    }

    [Theory]
    [InlineData(9, 320, 320)]
    [InlineData(400, 1024, 273)]
    [InlineData(1, 4000, 1024)]
    [InlineData(100_000, 320, 48)]
    public void EdgeFor_ManyPictures_KeepsTheSheetOpenable(int cells, int wanted, int edge) => Assert.Equal(edge, ContactSheet.EdgeFor(cells, wanted));

    private static bool Holds(PixelImage sheet, PixelImage picture)
    {
        for (int top = 0; top <= sheet.Height - picture.Height; top++)
        {
            for (int left = 0; left <= sheet.Width - picture.Width; left++)
            {
                if (IsAt(sheet, picture, left, top))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsAt(PixelImage sheet, PixelImage picture, int left, int top)
    {
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<float> row = sheet.Rgb.AsSpan((((top + y) * sheet.Width) + left) * 3, picture.Width * 3);
            if (!row.SequenceEqual(picture.Rgb.AsSpan(y * picture.Width * 3, picture.Width * 3)))
            {
                return false;
            }
        }

        return true;
    }
}
