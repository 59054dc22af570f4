using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Images;
using StyleTransfer.Studio.Seeding;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>
/// Nine sessions of 2,048 px side by side: how soon one can look at them and move them, how long a step of a pan takes at full
/// resolution, and what the tab holds. The pictures are drawn, not optimised; to the browser they are the same.
/// </summary>
internal sealed class CompareFigure : IFigure
{
    private const int Sessions = 9;
    private const int Edge = 2048;
    private const int Iterations = 300;
    private const int Steps = 80;
    private const int Rounds = 3;

    // When each pane first shows its picture, and how long each step takes from the pointer's event to the frame's end.
    private const string Script = """
        (() => {
          const seen = (window.compared = { begun: performance.timeOrigin, shown: null, steps: [], blurred: 0 });
          const views = () => [...document.querySelectorAll(".cmp-stage .cmp-view")];
          const look = () => {
            const all = views();
            if (all.length > 1 && all.every((view) => Number(view.dataset.edge) > 0)) seen.shown = performance.now();
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
          seen.views = views;
          addEventListener("pointermove", (event) => {
            if (event.buttons !== 1) return;
            requestAnimationFrame(() => {
              const after = new MessageChannel();
              after.port1.onmessage = () => {
                seen.steps.push(performance.now() - event.timeStamp);
                if (views().some((view) => Number(view.dataset.edge) < seen.need)) seen.blurred++;
              };
              after.port2.postMessage(0);
            });
          }, true);
        })();
        """;

    public string Name => "compare";

    public bool NeedsBrowser => true;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string root = workshop.File("compared");
        Guid[] sessions = await SeedAsync(root, cancellationToken);
        await using StudioProcess studio = await StudioProcess.StartAsync(cancellationToken, "--Storage:Root", root);
        string address = $"/compare?s={string.Join(',', sessions)}";
        using HttpClient http = new() { BaseAddress = new Uri(studio.Address) };
        // Whoever compares has come over other pages: what the first page of all costs is the start's figure.
        await using (IBrowserContext before = await workshop.BrowseAsync(studio))
        {
            IPage page = await before.NewPageAsync();
            await page.GotoAsync("/compare");
            await page.Locator("html[data-keys]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        }

        double unprepared = 0;
        List<double> opened = [];
        for (int round = 0; round <= Rounds; round++)
        {
            // A new profile each time: nothing is in the browser's cache.
            await using IBrowserContext context = await workshop.BrowseAsync(studio);
            await context.AddInitScriptAsync(Script);
            IPage page = await context.NewPageAsync();
            await page.GotoAsync(address);
            await page.WaitForFunctionAsync("() => compared.shown !== null");
            double seconds = await page.EvaluateAsync<double>("compared.shown / 1000");
            if (round == 0)
            {
                unprepared = seconds;
                await PrepareAsync(http, sessions, cancellationToken);
                continue;
            }

            opened.Add(seconds);
            if (round < Rounds)
            {
                continue;
            }

            yield return Row.AtMost(
                Name, $"a comparison of {Sessions} sessions of {Edge} px opened, until every pane shows its picture and answers", opened.Max(), 2, "s",
                string.Create(CultureInfo.InvariantCulture, $"a new profile each, the worst of {opened.List("0.00")}; {unprepared:0.00} s where the server has no smaller copies yet and the last frames stand in"));
            double sharp = await ZoomAsync(page);
            (IReadOnlyList<double> steps, int blurred) = await PanAsync(page);
            yield return Row.AtMost(
                Name, $"a step of a pan at full resolution, all {Sessions} panes, from the pointer's event to the end of the frame", steps.Max(), 50, "ms",
                string.Create(CultureInfo.InvariantCulture, $"the worst of {steps.Count}, median {steps.Median():0.0}; sharp {sharp:0.00} s after the zoom; a coarser copy was shown in {blurred} steps"));
            (double tab, double graphics) = await MemoryAsync(context);
            yield return Row.AtMost(
                Name, "memory of the tab's process after that, proportional set size", tab, 400, "MB",
                string.Create(CultureInfo.InvariantCulture, $"the graphics process holds {graphics:0} MB more"));
        }
    }

    // Where a run ends, the studio makes its result's smaller copies; these results no run made.
    private static async Task PrepareAsync(HttpClient http, Guid[] sessions, CancellationToken cancellationToken)
    {
        JsonElement comparison = await http.GetFromJsonAsync<JsonElement>($"/api/v1/comparison?s={string.Join(',', sessions)}", cancellationToken);
        foreach (JsonElement session in comparison.GetProperty("sessions").EnumerateArray())
        {
            foreach (int edge in new[] { 1280, 640, 320 })
            {
                await http.GetByteArrayAsync($"/media/{session.GetProperty("picture").GetProperty("id").GetString()}/{edge}", cancellationToken);
            }
        }
    }

    // From a picture that fits to one pixel of it for one of the screen.
    private static async Task<double> ZoomAsync(IPage page)
    {
        ILocator pane = page.Locator(".cmp-stage .cmp-view").Nth(4);
        LocatorBoundingBoxResult box = (await pane.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        double fitted = Math.Min(box.Width, box.Height * 4 / 3);
        await page.Mouse.WheelAsync(0, (float)(-Math.Log(Edge / fitted) / 0.0018));
        long start = Stopwatch.GetTimestamp();
        await page.EvaluateAsync($"compared.need = {Edge}");
        await page.WaitForFunctionAsync("() => compared.views().every((view) => Number(view.dataset.edge) >= compared.need)");
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // To and fro over a third of the picture, as fast as the browser takes the events.
    private static async Task<(IReadOnlyList<double> Steps, int Blurred)> PanAsync(IPage page)
    {
        LocatorBoundingBoxResult box = (await page.Locator(".cmp-stage .cmp-view").Nth(4).BoundingBoxAsync())!;
        (float x, float y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await page.Mouse.DownAsync();
        for (int i = 1; i <= Steps; i++)
        {
            double turn = 2 * Math.PI * i / Steps;
            await page.Mouse.MoveAsync(x + (float)(0.45 * box.Width * Math.Sin(turn)), y + (float)(0.45 * box.Height * Math.Sin(2 * turn)));
        }

        await page.Mouse.UpAsync();
        JsonElement seen = await page.EvaluateAsync<JsonElement>("() => ({ steps: compared.steps, blurred: compared.blurred })");
        return ([.. seen.GetProperty("steps").EnumerateArray().Select(step => step.GetDouble())], seen.GetProperty("blurred").GetInt32());
    }

    private static async Task<(double Tab, double Graphics)> MemoryAsync(IBrowserContext context)
    {
        ICDPSession browser = await context.Browser!.NewBrowserCDPSessionAsync();
        JsonElement answer = (await browser.SendAsync("SystemInfo.getProcessInfo"))!.Value;
        ILookup<string, double> processes = answer.GetProperty("processInfo").EnumerateArray()
            .ToLookup(process => process.GetProperty("type").GetString()!, process => Megabytes(process.GetProperty("id").GetInt32()));
        return (processes["renderer"].Max(), processes["GPU"].DefaultIfEmpty().Max());
    }

    private static double Megabytes(int process) => File.Exists($"/proc/{process}/smaps_rollup")
        ? double.Parse(
            File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1000
        : Process.GetProcessById(process).PrivateMemorySize64 / 1e6;

    private static async Task<Guid[]> SeedAsync(string root, CancellationToken cancellationToken)
    {
        await using SeededStudio studio = await SeededStudio.OpenAsync(root, cancellationToken);
        ImageLibrary library = studio.Services.GetRequiredService<ImageLibrary>();
        List<Guid> sessions = [];
        for (int i = 0; i < Sessions; i++)
        {
            StoredImage result = await library.AddAsync(Draw(Edge, i), cancellationToken);
            StoredImage frame = await library.AddAsync(Draw(512, i + Sessions), cancellationToken);
            Recipe recipe = Presets.Named(Presets.Default).At(Edge) with { Content = frame.Id, Styles = [new StyleInput { Image = frame.Id }], Seed = i };
            Session session = new()
            {
                Title = $"Compared {i + 1}",
                State = SessionState.Completed,
                RecipeJson = RecipeJson.Write(recipe),
                Preset = recipe.Preset!,
                Encoder = recipe.Encoder.Name,
                Size = Edge,
                ContentImageId = frame.Id,
                StyleImageId = frame.Id,
                CreatedUtc = TimeProvider.System.GetUtcNow().UtcDateTime,
                QueuePosition = i,
                Iteration = Iterations,
                TotalIterations = Iterations,
                Seconds = 600,
                ResultImageId = result.Id,
            };
            await using StudioDb database = await studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(cancellationToken);
            database.Sessions.Add(session);
            database.Frames.AddRange(Enumerable.Range(1, 30).Select(step => new Frame { SessionId = session.Id, Iteration = step * 10, ImageId = frame.Id }));
            IterationMessage[] trace = [.. Enumerable.Range(1, Iterations).Select(at => new IterationMessage(at, 0, Edge, Edge * 3 / 4, at * 2, 10.0 / at, 1.0 / at, 8.0 / at, 1.0 / at, [], [], null))];
            database.TraceChunks.Add(new TraceChunk { SessionId = session.Id, FirstIteration = 1, LastIteration = Iterations, Json = JsonSerializer.Serialize(trace) });
            await database.SaveChangesAsync(cancellationToken);
            sessions.Add(session.Id);
        }

        return [.. sessions];
    }

    // Waves with grain: a picture that a PNG cannot pack away, as a result's is.
    private static byte[] Draw(int edge, int seed)
    {
        Random random = new(seed);
        (int width, int height) = (edge, edge * 3 / 4);
        float[] rgb = new float[width * height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            double x = i / 3 % width / (double)edge;
            double y = i / 3 / width / (double)edge;
            rgb[i] = (float)Math.Clamp(0.5 + (0.4 * Math.Sin((seed + (i % 3)) * ((7 * x) + (5 * y)) + (3 * Math.Sin(9 * y * (1 + x))))) + (0.1 * (random.NextDouble() - 0.5)), 0, 1);
        }

        return ImageWriter.Write(new PixelImage(width, height, rgb), new ImageWriteOptions { Format = ImageFormat.Png });
    }
}
