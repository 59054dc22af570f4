using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StyleTransfer.Browser.Tests.Experiments;

/// <summary>What begins beside the places that it usually begins at: a comparison from a session, a recipe from a file.</summary>
public sealed partial class CompareFromAnywhereTests(StudioBrowser browser)
{
    [Fact]
    public async Task SessionPage_Compare_ChoosesItAndOpensItWithAnother()
    {
        await using StudioPage view = await browser.OpenAsync("/experiments");
        Guid id = await TinyGrid.StartAsync(browser, "From its page");
        await view.GoAsync($"/experiments/{id}");
        await Assertions.Expect(view.Page.GetByText("9 of 9 cells are done")).ToBeVisibleAsync();
        Guid first = (await TinyGrid.CellsAsync(browser, id))[0];
        await view.GoAsync($"/sessions/{first}");

        await view.Page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true }).ClickAsync();
        ILocator dialog = view.Page.GetByRole(AriaRole.Dialog);
        ILocator choices = dialog.Locator(".cmp-choice");
        await Assertions.Expect(choices.First).ToHaveAttributeAsync("aria-pressed", "true");
        await choices.Nth(1).ClickAsync();
        await view.CheckAccessibilityAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true }).ClickAsync();

        await view.Page.WaitForURLAsync(new Regex($"/compare\\?s={first}"));
        await Assertions.Expect(view.Page.Locator(".cmp-view[data-drawn]")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task RecipeFile_DroppedOnThePicker_OpensInTheForm()
    {
        await using StudioPage view = await browser.OpenAsync("/");
        string recipe = JsonSerializer.Serialize("""{ "preset": "fast", "content": null, "styles": [{ "image": "IMAGE" }], "seed": 4711, "objective": { "style": { "layers": [{ "layer": "relu1_1", "weight": 1 }] } } }""".Replace("IMAGE", new string('a', 64), StringComparison.Ordinal));

        await view.Page.EvaluateAsync($$"""
            () => {
              const files = new DataTransfer();
              files.items.add(new File([{{recipe}}], "recipe.json", { type: "application/json" }));
              document.querySelector(".picker").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }));
            }
            """);

        await view.Page.WaitForURLAsync(Opened());
        await Assertions.Expect(view.Page.GetByText("aaaaaaaaaaaa…")).ToBeVisibleAsync();
        await Assertions.Expect(view.Page.GetByLabel("Seed", new() { Exact = true })).ToHaveValueAsync("4711");
    }

    [GeneratedRegex("/\\?recipe=[0-9a-f]{64}")]
    private static partial Regex Opened();
}
