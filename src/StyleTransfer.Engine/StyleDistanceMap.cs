using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Pictures;
using StyleTransfer.Engine.Schedules;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine;

/// <summary>Where a picture is still far from its style, pixel by pixel.</summary>
/// <remarks>
/// A place is what the encoder sees around it: mean and deviation of the features in a small window. Its distance is that to the
/// nearest place of the style, ‖d − d′‖² over the style's mean ‖d′‖², averaged over the style layers by their weights: 0 where the style
/// has just such a place, near 1 where it has nothing of the kind. The objective compares statistics of the whole picture; this
/// says which part of it does not fit.
/// </remarks>
/// <param name="Values">Height × Width.</param>
public sealed record StyleDistanceMap(int Width, int Height, float[] Values)
{
    // Places along a picture's longer edge: enough to point at something, few enough to compare all with all.
    private const int Places = 64;
    private const int Channels = 3;

    /// <param name="picture">A result of the recipe.</param>
    /// <exception cref="RecipeException">No style, or a layer that the encoder does not have.</exception>
    public static StyleDistanceMap Of(PixelImage picture, Recipe recipe, TransferInputs inputs, Encoder encoder)
    {
        RecipeValidation.Check(recipe, encoder.Layers);
        ImmutableArray<LayerWeight> layers = [.. recipe.Objective.Style.Layers.Where(layer => layer.Weight > 0)];
        if (inputs.Styles.IsEmpty || layers.IsEmpty)
        {
            throw new RecipeException("A map of the distance to the style needs a style picture and a style layer; the recipe lacks one of them.");
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using ScaleInputs scale = ScaleInputs.Build(recipe, inputs, Math.Max(picture.Width, picture.Height), encoder.Device);
        Tensor pixels = PixelTensors.ToTensor(picture, encoder.Device);
        pixels = recipe.Color.Preserve == ColorPreservation.Luminance ? Luma.Grey(pixels) : pixels;
        string[] names = [.. layers.Select(layer => layer.Layer)];
        EncoderMode mode = EncoderMode.Default with { Pooling = recipe.Encoder.Pooling, Padding = recipe.Encoder.Padding };
        IReadOnlyDictionary<string, Tensor> features = encoder.Features(pixels, names, mode);
        ImmutableArray<IReadOnlyDictionary<string, Tensor>> styles = [.. scale.Styles.Select(style => encoder.Features(style, names, mode))];

        Tensor map = zeros([1L, 1, picture.Height, picture.Width], ScalarType.Float32, encoder.Device);
        foreach (LayerWeight layer in layers)
        {
            Tensor here = Descriptors(features[layer.Layer]);
            Tensor distance = scale.Regions.IsEmpty
                ? Nearest(here, cat([.. styles.Where((_, style) => recipe.Styles[style].Weight > 0).Select(style => Flat(Descriptors(style[layer.Layer])))], 1))
                : Guided(here, recipe, scale, styles, layer.Layer);
            map.PlusInPlace(
                F.interpolate(distance, [picture.Height, picture.Width], mode: InterpolationMode.Bilinear, align_corners: false),
                times: layer.Weight / layers.Sum(other => other.Weight));
        }

        return new StyleDistanceMap(picture.Width, picture.Height, map.contiguous().cpu().data<float>().ToArray());
    }

    /// <summary>As a picture to look at: black where it fits, over red to white where it does not.</summary>
    public PixelImage Heat()
    {
        float[] rgb = new float[Values.Length * Channels];
        for (int pixel = 0; pixel < Values.Length; pixel++)
        {
            float heat = Channels * MathF.Sqrt(Math.Clamp(Values[pixel], 0, 1)); // As a length, not a square: small ones show.
            for (int channel = 0; channel < Channels; channel++)
            {
                rgb[Channels * pixel + channel] = Math.Clamp(heat - channel, 0, 1);
            }
        }

        return new PixelImage(Width, Height, rgb);
    }

    // Each region against its own part of its own style.
    private static Tensor Guided(
        Tensor here, Recipe recipe, ScaleInputs scale, ImmutableArray<IReadOnlyDictionary<string, Tensor>> styles, string layer)
    {
        Tensor sum = zeros([1, 1, here.shape[2], here.shape[3]], here.dtype, here.device);
        Tensor area = zeros_like(sum).Plus(1e-6);
        for (int region = 0; region < scale.Regions.Length; region++)
        {
            Tensor there = Descriptors(styles[recipe.Regions[region].Style][layer]);
            Tensor candidates = Flat(there);
            if (scale.Regions[region].Style is Tensor styleMask)
            {
                Tensor inside = At(styleMask, there).flatten();
                using Scalar threshold = Math.Min(0.5, inside.max().ToDouble() / 2).ToScalar();
                candidates = candidates.index_select(1, inside.gt(threshold).nonzero().flatten());
            }

            Tensor mask = At(scale.Regions[region].Content, here);
            sum = sum.Plus(mask * Nearest(here, candidates));
            area = area.Plus(mask);
        }

        return sum / area;
    }

    private static Tensor At(Tensor mask, Tensor grid) =>
        F.interpolate(mask, [grid.shape[2], grid.shape[3]], mode: InterpolationMode.Area);

    // [1, 2 C, h, w]
    private static Tensor Descriptors(Tensor features)
    {
        int window = (int)Math.Ceiling(Math.Max(features.shape[2], features.shape[3]) / (double)Places);
        Tensor f = features.to(ScalarType.Float32);
        Tensor mean = F.avg_pool2d(f, window, ceil_mode: true);
        Tensor deviation = (F.avg_pool2d(f.Squared(), window, ceil_mode: true) - mean.Squared()).AtLeast(0).sqrt();
        return cat([mean, deviation], 1);
    }

    private static Tensor Flat(Tensor descriptors) => descriptors[0].flatten(1); // [2 C, m]

    // [1, 1, h, w]
    private static Tensor Nearest(Tensor here, Tensor candidates)
    {
        Tensor x = Flat(here).t();
        Tensor a = candidates.t();
        Tensor energy = a.Squared().sum(1).mean().AtLeast(1e-12);
        Tensor nearest = cdist(x, a).min(1).values.Squared() / energy;
        return nearest.view(1, 1, here.shape[2], here.shape[3]);
    }
}
