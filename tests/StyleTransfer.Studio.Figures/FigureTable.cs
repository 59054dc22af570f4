using System.Globalization;
using System.Text.Json;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Studio.Figures;

/// <summary>The figures as a table that can be pasted into a README; each row is written as soon as it is known.</summary>
internal sealed class FigureTable
{
    private const string CpuInfo = "/proc/cpuinfo";
    private const string LoadFile = "/proc/loadavg";
    private static readonly JsonSerializerOptions indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Row> rows = [];
    private readonly DateTimeOffset begun = TimeProvider.System.GetUtcNow();

    // What else the machine does shows in every figure.
    private readonly string load = File.Exists(LoadFile) ? File.ReadAllText(LoadFile).Split(' ')[0] : "unknown";
    private readonly string processor = File.Exists(CpuInfo)
        ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : "unknown";

    public FigureTable()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{processor}, {Environment.ProcessorCount} cores, load {load} before the start, {begun:yyyy-MM-dd HH:mm} UTC"));
        Console.WriteLine();
        Console.WriteLine("| figure | what | measured | target | |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
    }

    /// <summary>Everything was measured and is as it should be.</summary>
    public bool IsReached => rows.TrueForAll(row => row.IsReached);

    public void Add(Row row)
    {
        rows.Add(row);
        string measured = row.Value is { } value ? $"{Number(value)} {row.Unit} {(row.IsReached ? '✓' : '✗')}" : "–";
        string target = row.Value is null ? "–" : $"{(row.IsAtMost ? '≤' : '≥')} {Number(row.Target)}";
        Console.WriteLine($"| {row.Figure} | {row.What} | {measured} | {target} | {row.Detail} |");
    }

    public void Write(string file) => AtomicFile.Write(
        file,
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                begun,
                processor,
                Environment.ProcessorCount,
                load,
                rows = rows.Select(row => new { row.Figure, row.What, row.Value, row.Unit, Target = row.Value is null ? (double?)null : row.Target, row.IsAtMost, row.IsReached, row.Detail }),
            },
            indented));

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : "G3", CultureInfo.InvariantCulture);
}
