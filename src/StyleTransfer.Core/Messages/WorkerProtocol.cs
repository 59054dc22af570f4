namespace StyleTransfer.Core.Messages;

/// <summary>What the studio tells a worker. SignalR method names are the members' names.</summary>
public interface IWorkerCommands
{
    Task Run(RunCommand command);

    /// <summary>Stop, keep a checkpoint, report <see cref="RunEnd.Stopped"/>. A pause is a stop, too: the worker is free for others.</summary>
    Task Stop(Guid session);

    /// <summary>A <see cref="Recipes.RecipeChange"/> as JSON; its iteration is set by the run.</summary>
    Task Adjust(Guid session, string changeJson);
}

/// <summary>What a worker tells the studio.</summary>
public interface IWorkerReports
{
    Task Ready(WorkerReady ready);

    Task Progress(ProgressBatch batch);

    Task Preview(PreviewReport preview);

    Task Frames(FramesReport frames);

    Task CheckpointSaved(CheckpointReport checkpoint);

    Task RecipeChanged(RecipeReport recipe);

    Task Ended(RunEnded ended);
}

/// <summary>How a worker is started: where the studio is, and the secret that proves it was the studio who started it.</summary>
public static class WorkerEnvironment
{
    public const string HubPath = "/internal/worker";
    public const string SecretHeader = "X-Worker-Secret";
    public const string StudioAddress = "STYLETRANSFER_STUDIO";
    public const string Secret = "STYLETRANSFER_WORKER_SECRET";
    public const string Device = "STYLETRANSFER_WORKER_DEVICE";
}

/// <param name="RecipeJson">The recipe; its images are in the store.</param>
/// <param name="StoreRoot">The folder of the content-addressed store, which both processes use.</param>
/// <param name="EncoderPath">A weights file; null for the embedded encoder of the recipe's name.</param>
/// <param name="CheckpointPath">To go on from; null to begin.</param>
/// <param name="IsDraft">Shown and forgotten: no frames, no checkpoints, no result in the store.</param>
public sealed record RunCommand(
    Guid Session, string RecipeJson, string StoreRoot, string? EncoderPath, string? CheckpointPath, string CheckpointFolder, bool IsDraft = false);

/// <param name="CudaDevices">How many there are on this machine: the studio starts a worker for each.</param>
/// <param name="SecondsPerMegapixel">Of one iteration, measured at the start with <paramref name="Encoder"/>; null where no encoder is there.</param>
/// <param name="SecondsAnIteration">The part of an iteration that does not grow with the picture.</param>
public sealed record WorkerReady(
    int ProcessId, string Device, string? Encoder, double? SecondsPerMegapixel, int CudaDevices = 0, double SecondsAnIteration = 0);

/// <summary>Every iteration since the last batch.</summary>
public sealed record ProgressBatch(Guid Session, IterationMessage[] Iterations, int TotalIterations);

/// <summary>One iteration; see <see cref="Runs.IterationReport"/>.</summary>
public sealed record IterationMessage(
    int Iteration,
    int Scale,
    int Width,
    int Height,
    double Seconds,
    double Total,
    double Content,
    double Style,
    double Tv,
    string[] TermNames,
    double[] TermValues,
    string? Note)
{
    /// <summary>A term by its name; 0 where the iteration does not have it.</summary>
    public double Term(string name) => Array.IndexOf(TermNames, name) is >= 0 and int at ? TermValues[at] : 0;
}

/// <param name="Jpeg">Small enough for the hub; only the newest is kept.</param>
public sealed record PreviewReport(Guid Session, int Iteration, int Width, int Height, byte[] Jpeg);

/// <param name="Frames">Those kept since the last report, in their order.</param>
public sealed record FramesReport(Guid Session, FrameReport[] Frames);

/// <param name="Image">Identifier in the store, of a JPEG.</param>
public sealed record FrameReport(int Iteration, string Image, int Width, int Height);

public sealed record CheckpointReport(Guid Session, int Iteration, string Path);

/// <param name="RecipeJson">With the change that has just taken effect: whatever happens now, a replay is exact.</param>
public sealed record RecipeReport(Guid Session, string RecipeJson, int TotalIterations);

public enum RunEnd { Completed, Stopped, Failed }

/// <param name="Result">Identifier in the store: a PNG with the recipe inside.</param>
/// <param name="RecipeJson">With the changes that were made while it ran.</param>
/// <param name="Error">One sentence, where it failed.</param>
/// <param name="DistanceMap">Identifier in the store: where the result is still far from its style, bright on black.</param>
public sealed record RunEnded(
    Guid Session, RunEnd End, int Iterations, string? Result, string? RecipeJson, string? CheckpointPath, string? Error, string? DistanceMap = null);

/// <summary>A checkpoint's file name says which session and iteration it is of.</summary>
public static class CheckpointName
{
    public static string Of(Guid session, int iteration) => $"{session:N}-{iteration}.safetensors";

    public static int IterationOf(string path) => int.Parse(
        Path.GetFileNameWithoutExtension(path).Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
