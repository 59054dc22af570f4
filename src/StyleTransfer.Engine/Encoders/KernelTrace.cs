using StyleTransfer.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Encoders;

/// <summary>
/// By our own kernels, on the processor, with maximum pooling. Beside libtorch's graph it keeps nothing of features that are only pooled but
/// a byte for each maximum, asks for each layer's seed only when it is that layer's turn, and lets features go as soon as they are behind.
/// </summary>
internal sealed class KernelTrace : IFeatureTrace
{
    private readonly KernelNetwork network;
    private readonly EncoderSegment segment;
    private readonly EncoderMode mode;
    private readonly Dictionary<string, Tensor> features = [];
    private readonly Stack<Step> steps = new();

    /// <param name="input">The picture for the first segment, else what the segment before handed on.</param>
    /// <param name="isKept">Whether there is a way back.</param>
    public KernelTrace(KernelNetwork network, EncoderSegment segment, Tensor input, IReadOnlyCollection<string> layers, EncoderMode mode, bool isKept)
    {
        (this.network, this.segment, this.mode) = (network, segment, mode);
        using IDisposable noGraph = no_grad();
        Tensor x = IsPicture ? network.Colored(input, mode.DType) : FeatureMemory.Laid(input);
        bool isOurs = !ReferenceEquals(x, input);
        void Pass(StepKind kind, int place, Tensor output, Tensor? which = null)
        {
            if (isKept)
            {
                steps.Push(new Step(kind, place, x, output, which));
            }
            else
            {
                which?.Dispose();
                if (isOurs)
                {
                    x.Dispose();
                }
            }

            (x, isOurs) = (output, true);
        }

        for (int place = segment.First; place <= segment.Last; place++)
        {
            ConvolutionWeights convolution = network.Weights(place);
            bool isAskedBefore = layers.Contains(convolution.PreActivation);
            bool isPooled = place < segment.Last ? IsPooledBefore(place + 1) : segment.Pools;
            if (isPooled && !isAskedBefore && !layers.Contains(convolution.Activation) && network.Pools(place))
            {
                (Tensor pooled, Tensor which) = network.ForwardPooled(place, x, mode);
                Pass(StepKind.PooledConvolution, place, pooled, which);
                continue;
            }

            Pass(StepKind.Convolution, place, network.Forward(place, x, mode, rectifies: !isAskedBefore));
            if (isAskedBefore)
            {
                (features[convolution.PreActivation], isOurs) = (x, false);
                Pass(StepKind.Relu, place, x.relu());
            }

            if (layers.Contains(convolution.Activation))
            {
                (features[convolution.Activation], isOurs) = (x, false);
            }

            if (isPooled)
            {
                Pass(StepKind.Pooling, place + 1, MaxPooling.Forward(x));
            }
        }

        Next = segment.Pools ? x : null;
    }

    private enum StepKind
    {
        /// <summary>With its ReLU, unless a step of its own follows.</summary>
        Convolution,
        Relu,

        /// <summary>With its ReLU and the pooling after it.</summary>
        PooledConvolution,

        /// <summary>Of the block that ends before <see cref="Step.Place"/>.</summary>
        Pooling,
    }

    public IReadOnlyDictionary<string, Tensor> Features => features;

    public Tensor? Next { get; }

    private bool IsPicture => segment.First == 0;

    public Tensor? Back(Func<string, Tensor?> seed, Tensor? next, bool isLast)
    {
        using IDisposable noGraph = no_grad();
        // Always ∂L ⁄ ∂(what the step gives), and where that is rectified, before its ReLU.
        Tensor? slope = segment.Pools ? (next is null ? null : FeatureMemory.Laid(next)) : Seed(segment.Last, null, steps.Peek().Output, seed);
        foreach (Step step in steps)
        {
            // Only where maxima are looked for is more wanted of a step's output than its slope.
            bool isLookedAt = step.Kind == StepKind.Pooling;
            if (isLast && !isLookedAt)
            {
                step.Output.Dispose();
            }

            Tensor? below = step.Kind switch
            {
                StepKind.Pooling => Seed(step.Place - 1, slope is null ? null : MaxPooling.Back(step.Input, step.Output, slope), step.Input, seed),
                StepKind.PooledConvolution => ConvolvedAndPooled(step, slope, seed, isLast),
                StepKind.Relu => Sum(AskedFor(network.Weights(step.Place).PreActivation, seed), slope),
                _ => Convolved(step, slope, seed),
            };
            if (!ReferenceEquals(slope, below) && !ReferenceEquals(slope, next))
            {
                slope?.Dispose();
            }

            slope = below;
            if (isLast && isLookedAt)
            {
                step.Output.Dispose();
            }
        }

        return slope is not null && IsPicture ? network.Uncolored(slope) : slope;
    }

    private Tensor? ConvolvedAndPooled(Step step, Tensor? slope, Func<string, Tensor?> seed, bool isLast)
    {
        using Tensor? spread = slope is null ? null : MaxPooling.Spread(step.Which!, slope, step.Input.shape[2], step.Input.shape[3]);
        if (isLast)
        {
            step.Which!.Dispose();
        }

        return Convolved(step, spread, seed);
    }

    private Tensor? Convolved(Step step, Tensor? slope, Func<string, Tensor?> seed)
    {
        bool isFirst = step.Place == segment.First;
        bool isBehindPooling = IsPooledBefore(step.Place);
        Tensor? own = isFirst || isBehindPooling ? null : AskedFor(network.Weights(step.Place - 1).Activation, seed);
        Tensor? mask = isFirst && IsPicture ? null : step.Input;
        return slope is null
            ? own is null ? null : Rectifier.Back(own, step.Input)
            : network.Back(step.Place, step.Input, slope, mode, mask, own);
    }

    // What a layer is asked for itself, on top of what came from above, before the layer's ReLU.
    private Tensor? Seed(int place, Tensor? above, Tensor features, Func<string, Tensor?> seed) =>
        AskedFor(network.Weights(place).Activation, seed) is { } own ? Rectifier.Back(Sum(own, above)!, features) : above;

    private Tensor? AskedFor(string layer, Func<string, Tensor?> seed) =>
        features.ContainsKey(layer) && seed(layer) is { } slope ? FeatureMemory.Laid(slope) : null;

    private bool IsPooledBefore(int place) => place > segment.First && network.Weights(place).Block > network.Weights(place - 1).Block;

    private static Tensor? Sum(Tensor? own, Tensor? above)
    {
        if (own is null || above is null)
        {
            return own ?? above;
        }

        own.PlusInPlace(above);
        above.Dispose();
        return own;
    }

    /// <param name="Which">Where maxima were, of a convolution that pools.</param>
    private readonly record struct Step(StepKind Kind, int Place, Tensor Input, Tensor Output, Tensor? Which);
}
