using System.Collections.Immutable;
using System.Runtime.InteropServices;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Distillation;

/// <summary>
/// The network that learns: VGG-19's blocks down to relu5_1, narrow where the picture is large, and with the colour transform folded into
/// its first convolution.
/// </summary>
/// <remarks>
/// Nearly all the time goes where the picture is large, so narrow layers there are what makes it quick. Leaving out the deep ones that
/// no recipe looks at (relu3_4, relu4_3, relu4_4) was tried and saves little, but one convolution then has to do the work of three: at
/// relu5_1 6 % of the features' energy stayed wrong, and results had up to six times the style distance there.
/// The parameters are not the convolutions themselves but those in coordinates where each layer's inputs are white and its outputs
/// have mean 0 and deviation 1 (Desjardins et al., "Natural Neural Networks", NeurIPS 2015): features of ReLUs are so correlated
/// that gradient descent takes many times longer without. They begin random, and are folded back when the file is written.
/// </remarks>
internal sealed class StudentNetwork : IDisposable
{
    /// <summary>Block, index and channels of each 3×3 convolution.</summary>
    public static readonly ImmutableArray<(int Block, int Index, int Channels)> Design =
    [
        (1, 1, 16), (1, 2, 16), (2, 1, 32), (2, 2, 32), (3, 1, 64), (3, 2, 64), (3, 3, 64), (3, 4, 64),
        (4, 1, 128), (4, 2, 128), (4, 3, 128), (4, 4, 128), (5, 1, 128),
    ];

    /// <summary>Natural pictures come out with mean 0 and deviation 1, about.</summary>
    public const float InputMean = 0.45f;

    public const float InputDeviation = 0.25f;

    private readonly List<(string Name, Tensor Value)> parameters = [];
    private readonly LayerStatistics statistics;
    private readonly ImmutableArray<(int Block, int Index, int Channels, int Lifted)> convolutions;

    /// <summary>Random weights, from the seed alone.</summary>
    /// <param name="teacherChannels">Channels of each layer to be matched; where they differ from ours a 1×1 lift is learnt.</param>
    public StudentNetwork(IReadOnlyDictionary<string, int> teacherChannels, LayerStatistics statistics, long seed)
    {
        this.statistics = statistics;
        using Generator generator = new((ulong)seed);
        convolutions = [.. Design.Select(c => (c.Block, c.Index, c.Channels, teacherChannels.TryGetValue(Layer(c), out int target) && target != c.Channels ? target : 0))];
        int inputs = 3;
        foreach ((int block, int index, int channels, int lifted) in convolutions)
        {
            string name = $"conv{block}{index}";
            Add($"{name}.weight", randn([channels, inputs, 9], generator: generator).Times(0.1 / Math.Sqrt(9 * inputs)));
            Add($"{name}.bias", zeros(channels));
            if (lifted > 0)
            {
                Add($"{name}_aux.weight", randn([lifted, channels, 1, 1], generator: generator).Times(Math.Sqrt(1.0 / channels)));
                Add($"{name}_aux.bias", zeros(lifted));
            }

            inputs = channels;
        }
    }

    /// <summary>Leaves that require a gradient, in a fixed order.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters => parameters;

    public static ImmutableArray<string> Layers { get; } = [.. Design.Select(Layer)];

    /// <summary>Every layer before and after its ReLU, in the teacher's channels and units, differentiable to the parameters; lifted ones only after.</summary>
    /// <param name="images">[B, 3, H, W] in [0, 1].</param>
    /// <param name="sharing">
    /// How much of a layer's gradient reaches the layers before it, from 0 to 1. While the shallow ones are still wrong, what the deep
    /// ones ask of them is noise, and there is much of it.
    /// </param>
    public Dictionary<string, (Tensor? Before, Tensor After)> Features(Tensor images, ScalarType type, double sharing)
    {
        Dictionary<string, Tensor> values = Folded(parameters.Select(parameter => parameter.Value));
        Dictionary<string, (Tensor?, Tensor)> features = [];
        Tensor x = FeatureMemory.ChannelsLast(images.Minus(InputMean).Over(InputDeviation).to(type));
        foreach ((int block, int index, _, int lifted) in convolutions)
        {
            if (index == 1 && block > 1)
            {
                x = F.max_pool2d(x, 2);
            }

            if (sharing < 1)
            {
                Tensor fixedPart = x.detach();
                x = sharing == 0 ? fixedPart : fixedPart.Plus((x - fixedPart).Times(sharing));
            }

            string name = $"conv{block}{index}";
            Tensor before = F.conv2d(F.pad(x, (1, 1, 1, 1), PaddingModes.Reflect), values[$"{name}.weight"].to(type), values[$"{name}.bias"].to(type));
            x = before.relu();
            features[$"relu{block}_{index}"] = lifted == 0
                ? (before, x)
                : (null, F.conv2d(x, values[$"{name}_aux.weight"].to(type), values[$"{name}_aux.bias"].to(type)));
        }

        return features;
    }

    /// <summary>A weights file that <see cref="Encoders.Encoder"/> reads, in float16.</summary>
    /// <param name="values">Parameters in our order, such as their moving averages.</param>
    public byte[] ToFile(IReadOnlyList<Tensor> values, IReadOnlyDictionary<string, string> metadata)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        List<TensorToWrite> tensors = [ToWrite("conv0.weight", [3, 3, 1, 1], [1, 0, 0, 0, 1, 0, 0, 0, 1]), ToWrite("conv0.bias", [3], [0, 0, 0])];
        Dictionary<string, Tensor> folded = Folded(values);
        // W (x − m) ⁄ d + b = (W ⁄ d) x + (b − Σ W m ⁄ d), also at the border, which is reflected.
        folded["conv11.weight"] = folded["conv11.weight"].Over(InputDeviation);
        folded["conv11.bias"] = folded["conv11.bias"] - folded["conv11.weight"].sum([1L, 2, 3]).Times(InputMean);
        foreach ((string name, _) in parameters)
        {
            Tensor dense = folded[name].cpu().contiguous();
            tensors.Add(ToWrite(name, [.. dense.shape], dense.data<float>().ToArray()));
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

    private static string Layer((int Block, int Index, int Channels) convolution) => $"relu{convolution.Block}_{convolution.Index}";

    // The convolutions as they act on features: W = σ W̃ (A ⊗ B), b = σ b̃ + m − W μ.
    private Dictionary<string, Tensor> Folded(IEnumerable<Tensor> values)
    {
        Dictionary<string, Tensor> raw = parameters.Zip(values).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        Dictionary<string, Tensor> folded = [];
        foreach ((int block, int index, int channels, int lifted) in convolutions)
        {
            string name = $"conv{block}{index}";
            LayerStatistics.Whitening white = statistics.Of($"relu{block}_{index}");
            Tensor turned = einsum("oju,ji,ut->oit", raw[$"{name}.weight"], white.Channels, white.Taps);
            // Hidden behind a lift, the layer's own outputs have no teacher to take units from.
            Tensor weight = lifted == 0 ? turned * white.OutputDeviation.view(-1, 1, 1) : turned;
            Tensor bias = lifted == 0 ? (raw[$"{name}.bias"] * white.OutputDeviation).Plus(white.OutputMean) : raw[$"{name}.bias"];
            folded[$"{name}.weight"] = weight.reshape(channels, -1, 3, 3);
            folded[$"{name}.bias"] = bias - weight.sum([2L]).mv(white.InputMean);
            if (lifted > 0)
            {
                folded[$"{name}_aux.weight"] = raw[$"{name}_aux.weight"] * white.OutputDeviation.view(-1, 1, 1, 1);
                folded[$"{name}_aux.bias"] = (raw[$"{name}_aux.bias"] * white.OutputDeviation).Plus(white.OutputMean);
            }
        }

        return folded;
    }

    private void Add(string name, Tensor value)
    {
        using (value)
        {
            parameters.Add((name, value.clone().requires_grad_().DetachFromDisposeScope()));
        }
    }

    private static TensorToWrite ToWrite(string name, ImmutableArray<long> shape, float[] values) =>
        new(name, TensorType.F16, shape, MemoryMarshal.AsBytes(Array.ConvertAll(values, value => (Half)value).AsSpan()).ToArray());
}
