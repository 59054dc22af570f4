using System.Globalization;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Cli.Bench;

/// <summary>The figures as a table that can be pasted into a README; each row is written as soon as it is known.</summary>
internal sealed class BenchTable
{
    private const string CpuInfo = "/proc/cpuinfo";
    private readonly List<BenchRow> rows = [];
    private readonly TextWriter output;
    private readonly string device;
    private readonly string processor = File.Exists(CpuInfo)
        ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : "unknown";

    public BenchTable(TextWriter output, string device, IReadOnlyCollection<Precision> precisions)
    {
        (this.output, this.device) = (output, device);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{processor}, {Environment.ProcessorCount} cores, {device}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}"));
        output.WriteLine();
        if (!precisions.Contains(Precision.Bfloat16))
        {
            output.WriteLine("float32 only: bfloat16 is no faster here, so its figures are left out.");
            output.WriteLine();
        }

        output.WriteLine("| what | measured | to reach | |");
        output.WriteLine("| --- | --- | --- | --- |");
    }

    public void Add(BenchRow row)
    {
        rows.Add(row);
        string mark = row.IsReached switch { true => " ✓", false => " ✗", _ => "" };
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Value:G3} {row.Unit}{mark} | {row.ToReach} | {row.Detail} |"));
        output.Flush();
    }

    public BenchReport Report(string command) => new(TimeProvider.System.GetUtcNow(), processor, Environment.ProcessorCount, device, command, rows);
}
