using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using StyleTransfer.Core;
using StyleTransfer.Core.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Distillation;

/// <summary>What training must not forget: Adam's moments and the averaged weights, in the order of the student's parameters.</summary>
internal sealed class TrainingState : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.99;
    private const double Epsilon = 1e-8;
    private const double BiasShare = 0.1;

    private readonly List<Tensor> first = [];
    private readonly List<Tensor> second = [];
    private readonly List<Tensor> averages = [];

    public TrainingState(StudentNetwork student)
    {
        foreach ((_, Tensor value) in student.Parameters)
        {
            using Tensor detached = value.detach();
            first.Add(zeros_like(detached).DetachFromDisposeScope());
            second.Add(zeros_like(detached).DetachFromDisposeScope());
            averages.Add(detached.clone().DetachFromDisposeScope());
        }
    }

    // A moving average of the gradient's norm, by which it is clipped.
    private double typicalNorm;

    public int Step { get; set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>Exponential moving averages of the parameters.</summary>
    public IReadOnlyList<Tensor> Averages => averages;

    /// <summary>Adam's step, in place, and the averages after it; clears the gradients.</summary>
    public void Update(StudentNetwork student, double rate, double averageDecay)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        double corrected = rate * Math.Sqrt(1 - Math.Pow(Beta2, Step)) / (1 - Math.Pow(Beta1, Step));
        List<Tensor> gradients = [.. student.Parameters.Select(parameter => parameter.Value.grad!)];
        Tensor norm = stack(gradients.Select(gradient => gradient.Squared().sum())).sum().sqrt();
        // One odd batch must not push a ReLU to where it never fires again.
        typicalNorm = typicalNorm is 0 ? norm.item<float>() : (0.98 * typicalNorm) + (0.02 * Math.Min(norm.item<float>(), 4 * typicalNorm));
        double clip = Math.Min(1, 1.5 * typicalNorm / (norm.item<float>() + 1e-12));
        using Scalar clipped = clip.ToScalar();
        using Scalar beta1 = Beta1.ToScalar();
        using Scalar beta2 = Beta2.ToScalar();
        using Scalar fresh1 = (1 - Beta1).ToScalar();
        using Scalar fresh2 = (1 - Beta2).ToScalar();
        using Scalar decay = averageDecay.ToScalar();
        using Scalar freshAverage = (1 - averageDecay).ToScalar();
        for (int i = 0; i < first.Count; i++)
        {
            Tensor value = student.Parameters[i].Value;
            Tensor gradient = gradients[i].mul_(clipped);
            first[i].mul_(beta1).add_(gradient, alpha: fresh1);
            second[i].mul_(beta2).addcmul_(gradient, gradient, fresh2);
            // In white coordinates a weight is of the size 1 ⁄ √inputs, and a step should be a fraction of it.
            double share = value.dim() > 1 ? 1 / Math.Sqrt(value[0].numel()) : BiasShare;
            using Scalar step = (-corrected * share).ToScalar();
            value.addcdiv_(first[i], second[i].sqrt().PlusInPlace(Epsilon), step);
            averages[i].mul_(decay).add_(value, alpha: freshAverage);
            gradient.zero_();
        }
    }

    /// <param name="origin">Of this training: teacher, pictures, seed.</param>
    public byte[] Save(StudentNetwork student, IReadOnlyDictionary<string, string> origin)
    {
        List<TensorToWrite> tensors = [];
        for (int i = 0; i < first.Count; i++)
        {
            (string name, Tensor value) = student.Parameters[i];
            tensors.AddRange([ToWrite($"value.{name}", value), ToWrite($"first.{name}", first[i]), ToWrite($"second.{name}", second[i]), ToWrite($"average.{name}", averages[i])]);
        }

        return SafetensorsWriter.Write(tensors, new Dictionary<string, string>(origin)
        {
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["elapsedTicks"] = Elapsed.Ticks.ToString(CultureInfo.InvariantCulture),
            ["typicalNorm"] = typicalNorm.ToString("R", CultureInfo.InvariantCulture),
        });
    }

    /// <exception cref="RunException">No checkpoint, or one of another training or student.</exception>
    public static TrainingState Load(string path, StudentNetwork student, IReadOnlyDictionary<string, string> origin)
    {
        if (!File.Exists(path))
        {
            throw new RunException($"There is no checkpoint '{path}' to resume from; leave out --resume to begin.");
        }

        SafetensorsFile file = SafetensorsFile.Read(File.ReadAllBytes(path));
        foreach ((string key, string value) in origin)
        {
            if (file.Metadata.GetValueOrDefault(key) is var found && found != value)
            {
                throw new RunException($"The checkpoint '{path}' is of another training: its {key} is {found ?? "missing"}, here it is {value}. Give the same teacher, pictures and seed, or begin anew without --resume.");
            }
        }

        TrainingState state = new(student)
        {
            Step = int.Parse(file.Metadata["step"], CultureInfo.InvariantCulture),
            Elapsed = TimeSpan.FromTicks(long.Parse(file.Metadata["elapsedTicks"], CultureInfo.InvariantCulture)),
            typicalNorm = double.Parse(file.Metadata["typicalNorm"], CultureInfo.InvariantCulture),
        };
        using IDisposable frozen = no_grad();
        for (int i = 0; i < state.first.Count; i++)
        {
            (string name, Tensor value) = student.Parameters[i];
            Restore(file, $"value.{name}", value);
            Restore(file, $"first.{name}", state.first[i]);
            Restore(file, $"second.{name}", state.second[i]);
            Restore(file, $"average.{name}", state.averages[i]);
        }

        return state;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in first.Concat(second).Concat(averages))
        {
            tensor.Dispose();
        }
    }

    private static void Restore(SafetensorsFile file, string name, Tensor into)
    {
        if (!file.Contains(name) || !file[name].Shape.AsSpan().SequenceEqual(into.shape))
        {
            throw new RunException($"The checkpoint does not fit this student: '{name}' is missing or of another shape. Begin anew without --resume.");
        }

        using Tensor saved = tensor(file.Floats(name), into.shape);
        into.copy_(saved);
    }

    private static TensorToWrite ToWrite(string name, Tensor value)
    {
        using Tensor dense = value.detach().contiguous();
        ImmutableArray<long> shape = [.. dense.shape];
        return new TensorToWrite(name, TensorType.F32, shape, MemoryMarshal.AsBytes(dense.data<float>().ToArray().AsSpan()).ToArray());
    }
}
