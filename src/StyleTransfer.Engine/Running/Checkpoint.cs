using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Running;

/// <summary>A run's state as a safetensors file: tensors as they are, the recipe and the numbers as metadata.</summary>
public static class Checkpoint
{
    private const string OptimizerPrefix = "optimizer.";

    // An array holds two gigabytes. Above some 25 megapixels the optimiser's oldest memories do not fit beside the picture and its
    // gradient: a run that goes on from there takes other steps than one that never stopped, towards the same end.
    private const long MostBytes = 2_000_000_000;

    internal static byte[] Write(RunState state)
    {
        using DisposeScope scope = NewDisposeScope();
        long pictures = new[] { state.Picture, state.Gradient, state.Average }.OfType<Tensor>().Sum(tensor => tensor.numel() * tensor.element_size());
        OptimizerState optimizer = state.Optimizer.Save(MostBytes - pictures);
        Numbers numbers = new(
            state.Iteration, state.Scale, state.ScaleIteration, state.ChangesTaken, state.Refusals, state.Converged, state.Losses,
            state.AverageWeight, state.Seconds, [.. state.Totals], optimizer.Numbers.ToDictionary());
        List<TensorToWrite> tensors = [Packed("picture", state.Picture!)];
        if (state.Gradient is not null)
        {
            tensors.Add(Packed("gradient", state.Gradient));
        }

        if (state.Average is not null)
        {
            tensors.Add(Packed("average", state.Average));
        }

        tensors.AddRange(optimizer.Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Packed(OptimizerPrefix + pair.Key, pair.Value)));
        return SafetensorsWriter.Write(tensors, new Dictionary<string, string>
        {
            ["recipe"] = RecipeJson.Write(state.Recipe),
            ["state"] = JsonSerializer.Serialize(numbers),
        });
    }

    /// <summary>The recipe in a checkpoint, with the changes made so far.</summary>
    /// <exception cref="RunException">Not a checkpoint.</exception>
    public static Recipe ReadRecipe(byte[] checkpoint) => RecipeJson.Read(Open(checkpoint).Metadata["recipe"]);

    /// <summary>Fills a new state.</summary>
    /// <exception cref="RunException">Not a checkpoint, or damaged.</exception>
    internal static void Restore(byte[] checkpoint, RunState state, Device device)
    {
        SafetensorsFile file = Open(checkpoint);
        Numbers numbers = JsonSerializer.Deserialize<Numbers>(file.Metadata["state"]) ?? throw NotACheckpoint();
        using DisposeScope scope = NewDisposeScope();
        // Copied into libtorch's own aligned memory: over a managed array's, vector instructions start elsewhere and sums round
        // otherwise, and a resumed run would not be bitwise the same.
        Tensor? Read(string name) => file.Contains(name)
            ? Loaded(file, name, [.. file[name].Shape]).clone().to(device)
            : null;

        state.RestorePicture(
            Read("picture") ?? throw NotACheckpoint(), Read("gradient"), numbers.Losses, Read("average"), numbers.AverageWeight);
        state.Iteration = numbers.Iteration;
        state.Scale = numbers.Scale;
        state.ScaleIteration = numbers.ScaleIteration;
        state.ChangesTaken = numbers.ChangesTaken;
        state.Refusals = numbers.Refusals;
        state.Converged = numbers.Converged;
        state.SecondsBefore = numbers.Seconds;
        foreach (double total in numbers.Totals)
        {
            state.Totals.Enqueue(total);
        }

        state.Optimizer.Restore(new OptimizerState(
            file.Entries.Where(entry => entry.Name.StartsWith(OptimizerPrefix, StringComparison.Ordinal))
                .ToImmutableDictionary(entry => entry.Name[OptimizerPrefix.Length..], entry => Read(entry.Name)!),
            numbers.Optimizer.ToImmutableDictionary()));
    }

    private static SafetensorsFile Open(byte[] checkpoint)
    {
        try
        {
            SafetensorsFile file = SafetensorsFile.Read(checkpoint);
            return file.Metadata.ContainsKey("recipe") && file.Metadata.ContainsKey("state") ? file : throw NotACheckpoint();
        }
        catch (SafetensorsException e)
        {
            throw new RunException($"The checkpoint cannot be read. {e.Message} Start the run anew.", e);
        }
    }

    private static Tensor Loaded(SafetensorsFile file, string name, long[] shape) => file[name].Type == TensorType.I8
        ? tensor(MemoryMarshal.Cast<byte, sbyte>(file.Bytes(name)).ToArray(), shape)
        : tensor(file.Floats(name), shape);

    private static TensorToWrite Packed(string name, Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor plain = tensor.detach().contiguous().cpu();
        return new TensorToWrite(name, plain.dtype == ScalarType.Int8 ? TensorType.I8 : TensorType.F32, [.. plain.shape], plain.bytes.ToArray());
    }

    private static RunException NotACheckpoint() =>
        new("This file is not a checkpoint of a run; the program writes one when a run is stopped. Choose that file, or start the run anew.");

    // NaN and infinities do not occur: what is not finite is never accepted.
    private sealed record Numbers(
        int Iteration,
        int Scale,
        int ScaleIteration,
        int ChangesTaken,
        int Refusals,
        bool Converged,
        Losses Losses,
        double AverageWeight,
        double Seconds,
        double[] Totals,
        Dictionary<string, double[]> Optimizer);
}
