using Bunit;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Studio.Components.Parts;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;
using TestContext = Xunit.TestContext;

namespace StyleTransfer.Studio.Tests.Components;

public sealed class SelectionBarTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_BarDrawnAnew_AreReadOnlyWhenTheSelectionOrTheTagsAreOthers()
    {
        Guid one = await FinishAsync();
        Guid other = await FinishAsync();
        await TagAsync(one, "first");
        await using AsyncServiceScope scope = studio.Services.CreateAsyncScope();
        await using BunitContext page = new();
        page.Services.AddFallbackServiceProvider(scope.ServiceProvider);
        HashSet<Guid> selected = [one];
        IRenderedComponent<SelectionBar> bar = page.Render<SelectionBar>(with => with.Add(b => b.Selected, selected).Add(b => b.Total, 2));
        await bar.Find("button[aria-expanded]").ClickAsync(new());
        Assert.Equal(["first"], Chips(bar));

        await TagAsync(one, "second");
        bar.Render();
        Assert.Equal(["first"], Chips(bar));
        bar.Render(with => with.Add(b => b.Retagged, 1));
        bar.WaitForAssertion(() => Assert.Equal(["first", "second"], Chips(bar)));

        await TagAsync(other, "third");
        selected.Add(other);
        bar.Render();
        bar.WaitForAssertion(() => Assert.Equal(["first", "second", "third"], Chips(bar)));
    }

    private static IEnumerable<string> Chips(IRenderedComponent<SelectionBar> bar) => bar.FindAll(".tag-chip").Select(chip => chip.TextContent.Split(' ')[0]);

    private async Task TagAsync(Guid id, string tag) => await studio.Services.GetRequiredService<SessionSelection>().TagAsync([id], tag, "", Token);

    private async Task<Guid> FinishAsync()
    {
        Guid id = await studio.Client.RunAsync(iterations: 2);
        await studio.Client.WaitForAsync(id, SessionState.Completed);
        return id;
    }
}
