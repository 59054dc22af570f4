namespace StyleTransfer.Core.Runs;

/// <summary>One iteration's time, measured on one device with one encoder and precision.</summary>
/// <param name="Fixed">Seconds that do not depend on the size: decompositions of the style statistics.</param>
/// <param name="AMegapixel">Seconds for a million pixels.</param>
public sealed record IterationSpeed(double Fixed, double AMegapixel)
{
    /// <summary>Of the larger square picture that a device is measured with before anything ran.</summary>
    public const int LargestMeasuredEdge = 384;

    public double Of(double megapixels) => Fixed + (AMegapixel * megapixels);

    /// <summary>A line through a run's own iterations.</summary>
    /// <param name="iterations">Megapixels and seconds of each.</param>
    /// <returns>Null where there is none.</returns>
    public static IterationSpeed? Fit(IEnumerable<(double Megapixels, double Seconds)> iterations)
    {
        (double Megapixels, double Seconds)[] scales =
        [
            .. iterations.GroupBy(iteration => iteration.Megapixels).OrderBy(scale => scale.Key)
                .Select(scale => (scale.Key, scale.Select(iteration => iteration.Seconds).Order().ElementAt(scale.Count() / 2))),
        ];
        if (scales.Length == 0)
        {
            return null;
        }

        (double megapixels, double seconds) = scales[^1];
        double slope = seconds / megapixels;
        if (scales.Length > 1)
        {
            // At least half of it grows with the size: a noisy small scale must not make large pictures look free.
            slope = Math.Clamp((seconds - scales[0].Seconds) / (megapixels - scales[0].Megapixels), slope / 2, slope);
        }

        return new IterationSpeed(seconds - (slope * megapixels), slope);
    }
}
