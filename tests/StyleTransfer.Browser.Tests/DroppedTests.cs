using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests;

/// <summary>A picture that comes by drop or paste, on pages where nothing asks for one.</summary>
public sealed class DroppedTests(StudioBrowser browser)
{
    [Theory]
    [InlineData("/queue", "drop")]
    [InlineData("/sessions", "paste")]
    public async Task Window_TwoForeignPictures_BecomeTheContentsOfANewSession(string path, string way)
    {
        await using StudioPage view = await browser.OpenAsync(path);
        await view.Page.EvaluateAsync(
            """
            async (way) => {
              const data = new DataTransfer();
              for (const color of ["teal", "tomato"]) {
                const canvas = new OffscreenCanvas(64, 48);
                const context = canvas.getContext("2d");
                context.fillStyle = color;
                context.fillRect(0, 0, 64, 48);
                data.items.add(new File([await canvas.convertToBlob()], `${color} hill.png`, { type: "image/png" }));
              }
              document.body.dispatchEvent(way === "drop"
                ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
            }
            """,
            way);

        await view.Page.WaitForURLAsync(url => url.Contains("/?content=") && (url.Contains("%2C") || url.Contains(',')));
        await Assertions.Expect(view.Page.Locator("main h1")).ToHaveTextAsync("New session");
        await Assertions.Expect(view.Page.Locator(".chosen-row img[alt='tomato hill']")).ToBeVisibleAsync();
    }
}
