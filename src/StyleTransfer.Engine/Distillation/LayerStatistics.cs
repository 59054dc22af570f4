using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Padding = StyleTransfer.Core.Recipes.Padding;

namespace StyleTransfer.Engine.Distillation;

/// <summary>
/// The moments of a teacher's features on pictures: what the inputs of each of the student's layers will be like once it has learnt,
/// and in which units its outputs are wanted. No weight of the teacher is looked at.
/// </summary>
internal sealed class LayerStatistics : IDisposable
{
    // In units of the mean eigenvalue: directions weaker than that are not blown up to full size.
    private const double Damping = 0.03;
    private const int Crops = 24;
    private const int Edge = 128;

    private readonly Dictionary<string, Whitening> layers = [];

    private LayerStatistics()
    {
    }

    /// <param name="InputMean">[C], subtracted from the layer's input.</param>
    /// <param name="Channels">[C, C], makes the input's channels uncorrelated.</param>
    /// <param name="Taps">[9, 9], makes neighbouring positions uncorrelated, on the mean over channels.</param>
    /// <param name="OutputMean">[O], of the target.</param>
    /// <param name="OutputDeviation">[O], of the target.</param>
    internal sealed record Whitening(Tensor InputMean, Tensor Channels, Tensor Taps, Tensor OutputMean, Tensor OutputDeviation);

    public Whitening Of(string layer) => layers[layer];

    /// <summary>The same pictures whatever the seed and the sitting, so that going on means going on.</summary>
    public static LayerStatistics Measure(Encoder teacher, TrainingPictures pictures)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Random random = new(0);
        using Generator noise = new(0);
        Tensor images = cat([.. Enumerable.Range(0, Crops).Select(_ => pictures.Augmented(random, noise, Edge))], 0);
        string[] wanted = [.. StudentNetwork.Layers.Where(layer => teacher.Layers.Contains(layer)).SelectMany(layer => new[] { layer, Before(layer) })];
        IReadOnlyDictionary<string, Tensor> features = teacher.Features(images, wanted, new EncoderMode(Pooling.Max, Padding.Encoder, ScalarType.Float32, ChannelsLast: false));

        LayerStatistics statistics = new();
        Tensor? input = images.Minus(StudentNetwork.InputMean).Over(StudentNetwork.InputDeviation);
        int inputs = 3;
        foreach (((int block, int index, int channels), string layer) in StudentNetwork.Design.Zip(StudentNetwork.Layers))
        {
            if (input is not null && index == 1 && block > 1)
            {
                input = F.max_pool2d(input, 2);
            }

            bool isKnown = features.TryGetValue(layer, out Tensor? after);
            bool isOwn = isKnown && after!.shape[1] == channels;
            Tensor? target = isOwn ? features[Before(layer)] : after;
            (Tensor mean, Tensor white, Tensor taps) = input is null ? Unknown(inputs) : Whiten(input);
            statistics.layers[layer] = new Whitening(
                mean.DetachFromDisposeScope(),
                white.DetachFromDisposeScope(),
                taps.DetachFromDisposeScope(),
                (target is null ? zeros(channels) : target.mean([0L, 2, 3])).DetachFromDisposeScope(),
                (target is null ? ones(channels) : target.std([0L, 2, 3]).Plus(1e-6)).DetachFromDisposeScope());
            // Where the teacher is of other widths, the student's own features are known only when it has learnt them.
            input = isOwn ? after : null;
            inputs = channels;
        }

        return statistics;
    }

    public void Dispose()
    {
        foreach (Whitening layer in layers.Values)
        {
            layer.InputMean.Dispose();
            layer.Channels.Dispose();
            layer.Taps.Dispose();
            layer.OutputMean.Dispose();
            layer.OutputDeviation.Dispose();
        }
    }

    /// <summary><c>conv4_2</c> for <c>relu4_2</c>.</summary>
    public static string Before(string layer) => $"conv{layer[4..]}";

    // Rectified inputs of unknown correlation: He's gain (He et al. 2015).
    private static (Tensor Mean, Tensor Channels, Tensor Taps) Unknown(int channels) => (zeros(channels), eye(channels).Times(Math.Sqrt(2)), eye(9));

    private static (Tensor Mean, Tensor Channels, Tensor Taps) Whiten(Tensor input)
    {
        Tensor mean = input.mean([0L, 2, 3]);
        Tensor centered = input - mean.view(1, -1, 1, 1);
        Tensor columns = centered.transpose(0, 1).flatten(1);
        Tensor white = InverseRoot(columns.mm(columns.t()).Over(columns.shape[1]));
        Tensor x = einsum("ji,bihw->bjhw", white, centered);
        int height = (int)x.shape[2] - 4;
        int width = (int)x.shape[3] - 4;
        Tensor middle = x[.., .., 2..(2 + height), 2..(2 + width)];
        double[,] correlation = new double[9, 9];
        double[,] byOffset = new double[5, 5];
        for (int dy = 0; dy < 5; dy++)
        {
            for (int dx = 0; dx < 5; dx++)
            {
                byOffset[dy, dx] = (middle * x[.., .., dy..(dy + height), dx..(dx + width)]).mean().item<float>();
            }
        }

        for (int u = 0; u < 9; u++)
        {
            for (int v = 0; v < 9; v++)
            {
                int dy = (v / 3) - (u / 3) + 2;
                int dx = (v % 3) - (u % 3) + 2;
                correlation[u, v] = (byOffset[dy, dx] + byOffset[4 - dy, 4 - dx]) / 2;
            }
        }

        return (mean, white, InverseRoot(tensor(correlation, ScalarType.Float32)));
    }

    private static Tensor InverseRoot(Tensor covariance)
    {
        (Tensor values, Tensor vectors) = linalg.eigh(covariance.to(ScalarType.Float64));
        Tensor scale = values.AtLeast(0).Plus(values.mean().Times(Damping)).Plus(1e-8).rsqrt();
        return (vectors * scale).mm(vectors.t()).to(ScalarType.Float32);
    }
}
