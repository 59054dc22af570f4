using System.Collections.Immutable;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Core.Runs;

/// <summary>How long a run will take and what memory, before it starts.</summary>
/// <param name="Seconds">From a measured speed; null where nothing was measured yet.</param>
/// <param name="Bytes">Of the worker, beyond what it holds when idle.</param>
public sealed record RunEstimate(double? Seconds, long Bytes)
{
    // Features in float32 and their gradients, and for each layer what its backward step keeps beside them.
    private const double BytesAFeature = 4 * 2.5;

    // Each pair of L-BFGS holds two pictures of three float32 channels; a few more are in flight.
    private const int PicturesInFlight = 12;

    /// <param name="layers">The encoder's, from the shallowest.</param>
    /// <param name="secondsPerMegapixel">Of one iteration, measured on this device with this encoder.</param>
    public static RunEstimate Of(Recipe recipe, int contentWidth, int contentHeight, ImmutableArray<EncoderLayer> layers, double? secondsPerMegapixel)
    {
        double work = 0;
        double largest = 0;
        foreach (ScaleStep scale in ScalePlan.Of(recipe.Schedule))
        {
            (int width, int height) = ImageScaler.Fit(contentWidth, contentHeight, scale.LongerEdge);
            double megapixels = width * (double)height / 1e6;
            work += megapixels * scale.Iterations;
            largest = Math.Max(largest, megapixels);
        }

        double featuresAPixel = layers.Sum(layer => layer.Channels / Math.Pow(4, Block(layer.Name) - 1));
        int pictures = PicturesInFlight + (recipe.Optimizer.Kind == OptimizerKind.Lbfgs ? 2 * recipe.Optimizer.History : 2);
        double bytesAPixel = (featuresAPixel * BytesAFeature) + (pictures * 3 * sizeof(float));
        return new RunEstimate(work * secondsPerMegapixel, (long)(largest * 1e6 * bytesAPixel));
    }

    // "relu4_2" and "conv4_2" are in block 4.
    private static int Block(string layer) => layer.First(char.IsAsciiDigit) - '0';
}
