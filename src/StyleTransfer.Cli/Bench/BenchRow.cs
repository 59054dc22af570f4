namespace StyleTransfer.Cli.Bench;

/// <summary>One measured figure.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">In <paramref name="Unit"/>; a ratio has none.</param>
/// <param name="ToReach">The figure to reach, such as <c>≥ 0.90</c>; null where there is none.</param>
/// <param name="IsReached">Null where there is nothing to reach.</param>
/// <param name="Detail">Sizes, counts, what was compared with what.</param>
internal sealed record BenchRow(string Name, double Value, string Unit, string? ToReach, bool? IsReached, string Detail)
{
    public static BenchRow AtLeast(string name, double value, double least, string unit, string detail) =>
        new(name, value, unit, FormattableString.Invariant($"≥ {least:G3}"), value >= least, detail);

    public static BenchRow AtMost(string name, double value, double most, string unit, string detail) =>
        new(name, value, unit, FormattableString.Invariant($"≤ {most:G3}"), value <= most, detail);

    public static BenchRow Plain(string name, double value, string unit, string detail) => new(name, value, unit, null, null, detail);
}

/// <summary>What <c>bench --json</c> writes.</summary>
internal sealed record BenchReport(DateTimeOffset Measured, string Processor, int Cores, string Device, string Command, IReadOnlyList<BenchRow> Rows);
