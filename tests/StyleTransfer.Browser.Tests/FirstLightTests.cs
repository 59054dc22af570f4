using Microsoft.Playwright;
using StyleTransfer.Tests;

namespace StyleTransfer.Browser.Tests;

/// <summary>From an empty studio to a finished picture, and back through a refresh.</summary>
public sealed class FirstLightTests(StudioBrowser browser)
{
    [Fact]
    public async Task NewSession_EmptyStudio_InvitesAndShowsStarters()
    {
        await using StudioPage view = await browser.OpenAsync("/");

        await Assertions.Expect(view.Page.GetByRole(AriaRole.Group, new() { Name = "Styles" }).GetByRole(AriaRole.Button).First).ToBeVisibleAsync();
        await Assertions.Expect(view.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
    }
}
