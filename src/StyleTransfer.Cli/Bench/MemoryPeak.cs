using System.Globalization;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Bench;

/// <summary>The most memory that a run takes beyond what its process holds with the encoder loaded and warm. Linux only.</summary>
internal static class MemoryPeak
{
    private const string Status = "/proc/self/status";
    private const int WarmEdge = 64;

    /// <summary>In a process of its own, where no former run has left memory to be used again.</summary>
    public static double Gigabytes(string encoder, Precision precision, int size, int iterations, int? tileEdge) => OwnProcess.Number(
        ["bench", "--peak", string.Create(CultureInfo.InvariantCulture, $"{encoder},{precision},{size},{iterations},{tileEdge ?? 0}")]);

    /// <summary>What <see cref="Gigabytes"/> runs.</summary>
    public static double Measure(string specification, Func<string, Encoder> load)
    {
        string[] parts = specification.Split(',');
        (Precision precision, int size, int iterations, int tile) = (Enum.Parse<Precision>(parts[1]), int.Parse(parts[2], CultureInfo.InvariantCulture), int.Parse(parts[3], CultureInfo.InvariantCulture), int.Parse(parts[4], CultureInfo.InvariantCulture));
        if (!File.Exists(Status))
        {
            throw new RunException("Peak memory is measured on Linux only.");
        }

        using Encoder encoder = load(parts[0]);
        _ = TimedRun.Inputs(size);
        new TimedRun().Run(TimedRun.SingleScale(WarmEdge, 2, precision), encoder);
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5"); // Makes the present use the peak.
        double before = Kibibytes("VmRSS:");
        new TimedRun().Run(TimedRun.SingleScale(size, iterations, precision), encoder, tile == 0 ? null : tile);
        return (Kibibytes("VmHWM:") - before) * 1024 / 1e9;
    }

    // Between the key and the number is a tab, and spaces only before a short number.
    private static double Kibibytes(string key) => double.Parse(
        File.ReadLines(Status).First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
