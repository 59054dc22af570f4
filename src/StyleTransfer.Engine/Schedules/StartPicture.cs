using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Schedules;

/// <summary>Where a run begins, at its coarsest scale.</summary>
internal static class StartPicture
{
    /// <returns>[1, 3, H, W] in [0, 1], in the caller's scope.</returns>
    public static Tensor Make(Recipe recipe, TransferInputs inputs, ScaleInputs scale, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor start = recipe.Initialization.Kind switch
        {
            InitializationKind.Content => scale.Content?.clone() ?? throw Missing("content"),
            InitializationKind.Style => Cover(scale.Styles.IsEmpty ? throw Missing("style") : scale.Styles[0], scale.Width, scale.Height),
            InitializationKind.Noise => Noise(recipe.Seed, scale, device).Times(0.25).Plus(0.5).Clamp(0, 1),
            InitializationKind.StyleNoise => StyleNoise(
                Noise(recipe.Seed, scale, device), scale.Styles.IsEmpty ? throw Missing("style") : scale.Styles[0]),
            _ => PixelTensors.ToTensor(
                ImageScaler.Resize(inputs.Initial ?? throw Missing("initial"), scale.Width, scale.Height), device),
        };
        return start.MoveToOuterDisposeScope();
    }

    private static Tensor Noise(long seed, ScaleInputs scale, Device device)
    {
        // Drawn on the CPU, so that a seed means the same on every device.
        using Generator generator = new(unchecked((ulong)seed), CPU);
        return randn([1L, 3, scale.Height, scale.Width], ScalarType.Float32, CPU, generator: generator).to(device);
    }

    private static Tensor StyleNoise(Tensor white, Tensor style)
    {
        Tensor pixels = style[0].flatten(1); // [3, M]
        Tensor mean = pixels.mean([1]);
        Tensor centered = pixels - mean.unsqueeze(1);
        Tensor covariance = centered.mm(centered.t()).Over(pixels.shape[1]).Plus(eye(3, dtype: pixels.dtype, device: pixels.device).Times(1e-5));
        Tensor colored = linalg.cholesky(covariance).mm(white[0].flatten(1)).Plus(mean.unsqueeze(1));
        return colored.view(white.shape).Clamp(0, 1);
    }

    // The style's middle in the content's shape: cut, never stretched.
    private static Tensor Cover(Tensor style, int width, int height)
    {
        double factor = Math.Max((double)width / style.shape[3], (double)height / style.shape[2]);
        int coverWidth = Math.Max(width, (int)Math.Round(style.shape[3] * factor));
        int coverHeight = Math.Max(height, (int)Math.Round(style.shape[2] * factor));
        Tensor cover = PixelTensors.Resize(style, coverWidth, coverHeight);
        return cover.narrow(2, (coverHeight - height) / 2, height).narrow(3, (coverWidth - width) / 2, width).Clamp(0, 1).contiguous();
    }

    private static RunException Missing(string picture) =>
        new($"The run is to start from the {picture} picture, but there is none. Give one, or start from noise.");
}
