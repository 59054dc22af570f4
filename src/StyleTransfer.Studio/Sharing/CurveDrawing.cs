using System.Globalization;

namespace StyleTransfer.Studio.Sharing;

/// <summary>
/// Loss curves as SVG paths, on a logarithmic scale: they show without JavaScript and in a file that was mailed. A script that reads
/// <see cref="Left"/> and the rest off the drawing can follow them.
/// </summary>
public sealed class CurveDrawing
{
    public const int Width = 640;
    public const int Height = 240;
    public const int Left = 52;
    public const int Right = 632;
    public const int Top = 10;
    public const int Bottom = 212;

    private readonly double low;
    private readonly double high;
    private readonly int first;
    private readonly int last;

    private CurveDrawing(IReadOnlyList<CurvePoint> points, double low, double high)
    {
        this.low = low;
        this.high = high;
        first = points[0].Iteration;
        last = Math.Max(points[^1].Iteration, first + 1);
        Lines = [.. new (string Name, Func<CurvePoint, double> Value)[] { ("total", p => p.Total), ("content", p => p.Content), ("style", p => p.Style), ("tv", p => p.Tv) }
            .Select(line => (line.Name, Path(points, line.Value))).Where(line => line.Item2.Length > 0)];
    }

    /// <summary>Each term's name and its path.</summary>
    public IReadOnlyList<(string Name, string Path)> Lines { get; }

    /// <summary>Powers of ten within the drawing, at most six.</summary>
    public IEnumerable<(double Y, string Text)> Decades()
    {
        int from = (int)Math.Ceiling(low);
        int to = (int)Math.Floor(high);
        int step = Math.Max(1, (int)Math.Ceiling((to - from + 1) / 6.0));
        for (int decade = from; decade <= to; decade += step)
        {
            yield return (Y(decade), $"10{Superscript(decade)}");
        }
    }

    public IEnumerable<(double X, string Text)> Iterations() =>
        new[] { first, (first + last) / 2, last }.Select(iteration => (X(iteration), iteration.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Null where there is nothing to draw.</summary>
    public static CurveDrawing? Of(IReadOnlyList<CurvePoint> points)
    {
        double[] values = [.. points.SelectMany(p => new[] { p.Total, p.Content, p.Style, p.Tv }).Where(value => value > 0 && double.IsFinite(value))];
        // A term that is all but gone would press the others together.
        double most = values.Length == 0 ? 0 : Math.Log10(values.Max());
        double least = values.Length == 0 ? 0 : Math.Max(Math.Log10(values.Min()), most - 7);
        return points.Count < 2 || values.Length == 0 ? null : new CurveDrawing(points, Math.Min(least, most - 0.5) - 0.05, most + 0.05);
    }

    private double X(int iteration) => Left + ((Right - Left) * (iteration - first) / (double)(last - first));

    private double Y(double logarithm) => Bottom - ((Bottom - Top) * (logarithm - low) / (high - low));

    private string Path(IReadOnlyList<CurvePoint> points, Func<CurvePoint, double> value) => string.Join(
        ' ',
        points.Where(point => value(point) > 0 && Math.Log10(value(point)) >= low)
            .Select((point, index) => string.Create(CultureInfo.InvariantCulture, $"{(index == 0 ? 'M' : 'L')}{X(point.Iteration):0.#} {Y(Math.Log10(value(point))):0.#}")));

    private static string Superscript(int number) => string.Concat(
        number.ToString(CultureInfo.InvariantCulture).Select(digit => digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']));
}
