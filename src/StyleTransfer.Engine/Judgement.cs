using System.Collections.Immutable;
using StyleTransfer.Core.Images;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine;

/// <summary>
/// Two numbers that compare results however they were made: how far a picture is from the style and from the content, by an encoder
/// that need not be the one it was made with. Both are 0 at best, and about 1 for an unrelated picture.
/// </summary>
/// <param name="Style">The mean of <paramref name="Layers"/>.</param>
/// <param name="Content">Σ (F − P)² ⁄ Σ P² at relu4_2.</param>
/// <param name="Layers">‖G − A‖² ⁄ ‖A‖² at each layer, Gram matrices over their positions, lifted where the encoder can.</param>
public sealed record Judgement(double Style, double Content, ImmutableDictionary<string, double> Layers)
{
    private const string ContentLayer = "relu4_2";
    private static readonly ImmutableArray<string> styleLayers = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"];

    /// <param name="picture">The result. The content is brought to its size, the style to its longer edge at most.</param>
    public static Judgement Of(PixelImage picture, PixelImage content, PixelImage style, Encoder encoder)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        int edge = Math.Min(Math.Max(picture.Width, picture.Height), Math.Max(style.Width, style.Height));
        (int width, int height) = ImageScaler.Fit(style.Width, style.Height, edge);
        IReadOnlyDictionary<string, Tensor> x = Features(picture, [.. styleLayers, ContentLayer], encoder);
        IReadOnlyDictionary<string, Tensor> p = Features(ImageScaler.Resize(content, picture.Width, picture.Height), [ContentLayer], encoder);
        IReadOnlyDictionary<string, Tensor> a = Features(ImageScaler.Resize(style, width, height), styleLayers, encoder);

        ImmutableDictionary<string, double> layers = styleLayers.ToImmutableDictionary(
            layer => layer,
            layer =>
            {
                Tensor gram = Gram(x[layer], layer, encoder);
                Tensor target = Gram(a[layer], layer, encoder);
                return ((gram - target).Squared().sum() / target.Squared().sum()).ToDouble();
            });
        double contentDistance = ((x[ContentLayer] - p[ContentLayer]).Squared().sum() / p[ContentLayer].Squared().sum()).ToDouble();
        return new Judgement(layers.Values.Average(), contentDistance, layers);
    }

    private static IReadOnlyDictionary<string, Tensor> Features(PixelImage image, IReadOnlyCollection<string> layers, Encoder encoder) =>
        encoder.Features(PixelTensors.ToTensor(image, encoder.Device), layers, EncoderMode.Default);

    private static Tensor Gram(Tensor features, string layer, Encoder encoder)
    {
        MomentSum sum = new();
        sum.Add(encoder.CanLift(layer) ? encoder.Lift(layer, features) : features, mask: null);
        return sum.Moments().Second;
    }
}
