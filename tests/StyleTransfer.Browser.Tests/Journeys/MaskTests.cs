using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>Regions painted with every tool, named, given to a style, and kept.</summary>
public sealed class MaskTests(StudioBrowser browser)
{
    [Fact]
    public async Task Regions_FilledBrushedErasedUndone_AreKeptWithTheirNamesAndStyles()
    {
        await using StudioPage view = await browser.OpenAsync("/queue");
        IPage page = view.Page;
        using StudioRuns runs = new(browser.Studio);
        string[] styles = [await runs.UploadAsync(seed: 31), await runs.UploadAsync(seed: 33)];
        await view.GoAsync($"/?content={await runs.UploadAsync(seed: 30, width: 320, height: 240)}&style={string.Join(',', styles)}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Paint regions" }).ClickAsync();
        ILocator editor = page.GetByRole(AriaRole.Dialog, new() { Name = "Regions" });
        ILocator undo = editor.GetByRole(AriaRole.Button, new() { Name = "Undo" });
        await Assertions.Expect(editor.GetByRole(AriaRole.Button, new() { Name = "Paint Region 2" })).ToBeVisibleAsync();
        LocatorBoundingBoxResult box = (await editor.Locator("canvas").BoundingBoxAsync())!;
        float middle = box.X + (box.Width / 2);
        float y = box.Y + (box.Height / 2);

        // Fill takes what has the colour under the pointer: the left half, and not more.
        await Tool("Fill").ClickAsync();
        await Assertions.Expect(Tool("Fill")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.Mouse.ClickAsync(middle - 50, y);
        await ExpectShareAsync(0, 50);

        // The brush paints over it for the second region; undo takes one stroke back, redo brings it again.
        await editor.GetByRole(AriaRole.Button, new() { Name = "Paint Region 2" }).ClickAsync();
        await Tool("Brush").ClickAsync();
        await Assertions.Expect(Tool("Brush")).ToHaveAttributeAsync("aria-pressed", "true");
        await StrokeAsync(middle - 150, middle - 50);
        await ExpectLessAsync(0, 50);
        int painted = await ShareAsync(1);
        Assert.InRange(painted, 1, 40);
        await undo.ClickAsync();
        await ExpectShareAsync(0, 50);
        await ExpectShareAsync(1, 0);
        await editor.GetByRole(AriaRole.Button, new() { Name = "Redo" }).ClickAsync();
        await ExpectShareAsync(1, painted);

        // The eraser takes the stroke away again: what was under it is not painted any more.
        await Tool("Erase").ClickAsync();
        await Assertions.Expect(Tool("Erase")).ToHaveAttributeAsync("aria-pressed", "true");
        await StrokeAsync(middle - 150, middle - 50);
        await ExpectShareAsync(1, 0);
        await ExpectLessAsync(0, 50);
        await undo.ClickAsync();
        await ExpectShareAsync(1, painted);

        await editor.GetByLabel("Soft edge").FillAsync("20");
        await editor.GetByLabel("Name of the region").Nth(0).FillAsync("Sky");
        await editor.GetByLabel("Name of the region").Nth(1).FillAsync("Boat");
        await editor.GetByLabel("Name of the region").Nth(1).PressAsync("Tab");
        await editor.GetByLabel("Style of Sky").SelectOptionAsync("1");
        await editor.GetByLabel("Style of Boat").SelectOptionAsync("0");
        await view.CheckEverywhereAsync("masks-painted");
        await editor.GetByRole(AriaRole.Button, new() { Name = "Use these regions" }).ClickAsync();

        // Kept with name and style, in the address too, and with a soft edge.
        ILocator regions = page.Locator(".regions-list li");
        await Assertions.Expect(editor).ToBeHiddenAsync();
        await page.WaitForURLAsync(url => url.Contains("regions="));
        await view.RefreshAsync();
        await Assertions.Expect(regions).ToHaveTextAsync([new Regex("Sky"), new Regex("Boat")]);
        await Assertions.Expect(regions.Nth(0).GetByRole(AriaRole.Img).Last).ToHaveAttributeAsync("src", $"/media/{styles[1]}/160");
        await Assertions.Expect(regions.Nth(1).GetByRole(AriaRole.Img).Last).ToHaveAttributeAsync("src", $"/media/{styles[0]}/160");
        string mask = (await regions.Nth(0).GetByRole(AriaRole.Img).First.GetAttributeAsync("src"))![..^4];
        double[] shares = await page.EvaluateAsync<double[]>(
            """
            async (mask) => {
              const image = new Image();
              image.src = mask;
              await image.decode();
              const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
              canvas.getContext("2d").drawImage(image, 0, 0);
              const values = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 === 0);
              const share = (test) => values.filter(test).length / values.length;
              return [share((value) => value > 230), share((value) => value < 25), share((value) => value >= 25 && value <= 230)];
            }
            """,
            mask);
        Assert.All(shares, share => Assert.InRange(share, 0.02, 0.9));

        ILocator Tool(string name) => editor.GetByRole(AriaRole.Group, new() { Name = "Tool" }).GetByRole(AriaRole.Button, new() { Name = name });

        ILocator Share(int region) => editor.Locator(".mask-regions li").Nth(region).Locator(".quiet");

        Task ExpectShareAsync(int region, int percent) => Assertions.Expect(Share(region)).ToHaveTextAsync($"{percent}%");

        async Task ExpectLessAsync(int region, int percent)
        {
            await Assertions.Expect(Share(region)).Not.ToHaveTextAsync($"{percent}%");
            Assert.InRange(await ShareAsync(region), 0, percent - 1);
        }

        async Task<int> ShareAsync(int region) => int.Parse((await Share(region).InnerTextAsync()).TrimEnd('%'), CultureInfo.InvariantCulture);

        async Task StrokeAsync(float from, float to)
        {
            await page.Mouse.MoveAsync(from, y);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(to, y, new() { Steps = 5 });
            await page.Mouse.UpAsync();
        }
    }
}
