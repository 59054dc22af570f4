using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Playwright;
using StyleTransfer.Core.Messages;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>A browser on a line of 50 kB a second beside a watcher on a fast one: how old its previews are, and what it costs the run.</summary>
internal sealed partial class SlowLineFigure : IFigure
{
    private const int BytesASecond = 50_000;
    private const double Target = 2;
    private const int Rounds = 2;

    public string Name => "slow";

    public bool NeedsBrowser => true;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (StudioProcess studio, StudioClient client) = await workshop.StartWarmAsync(cancellationToken);
        await using StudioProcess ending = studio;
        using StudioClient closing = client;
        List<double> ages = [];
        List<double> ratios = [];
        List<double> firsts = [];
        TimeSpan silence = TimeSpan.Zero;
        for (int round = 0; round < Rounds; round++)
        {
            Seen fast = await WatchAsync(workshop, studio, client, isSlow: false, cancellationToken);
            Seen slow = await WatchAsync(workshop, studio, client, isSlow: true, cancellationToken);
            ages.AddRange(slow.Ages);
            firsts.Add(slow.SecondsToFirst);
            ratios.Add(slow.Speed / fast.Speed);
            silence = slow.Silence > silence ? slow.Silence : silence;
        }

        yield return Row.AtMost(
            Name, "from the making of a preview until a browser on a 50 kB/s line shows it or a newer one, 512 px", ages.Max(), Target, "s",
            string.Create(CultureInfo.InvariantCulture, $"the worst of {ages.Count}, median {ages.Median():0.00}; opening the page there took {firsts.List("0.0")} to the first"));
        yield return Row.AtLeast(
            Name, "the run's speed beside it, against a browser on a fast line", ratios.Median(), 0.95, "",
            string.Create(CultureInfo.InvariantCulture, $"median of {ratios.List("0.000")}; the other watcher was told of every iteration, at most {silence.TotalSeconds:0.00} s apart"));
    }

    private static async Task<Seen> WatchAsync(Workshop workshop, StudioProcess studio, StudioClient client, bool isSlow, CancellationToken cancellationToken)
    {
        await using HubConnection hub = await client.ConnectAsync(cancellationToken);
        await using IBrowserContext context = await workshop.BrowseAsync(studio);
        IPage page = await context.NewPageAsync();
        // The studio's scripts are in the browser already; a megabyte of them is not what is measured here.
        Guid former = await client.RunAsync(Workshop.Recipe(128, 5, 5), cancellationToken);
        await page.GotoAsync($"/sessions/{former}");
        await page.Locator(".chart .scatterlayer path.js-line").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        if (isSlow)
        {
            ICDPSession devices = await context.NewCDPSessionAsync(page);
            await devices.SendAsync("Network.enable");
            await devices.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
            {
                ["offline"] = false,
                ["latency"] = 0,
                ["downloadThroughput"] = BytesASecond,
                ["uploadThroughput"] = BytesASecond,
            });
        }

        Guid session = await client.RunAsync(Workshop.Recipe(512, 40, 140), cancellationToken);
        Watcher other = new(client, hub, session);
        Task watching = other.WatchAsync(fetches: true, cancellationToken);
        DateTimeOffset opened = TimeProvider.System.GetUtcNow();
        await page.GotoAsync($"/sessions/{session}");
        await watching;
        DateTimeOffset end = TimeProvider.System.GetUtcNow();
        // The result, which replaces the last preview, is another matter: a PNG of some hundred kilobytes.
        List<(DateTimeOffset At, int Iteration)> shown =
        [
            .. (await Witness.PicturesAsync(page)).Select(picture => (picture.At, Preview: PreviewAddress().Match(picture.Url)))
                .Where(picture => picture.Preview.Success)
                .Select(picture => (picture.At, int.Parse(picture.Preview.Groups[1].Value, CultureInfo.InvariantCulture))),
        ];
        IReadOnlyList<IterationMessage> trace = await client.TraceAsync(session, cancellationToken);
        return shown.Count == 0
            ? throw new InvalidOperationException($"The browser showed no preview of {trace.Count} iterations.")
            : new Seen(Ages(other.Made, shown, end), (shown[0].At - opened).TotalSeconds, trace.Count / trace[^1].Seconds, other.LongestSilence);
    }

    // For every preview made since the browser shows any: how long until it, or a newer one, was shown. The last ones before the end
    // may never be; they count once they have waited for as long as is allowed.
    private static List<double> Ages(SortedDictionary<int, DateTimeOffset> made, List<(DateTimeOffset At, int Iteration)> shown, DateTimeOffset end) =>
    [
        .. made.Where(preview => preview.Value >= shown[0].At)
            .Select(preview => (preview.Value, Shown: shown.Where(picture => picture.Iteration >= preview.Key).Select(picture => (DateTimeOffset?)picture.At).FirstOrDefault()))
            .Where(preview => preview.Shown is not null || (end - preview.Value).TotalSeconds > Target)
            .Select(preview => ((preview.Shown ?? end) - preview.Value).TotalSeconds),
    ];

    [GeneratedRegex(@"/preview/(\d+)")]
    private static partial Regex PreviewAddress();

    private sealed record Seen(List<double> Ages, double SecondsToFirst, double Speed, TimeSpan Silence);
}
