using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Running;
using TorchSharp;

namespace StyleTransfer.Cli.Worker;

/// <summary>Runs one session after the other on a thread of its own, and keeps the last encoder warm.</summary>
internal sealed class SessionRunner(HubConnection connection) : IAsyncDisposable
{
    private const int MapEdge = 384;

    private readonly Lock gate = new();
    private readonly torch.Device device = WorkerDevice.Choose(Environment.GetEnvironmentVariable(WorkerEnvironment.Device));
    private Encoder? encoder;
    private Current? current;
    private Task running = Task.CompletedTask;

    public void Start(RunCommand command)
    {
        lock (gate)
        {
            if (current is not null)
            {
                // The studio gives a worker one session at a time; a second one is a mistake that must not pass in silence.
                _ = connection.SendAsync(nameof(IWorkerReports.Ended), Failed(command, "The worker is busy with another session."));
                return;
            }

            Current begun = new(command.Session, new RunControl(), new CancellationTokenSource());
            current = begun;
            running = Task.Factory.StartNew(() => Run(command, begun), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    public void Stop(Guid session) => Of(session)?.Cancel.Cancel();

    public void Adjust(Guid session, string changeJson)
    {
        if (Of(session) is { } run && JsonSerializer.Deserialize<RecipeChange>(changeJson, RecipeJson.Options) is { } change)
        {
            run.Control.Adjust(change);
        }
    }

    /// <summary>Loads the default encoder and runs a few iterations: the first session starts warm, and the speed is known.</summary>
    public Task<WorkerReady> WarmUpAsync() => Task.Run(() =>
    {
        try
        {
            EncoderInfo info = new EncoderCatalog(EncoderOptions.Load()).Resolve(EncoderCatalog.Auto);
            encoder = Encoder.Load(info.Name, info.Read(), device);
            IterationSpeed speed = Calibration.Of(encoder, Precision.Auto);
            return new WorkerReady(Environment.ProcessId, WorkerDevice.Name(device), info.Name, speed.AMegapixel, WorkerDevice.CudaCount, speed.Fixed);
        }
        catch (EncoderException)
        {
            // The studio says on its pages that there is no encoder; the worker waits for a session that names one.
            return new WorkerReady(Environment.ProcessId, WorkerDevice.Name(device), Encoder: null, SecondsPerMegapixel: null, WorkerDevice.CudaCount);
        }
    });

    public async ValueTask DisposeAsync()
    {
        Current? run;
        lock (gate)
        {
            run = current;
        }

        if (run is not null)
        {
            await run.Cancel.CancelAsync();
        }

        await running;
        encoder?.Dispose();
    }

    private Current? Of(Guid session)
    {
        lock (gate)
        {
            return current?.Session == session ? current : null;
        }
    }

    private void Run(RunCommand command, Current run)
    {
        RunEnded ended;
        using ProgressReporter reporter = new(connection, command);
        try
        {
            Recipe recipe = RecipeJson.Read(command.RecipeJson);
            FileStore store = new(command.StoreRoot);
            TransferInputs inputs = Read(recipe, store);
            Encoder network = Load(recipe, command);
            byte[]? checkpoint = command.CheckpointPath is { } path && File.Exists(path) ? File.ReadAllBytes(path) : null;
            TransferResult result = TransferRun.Run(recipe, inputs, network, reporter, run.Control, checkpoint, run.Cancel.Token);
            reporter.Flush();
            if (command.IsDraft)
            {
                reporter.Show(result.Picture, result.Iterations);
            }

            string json = RecipeJson.Write(result.Recipe);
            string? checkpointPath = command.IsDraft ? null : reporter.Save(result.Checkpoint, result.Iterations);
            string? picture = command.IsDraft ? null : store.Add(ImageWriter.Write(result.Picture, new ImageWriteOptions { RecipeJson = json }));
            ended = new RunEnded(
                command.Session, result.Completed ? RunEnd.Completed : RunEnd.Stopped, result.Iterations, picture, json, checkpointPath, Error: null,
                DistanceMap: result.Completed && !command.IsDraft ? DistanceMap(result, inputs, network, store) : null);
        }
        catch (StyleTransferException e)
        {
            ended = Failed(command, e.Message);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            ended = Failed(command, OutOfMemory(e)
                ? "The machine has not enough memory for this size. Choose a smaller one, or free some memory, and try again."
                : $"The run failed inside the engine: {e.Message.Split('\n')[0]}");
        }

        lock (gate)
        {
            current = null;
        }

        run.Control.Dispose();
        run.Cancel.Dispose();
        reporter.End(ended);
    }

    // Small: it points at places, and a large picture's features would not fit beside a run.
    private static string? DistanceMap(TransferResult result, TransferInputs inputs, Encoder network, FileStore store)
    {
        if (result.Recipe.Styles.IsEmpty || !result.Recipe.Objective.Style.Layers.Any(layer => layer.Weight > 0))
        {
            return null;
        }

        (int width, int height) = ImageScaler.Fit(result.Picture.Width, result.Picture.Height, MapEdge);
        PixelImage small = width < result.Picture.Width ? ImageScaler.Resize(result.Picture, width, height) : result.Picture;
        return store.Add(ImageWriter.Write(StyleDistanceMap.Of(small, result.Recipe, inputs, network).Heat(), new ImageWriteOptions { Format = ImageFormat.WebP, Quality = 80 }));
    }

    private Encoder Load(Recipe recipe, RunCommand command)
    {
        if (encoder is not null && encoder.Sha256 == recipe.Encoder.Sha256)
        {
            return encoder;
        }

        encoder?.Dispose();
        encoder = null;
        // The studio has resolved it: a path, or the name of one that is part of the program.
        EncoderInfo info = new EncoderCatalog(new EncoderOptions()).Resolve(command.EncoderPath ?? recipe.Encoder.Name, recipe.Encoder.Sha256);
        encoder = Encoder.Load(recipe.Encoder.Name, info.Read(), device);
        return encoder;
    }

    private static TransferInputs Read(Recipe recipe, FileStore store) => new()
    {
        Content = recipe.Content is { } content ? Decode(store, content) : null,
        Styles = [.. recipe.Styles.Select(style => Decode(store, style.Image))],
        Initial = recipe.Initialization.Image is { } initial ? Decode(store, initial) : null,
        Regions =
        [
            .. recipe.Regions.Select(region => new RegionMasks(
                ColorRegions.Resolve(region.ContentMask, id => Decode(store, id)),
                region.StyleMask is { } mask ? ColorRegions.Resolve(mask, id => Decode(store, id)) : null)),
        ],
    };

    private static PixelImage Decode(FileStore store, string id) => ImageReader.Read(store.Read(id), ImageLimits.None);

    private static bool OutOfMemory(Exception e) =>
        e is OutOfMemoryException || e.Message.Contains("alloc", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);

    private static RunEnded Failed(RunCommand command, string error) =>
        new(command.Session, RunEnd.Failed, Iterations: 0, Result: null, RecipeJson: null, CheckpointPath: null, error);

    private sealed record Current(Guid Session, RunControl Control, CancellationTokenSource Cancel);
}
