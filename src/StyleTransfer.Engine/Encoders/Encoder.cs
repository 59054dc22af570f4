using System.Collections.Immutable;
using System.Security.Cryptography;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Encoders;

/// <summary>
/// A frozen convolutional network of VGG's shape that gives features at named layers. Owns its weights, which need no gradient.
/// One instance serves one thread.
/// </summary>
/// <remarks>Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015.</remarks>
public sealed class Encoder : IDisposable
{
    // Average pooling of rectified features loses about half of their magnitude against maximum pooling, and the root mean
    // square about a third; these gains keep deeper layers in the range that they were trained for.
    private const double AveragePoolingGain = 2;
    private const double L2PoolingGain = 1.56;

    // A pooled value costs its own memory and the eight bytes of its maximum's place.
    private const double PooledShare = 3;

    private readonly EncoderWeights weights;
    private readonly ImmutableDictionary<string, int> places;
    private readonly ImmutableDictionary<string, LiftWeights> lifts;
    private readonly Dictionary<(string Name, ScalarType Type, bool ChannelsLast), (Tensor Weight, Tensor Bias)> onDevice = [];
    private readonly Dictionary<ScalarType, KernelNetwork> kernels = [];

    private Encoder(string name, string sha256, Device device, EncoderWeights weights)
    {
        Name = name;
        Sha256 = sha256;
        Device = device;
        this.weights = weights;
        Layers = [.. weights.Convolutions.SelectMany(convolution => new[] { convolution.PreActivation, convolution.Activation })];
        places = weights.Convolutions
            .SelectMany((convolution, place) => new[] { KeyValuePair.Create(convolution.PreActivation, place), KeyValuePair.Create(convolution.Activation, place) })
            .ToImmutableDictionary();
        lifts = weights.Lifts.ToImmutableDictionary(lift => lift.Layer);
    }

    public string Name { get; }

    /// <summary>Of the weights file, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    public Device Device { get; }

    /// <summary>The same network on further devices, which tiles are shared out to. Owned.</summary>
    public ImmutableArray<Encoder> Others { get; private init; } = [];

    /// <summary>Whether it computes by libtorch's convolutions and graph alone, never by kernels of our own.</summary>
    public bool IsLibtorchAlone { get; private init; }

    /// <summary>Whether anything was computed here yet.</summary>
    internal bool IsUsed => onDevice.Count > 0 || kernels.Count > 0;

    /// <summary>From the shallowest to the deepest: <c>conv1_1</c>, <c>relu1_1</c>, …</summary>
    public ImmutableArray<string> Layers { get; }

    /// <summary>Reads either shape: torchvision's VGG-19 (whole, or its convolutions only) or a compact one.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="device">Where the weights go and the features are computed.</param>
    /// <exception cref="EncoderException">Missing, damaged, or keys or shapes of neither kind.</exception>
    public static Encoder Load(string path, Device device)
    {
        if (!File.Exists(path))
        {
            throw new EncoderException($"There is no encoder file '{path}'. `styletransfer encoders` lists what there is.");
        }

        return Load(Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path), device);
    }

    /// <param name="name">What a recipe calls it.</param>
    /// <param name="file">The bytes of a safetensors file.</param>
    public static Encoder Load(string name, byte[] file, Device device) => Load(name, file, [device]);

    /// <param name="devices">The first computes the objective; tiles are shared out to all of them.</param>
    public static Encoder Load(string name, byte[] file, IReadOnlyList<Device> devices)
    {
        try
        {
            EncoderWeights weights = EncoderFile.Read(SafetensorsFile.Read(file), name);
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
            return new Encoder(name, sha256, devices[0], weights) { Others = [.. devices.Skip(1).Select(device => new Encoder(name, sha256, device, weights))] };
        }
        catch (SafetensorsException e)
        {
            throw new EncoderException($"The encoder '{name}' cannot be read. {e.Message}", e);
        }
    }

    public int Channels(string layer) => weights.Convolutions[Place(layer)].OutputChannels;

    /// <summary>Pixels of the image per position of the layer.</summary>
    public int Stride(string layer) => StrideAt(Place(layer));

    /// <summary>How many pixels on each side of a position's own square have a part in its feature: the receptive field's margin.</summary>
    public int Halo(string layer)
    {
        int place = Place(layer);
        return weights.Convolutions.Take(place + 1).Sum(convolution => 1 << (convolution.Block - 1));
    }

    /// <summary>Whether the layer can be lifted to the channels of the network that this one was distilled from.</summary>
    public bool CanLift(string layer) => lifts.ContainsKey(layer);

    /// <summary>The layer's features in the channels of the network that this one was distilled from: [1, C′, H, W].</summary>
    public Tensor Lift(string layer, Tensor features)
    {
        LiftWeights lift = lifts[layer];
        (Tensor weight, Tensor bias) = OnDevice($"lift {layer}", [lift.OutputChannels, lift.InputChannels, 1, 1], lift.Weight, lift.Bias, features.dtype, channelsLast: false);
        return F.conv2d(features, weight, bias);
    }

    /// <summary>The same network as other programs compute it, to compare with. The caller's to dispose.</summary>
    public Encoder LibtorchAlone() => new(Name, Sha256, Device, weights) { IsLibtorchAlone = true };

    /// <summary>Features of an image, computed only as deep as the deepest layer that is asked for.</summary>
    /// <param name="image">[1, 3, H, W], RGB, gamma-encoded sRGB in [0, 1], on <see cref="Device"/>; may require a gradient.</param>
    /// <returns>For each layer [1, C, H ⁄ stride, W ⁄ stride] in the mode's type; the caller's to dispose (or its scope's).</returns>
    /// <exception cref="EncoderException">A layer that the encoder does not have.</exception>
    public IReadOnlyDictionary<string, Tensor> Features(Tensor image, IReadOnlyCollection<string> layers, EncoderMode mode) =>
        Run(Segments(layers, cutAfter: null)[0], image, layers, mode).Features;

    /// <summary>The network down to the deepest layer that is asked for: in one piece, or in two with a cut after a block's pooling.</summary>
    internal ImmutableArray<EncoderSegment> Segments(IReadOnlyCollection<string> layers, int? cutAfter)
    {
        int deepest = layers.Max(Place);
        int cut = cutAfter is { } block ? weights.Convolutions.Count(convolution => convolution.Block <= block) : 0;
        return cut is 0 || cut > deepest
            ? [Segment(0, deepest, pools: false)]
            : [Segment(0, cut - 1, pools: true), Segment(cut, deepest, pools: false)];
    }

    /// <summary>The way through one segment, by the fastest means there are for what is asked.</summary>
    /// <param name="input">The image for the first segment, else what the segment before handed on.</param>
    /// <param name="layers">Of any segment; others are passed over.</param>
    /// <param name="isKept">Whether there is a way back.</param>
    internal IFeatureTrace Trace(EncoderSegment segment, Tensor input, IReadOnlyCollection<string> layers, EncoderMode mode, bool isKept = true)
    {
        if (!IsLibtorchAlone && KernelNetwork.Suits(weights, mode, Device))
        {
            if (!kernels.TryGetValue(mode.DType, out KernelNetwork? network))
            {
                kernels[mode.DType] = network = new KernelNetwork(weights, mode.DType);
            }

            return new KernelTrace(network, segment, input, layers, mode, isKept);
        }

        using IDisposable? noGraph = isKept ? null : no_grad();
        Tensor leaf = isKept ? input.detach().requires_grad_() : input;
        (IReadOnlyDictionary<string, Tensor> features, Tensor? next) = Run(segment, leaf, layers, mode);
        return new AutogradTrace(leaf, features, next);
    }

    private (IReadOnlyDictionary<string, Tensor> Features, Tensor? Next) Run(
        EncoderSegment segment, Tensor input, IReadOnlyCollection<string> layers, EncoderMode mode)
    {
        Dictionary<string, Tensor> features = [];
        bool isOurs = segment.First == 0;
        Tensor x = isOurs ? Transformed(input, mode) : input;
        // The graph holds what the way back needs; a handle of ours would hold everything else, and to the scope's end.
        void Next(Tensor next)
        {
            if (isOurs)
            {
                x.Dispose();
            }

            (x, isOurs) = (next, true);
        }

        for (int place = segment.First; place <= segment.Last; place++)
        {
            ConvolutionWeights convolution = weights.Convolutions[place];
            if (place > segment.First && convolution.Block > weights.Convolutions[place - 1].Block)
            {
                Next(Pool(x, mode.Pooling));
            }

            Next(Convolve(x, place, mode));
            if (layers.Contains(convolution.PreActivation))
            {
                (features[convolution.PreActivation], isOurs) = (x, false);
                Next(F.relu(x));
            }
            else
            {
                x.relu_(); // In place: nothing else holds it, and activations are most of a run's memory.
            }

            if (layers.Contains(convolution.Activation))
            {
                (features[convolution.Activation], isOurs) = (x, false);
            }
        }

        if (!segment.Pools)
        {
            return (features, null);
        }

        Next(Pool(x, mode.Pooling));
        return (features, x);
    }

    private EncoderSegment Segment(int first, int last, bool pools)
    {
        int firstBlock = weights.Convolutions[first].Block;
        int margin = 0; // at the current resolution
        double featuresAPosition = 0;
        for (int place = first; place <= last; place++)
        {
            ConvolutionWeights convolution = weights.Convolutions[place];
            if (place > first && convolution.Block > weights.Convolutions[place - 1].Block)
            {
                margin = (margin + 1) / 2; // A window that the margin cuts is lost whole.
                featuresAPosition += PooledShare * weights.Convolutions[place - 1].OutputChannels / Math.Pow(4, convolution.Block - firstBlock);
            }

            margin++;
            featuresAPosition += convolution.OutputChannels / Math.Pow(4, convolution.Block - firstBlock);
        }

        int poolings = weights.Convolutions[last].Block - firstBlock + (pools ? 1 : 0);
        margin = pools ? (margin + 1) / 2 : margin;
        return new EncoderSegment
        {
            First = first,
            Last = last,
            Pools = pools,
            InputStride = 1 << (firstBlock - 1),
            InputChannels = weights.Convolutions[first].InputChannels,
            Stride = 1 << poolings,
            Margin = margin << poolings,
            OutputChannels = weights.Convolutions[last].OutputChannels,
            FeaturesAPosition = featuresAPosition,
        };
    }

    public void Dispose()
    {
        foreach ((Tensor weight, Tensor bias) in onDevice.Values)
        {
            weight.Dispose();
            bias.Dispose();
        }

        onDevice.Clear();
        foreach (KernelNetwork network in kernels.Values)
        {
            network.Dispose();
        }

        kernels.Clear();
        foreach (Encoder other in Others)
        {
            other.Dispose();
        }
    }

    /// <summary>Which convolution, from 0, gives the layer.</summary>
    internal int Place(string layer) => places.TryGetValue(layer, out int place)
        ? place
        : throw new EncoderException($"The encoder '{Name}' has no layer '{layer}'; allowed are {string.Join(", ", weights.Convolutions.Select(c => c.Activation))}, and conv… for before the ReLU.");

    private Tensor Transformed(Tensor image, EncoderMode mode)
    {
        if (weights.TakesPlainColor && image.dtype == mode.DType && !mode.ChannelsLast)
        {
            return image.alias(); // A handle of our own: the caller keeps the image's.
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor x = image;
        if (!weights.TakesPlainColor)
        {
            (Tensor weight, Tensor bias) = OnDevice("color", [3, 3, 1, 1], weights.ColorWeight, weights.ColorBias, image.dtype, channelsLast: false);
            x = F.conv2d(image, weight, bias);
        }

        x = x.to(mode.DType);
        x = mode.ChannelsLast ? FeatureMemory.ChannelsLast(x) : x;
        return x.MoveToOuterDisposeScope();
    }

    private Tensor Convolve(Tensor x, int place, EncoderMode mode)
    {
        ConvolutionWeights convolution = weights.Convolutions[place];
        (Tensor weight, Tensor bias) = OnDevice(
            convolution.PreActivation,
            [convolution.OutputChannels, convolution.InputChannels, 3, 3],
            convolution.Weight,
            convolution.Bias,
            mode.DType,
            mode.ChannelsLast);
        return PaddedConvolution.Of(x, weight, bias, weights.PaddingOf(place, mode.Padding, x.shape[2], x.shape[3]));
    }

    /// <summary>Pixels of the image per position after a convolution, counted from 0.</summary>
    internal int StrideAt(int place) => 1 << (weights.Convolutions[place].Block - 1);

    private static Tensor Pool(Tensor x, Pooling pooling)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pooled = pooling switch
        {
            Pooling.Average => F.avg_pool2d(x, 2).Times(AveragePoolingGain),
            // The small constant keeps the root's slope finite where a window is all zero.
            Pooling.L2 => F.avg_pool2d(x * x, 2).Plus(1e-12).sqrt().Times(L2PoolingGain),
            _ => F.max_pool2d(x, 2),
        };
        return pooled.MoveToOuterDisposeScope();
    }

    private (Tensor Weight, Tensor Bias) OnDevice(string name, long[] shape, float[] weight, float[] bias, ScalarType type, bool channelsLast)
    {
        if (onDevice.TryGetValue((name, type, channelsLast), out (Tensor, Tensor) ready))
        {
            return ready;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor w = tensor(weight, shape).to(type).to(Device);
        if (channelsLast)
        {
            w = FeatureMemory.ChannelsLast(w);
        }

        Tensor b = tensor(bias).to(type).to(Device);
        ready = (w.DetachFromDisposeScope(), b.DetachFromDisposeScope());
        onDevice[(name, type, channelsLast)] = ready;
        return ready;
    }
}
