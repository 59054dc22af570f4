using System.Text;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Journeys;

/// <summary>Files that come from outside the browser: dropped on something, or pasted.</summary>
internal static class BroughtPictures
{
    /// <summary>No picture, whatever its name says.</summary>
    public static byte[] NoPicture => Encoding.UTF8.GetBytes("This is a letter.");

    public static async Task DropAsync(this ILocator target, byte[] file, string name)
    {
        IJSHandle transfer = await TransferAsync(target.Page, file, name);
        foreach (string type in (string[])["dragenter", "dragover", "drop"])
        {
            await target.DispatchEventAsync(type, new { dataTransfer = transfer });
        }
    }

    public static async Task PasteAsync(this IPage page, byte[] file, string name)
    {
        IJSHandle transfer = await TransferAsync(page, file, name);
        await page.EvaluateAsync("transfer => document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }))", transfer);
    }

    public static Task<IJSHandle> TransferAsync(IPage page, byte[] file, string name) => page.EvaluateHandleAsync(
        """
        ([file, name]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0))], name, { type: "image/png" }));
          return transfer;
        }
        """,
        new[] { Convert.ToBase64String(file), name });
}
