using System.Collections.Immutable;
using System.Runtime.InteropServices;
using StyleTransfer.Core.Safetensors;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Distillation;

/// <summary>
/// The network that learns: VGG's blocks, a sixteenth of its work. Narrow where the picture is large, and without the
/// convolutions behind relu3_3 and relu4_2, which no recipe of ours looks at and which the next block can make up for.
/// </summary>
internal sealed class StudentNetwork : IDisposable
{
    /// <summary>Block, index and channels of each 3×3 convolution.</summary>
    public static readonly ImmutableArray<(int Block, int Index, int Channels)> Design =
    [
        (1, 1, 16), (1, 2, 16), (2, 1, 32), (2, 2, 32), (3, 1, 64), (3, 2, 64), (3, 3, 64), (4, 1, 128), (4, 2, 128), (5, 1, 128),
    ];

    // Natural pictures come out with mean 0 and deviation 1, about; learning starts better from there.
    private const float InputMean = 0.45f;
    private const float InputDeviation = 0.25f;

    private readonly List<(string Name, Tensor Value)> parameters = [];
    private readonly IReadOnlyDictionary<string, double> magnitudes;

    /// <summary>He's initialisation (He et al. 2015), from the seed alone.</summary>
    /// <param name="teacherChannels">Channels of each layer to be matched; where they differ from ours a 1×1 lift is learnt.</param>
    /// <param name="magnitudes">
    /// The root mean square of the teacher's features, per layer: the student learns features of magnitude 1, and
    /// <see cref="ToFile"/> scales them, which a network of ReLUs allows exactly.
    /// </param>
    public StudentNetwork(IReadOnlyDictionary<string, int> teacherChannels, IReadOnlyDictionary<string, double> magnitudes, long seed)
    {
        this.magnitudes = magnitudes;
        using Generator generator = new((ulong)seed);
        int inputs = 3;
        foreach ((int block, int index, int channels) in Design)
        {
            Add($"conv{block}{index}.weight", randn([channels, inputs, 3, 3], generator: generator) * Math.Sqrt(2.0 / (9 * inputs)));
            Add($"conv{block}{index}.bias", zeros(channels));
            string layer = $"relu{block}_{index}";
            if (teacherChannels.TryGetValue(layer, out int target) && target != channels)
            {
                Add($"conv{block}{index}_aux.weight", randn([target, channels, 1, 1], generator: generator) * Math.Sqrt(1.0 / channels));
                Add($"conv{block}{index}_aux.bias", zeros(target));
            }

            inputs = channels;
        }
    }

    /// <summary>Leaves that require a gradient, in a fixed order.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters => parameters;

    public static ImmutableArray<string> Layers { get; } = [.. Design.Select(convolution => $"relu{convolution.Block}_{convolution.Index}")];

    /// <summary>Every layer's features in the teacher's channels and at magnitude 1, differentiable to the parameters.</summary>
    /// <param name="images">[B, 3, H, W] in [0, 1].</param>
    public Dictionary<string, Tensor> Features(Tensor images, ScalarType type)
    {
        Dictionary<string, Tensor> values = parameters.ToDictionary(p => p.Name, p => p.Value.to(type));
        Dictionary<string, Tensor> features = [];
        Tensor x = ((images - InputMean) / InputDeviation).to(type).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        foreach ((int block, int index, _) in Design)
        {
            if (index == 1 && block > 1)
            {
                x = F.max_pool2d(x, 2);
            }

            string name = $"conv{block}{index}";
            x = F.conv2d(F.pad(x, (1, 1, 1, 1), PaddingModes.Reflect), values[$"{name}.weight"], values[$"{name}.bias"]).relu();
            features[$"relu{block}_{index}"] = values.TryGetValue($"{name}_aux.weight", out Tensor? lift)
                ? F.conv2d(x, lift, values[$"{name}_aux.bias"])
                : x;
        }

        return features;
    }

    /// <summary>A weights file that <see cref="Encoders.Encoder"/> reads, in float16.</summary>
    /// <param name="values">Parameters in our order, such as their moving averages.</param>
    public byte[] ToFile(IReadOnlyList<Tensor> values, IReadOnlyDictionary<string, string> metadata)
    {
        List<TensorToWrite> tensors = [];
        float[] color = new float[9];
        for (int channel = 0; channel < 3; channel++)
        {
            color[4 * channel] = 1 / InputDeviation;
        }

        float offset = -InputMean / InputDeviation;
        tensors.Add(ToWrite("conv0.weight", [3, 3, 1, 1], color));
        tensors.Add(ToWrite("conv0.bias", [3], [offset, offset, offset]));
        int at = 0;
        double before = 1;
        foreach ((int block, int index, _) in Design)
        {
            double after = magnitudes.GetValueOrDefault($"relu{block}_{index}", 1);
            bool isLifted = at + 2 < parameters.Count && parameters[at + 2].Name.StartsWith($"conv{block}{index}_aux", StringComparison.Ordinal);
            // A lifted layer keeps magnitude 1 itself; its lift carries the teacher's.
            double own = isLifted ? 1 : after;
            tensors.Add(Scaled(values, at, own / before));
            tensors.Add(Scaled(values, at + 1, own));
            at += 2;
            if (isLifted)
            {
                tensors.Add(Scaled(values, at, after));
                tensors.Add(Scaled(values, at + 1, after));
                at += 2;
            }

            before = own;
        }

        return SafetensorsWriter.Write(tensors, metadata);
    }

    public void Dispose()
    {
        foreach ((_, Tensor value) in parameters)
        {
            value.Dispose();
        }
    }

    private void Add(string name, Tensor value)
    {
        using (value)
        {
            parameters.Add((name, value.clone().requires_grad_().DetachFromDisposeScope()));
        }
    }

    private TensorToWrite Scaled(IReadOnlyList<Tensor> values, int at, double factor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor dense = (values[at].detach() * factor).cpu().contiguous();
        return ToWrite(parameters[at].Name, [.. dense.shape], dense.data<float>().ToArray());
    }

    private static TensorToWrite ToWrite(string name, ImmutableArray<long> shape, float[] values) =>
        new(name, TensorType.F16, shape, MemoryMarshal.AsBytes(Array.ConvertAll(values, value => (Half)value).AsSpan()).ToArray());
}
