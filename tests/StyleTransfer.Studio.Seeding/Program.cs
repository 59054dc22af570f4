using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Studio.Seeding;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Styles;

// Fills a studio's data folder with many sessions and styles, and says how long the galleries take with them:
//   dotnet run -c Release --project tests/StyleTransfer.Studio.Seeding -- DIR [10000]
// Then: dotnet run -c Release --project src/StyleTransfer.Studio -- --Storage:Root DIR
if (args.Length is < 1 or > 2 || (args.Length == 2 && !int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
{
    Console.Error.WriteLine("Give the data folder and, if not 10000, how many sessions: -- DIR 10000");
    return 2;
}

int count = args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000;
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, cancel) =>
{
    cancel.Cancel = true;
    stop.Cancel();
};
await using SeededStudio studio = await SeededStudio.OpenAsync(Path.GetFullPath(args[0]), stop.Token);
int before = await studio.CountAsync(stop.Token);
if (before < count)
{
    await studio.AddAsync(count - before, new Progress<int>(done => Console.Write($"\r{before + done} sessions")), stop.Token);
    Console.WriteLine();
}

SessionGallery gallery = studio.Services.GetRequiredService<SessionGallery>();
StyleGallery styles = studio.Services.GetRequiredService<StyleGallery>();
(string Name, Func<Task<int>> Ask)[] questions =
[
    ("sessions, first page", async () => (await gallery.PageAsync(new SessionFilter(), 0, 60, stop.Token)).Total),
    ("sessions, page 150", async () => (await gallery.PageAsync(new SessionFilter(), 9_000, 60, stop.Token)).Total),
    ("sessions, a word", async () => (await gallery.PageAsync(new SessionFilter("harbour"), 0, 60, stop.Token)).Total),
    ("sessions, two words", async () => (await gallery.PageAsync(new SessionFilter("night lake"), 0, 60, stop.Token)).Total),
    ("sessions, size:512 optimizer:adam rating:>3", async () => (await gallery.PageAsync(new SessionFilter("size:512 optimizer:adam rating:>3"), 0, 60, stop.Token)).Total),
    ("sessions, styleWeight:>1.5 -tag:poster", async () => (await gallery.PageAsync(new SessionFilter("styleWeight:>1.5 -tag:poster"), 0, 60, stop.Token)).Total),
    ("sessions, by rating", async () => (await gallery.PageAsync(new SessionFilter(Order: SessionOrder.Rating), 0, 60, stop.Token)).Total),
    ("styles, first page", async () => (await styles.PageAsync(null, 0, 60, stop.Token)).Total),
    ("styles, a word", async () => (await styles.PageAsync("carved", 0, 60, stop.Token)).Total),
];
Console.WriteLine($"{"",-46} {"found",7} {"first ms",9} {"median ms",10}");
foreach ((string name, Func<Task<int>> ask) in questions)
{
    List<double> times = [];
    int found = 0;
    for (int i = 0; i < 11; i++)
    {
        long start = Stopwatch.GetTimestamp();
        found = await ask();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-46} {found,7} {times[0],9:0.0} {times.Order().ElementAt(5),10:0.0}"));
}

return 0;
