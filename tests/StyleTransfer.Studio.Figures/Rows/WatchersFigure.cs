using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Figures.Rows;

/// <summary>
/// What watchers cost a run. Each round makes the same run on the command line, then in the studio with 20, with no and with 50
/// watchers; speeds are compared within a round, so that what else the machine does concerns all of them alike.
/// </summary>
internal sealed class WatchersFigure : IFigure
{
    private const double Target = 0.95;
    private const int Rounds = 5;
    private const int Few = 20;
    private const int Many = 50;

    private static readonly JsonSerializerOptions web = new(JsonSerializerDefaults.Web);

    public string Name => "watchers";

    public bool NeedsBrowser => false;

    public async IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (StudioProcess studio, StudioClient client) = await workshop.StartWarmAsync(cancellationToken);
        await using StudioProcess ending = studio;
        using StudioClient closing = client;
        await File.WriteAllBytesAsync(workshop.File("content.webp"), workshop.Pictures.Content, cancellationToken);
        await File.WriteAllBytesAsync(workshop.File("style.webp"), workshop.Pictures.Style, cancellationToken);
        // Both compute in what the command line finds faster here.
        (_, Precision precision) = await RunAloneAsync(workshop, Workshop.Recipe(128, 5, 5), cancellationToken);
        Recipe recipe = Workshop.Recipe(256, 40, 160) with { Precision = precision };

        List<double> alone = [];
        List<double> none = [];
        List<double> few = [];
        List<double> many = [];
        for (int round = 0; round < Rounds; round++)
        {
            double commandLine = (await RunAloneAsync(workshop, recipe, cancellationToken)).Speed;
            double withFew = await RunWatchedAsync(client, recipe, Few, cancellationToken);
            double unwatched = await RunWatchedAsync(client, recipe, 0, cancellationToken);
            double withMany = await RunWatchedAsync(client, recipe, Many, cancellationToken);
            alone.Add(commandLine);
            none.Add(unwatched / commandLine);
            few.Add(withFew / commandLine);
            many.Add(withMany / unwatched);
        }

        yield return Row.AtLeast(
            Name, $"iterations a second in the studio with {Few} watchers, against the command line", few.Median(), Target, "",
            string.Create(CultureInfo.InvariantCulture, $"median of {few.List("0.000")}; 256 px, {precision}, command line {alone.Median():0.0} a second; the watchers are on this machine, too, and fetch every newest preview"));
        yield return Row.AtLeast(Name, "without watchers, against the command line", none.Median(), Target, "", $"median of {none.List("0.000")}");
        yield return Row.AtLeast(Name, $"with {Many} watchers, against none", many.Median(), Target, "", $"median of {many.List("0.000")}");
    }

    private static async Task<double> RunWatchedAsync(StudioClient client, Recipe recipe, int count, CancellationToken cancellationToken)
    {
        HubConnection[] hubs = new HubConnection[count];
        for (int i = 0; i < count; i++)
        {
            hubs[i] = await client.ConnectAsync(cancellationToken);
        }

        Guid session = await client.RunAsync(recipe, cancellationToken);
        Watcher[] watchers = [.. hubs.Select(hub => new Watcher(client, hub, session))];
        await Task.WhenAll(watchers.Select(watcher => watcher.WatchAsync(fetches: true, cancellationToken)).Append(client.FinishAsync(session, cancellationToken)));
        foreach (HubConnection hub in hubs)
        {
            await hub.DisposeAsync();
        }

        IReadOnlyList<IterationMessage> trace = await client.TraceAsync(session, cancellationToken);
        if (Array.Find(watchers, watcher => watcher.Iterations.Count < trace.Count) is { } blind)
        {
            throw new InvalidOperationException($"A watcher was told of {blind.Iterations.Count} iterations of {trace.Count}.");
        }

        return Speed([.. trace.Select(iteration => (iteration.Scale, iteration.Seconds))]);
    }

    private static async Task<(double Speed, Precision Precision)> RunAloneAsync(Workshop workshop, Recipe recipe, CancellationToken cancellationToken)
    {
        string recipeFile = workshop.File("recipe.json");
        string traceFile = workshop.File("trace.json");
        await File.WriteAllTextAsync(recipeFile, RecipeJson.Write(recipe), cancellationToken);
        await Workshop.RunCommandLineAsync(
            ["transfer", "--content", workshop.File("content.webp"), "--style", workshop.File("style.webp"), "--output", workshop.File("result.png"), "--recipe", recipeFile, "--trace", traceFile],
            cancellationToken);
        using JsonDocument trace = JsonDocument.Parse(await File.ReadAllBytesAsync(traceFile, cancellationToken));
        Recipe used = RecipeJson.Read(trace.RootElement.GetProperty("recipe").GetRawText());
        return (Speed([.. trace.RootElement.GetProperty("iterations").EnumerateArray().Select(i => i.Deserialize<Timed>(web)!).Select(i => (i.Scale, i.Seconds))]), used.Precision);
    }

    // Iterations a second after the first scale: by then everything is loaded, and every watcher is there.
    private static double Speed(List<(int Scale, double Seconds)> trace)
    {
        List<(int Scale, double Seconds)> then = [.. trace.Where(iteration => iteration.Scale > 0)];
        // The first of them built its targets, too.
        return (then.Count - 1) / (then[^1].Seconds - then[0].Seconds);
    }

    private sealed record Timed(int Scale, double Seconds);
}
