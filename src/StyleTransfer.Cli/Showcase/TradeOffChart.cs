using System.Globalization;
using System.Text;

namespace StyleTransfer.Cli.Showcase;

/// <summary>A recipe judged at one content weight.</summary>
/// <param name="Factor">Of the preset's own α ⁄ β.</param>
internal sealed record TradeOffPoint(string Preset, double Factor, double Content, double Style, int Iterations, double Seconds);

/// <summary>Style over content distance, a curve for each preset, as SVG that reads on light and on dark.</summary>
internal static class TradeOffChart
{
    private const int Width = 720;
    private const int Height = 440;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 20;
    private const int Bottom = 50;
    private static readonly string[] Inks = ["#2a9d8f", "#d1495b", "#3a7ca5", "#e09f3e", "#7b4fa3", "#6c757d"];

    public static string Svg(IReadOnlyList<TradeOffPoint> points)
    {
        (double least, double most) = (0, 1.08 * points.Max(point => point.Content));
        (double low, double high) = (Math.Log10(points.Min(point => point.Style)) - 0.1, Math.Log10(points.Max(point => point.Style)) + 0.1);
        double X(double content) => Left + ((content - least) / (most - least) * (Width - Left - Right));
        double Y(double style) => Height - Bottom - ((Math.Log10(style) - low) / (high - low) * (Height - Top - Bottom));
        StringBuilder svg = new();
        void Line(FormattableString text) => svg.AppendLine(FormattableString.Invariant(text));

        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#777\">");
        for (double content = 0; content < most; content += 0.1)
        {
            Line($"<path d=\"M{X(content):0.#} {Top}V{Height - Bottom}\" stroke=\"#8884\"/><text x=\"{X(content):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{content:0.#}</text>");
        }

        foreach (double style in Ticks(low, high))
        {
            Line($"<path d=\"M{Left} {Y(style):0.#}H{Width - Right}\" stroke=\"#8884\"/><text x=\"{Left - 8}\" y=\"{Y(style) + 4:0.#}\" text-anchor=\"end\">{style:0.####}</text>");
        }

        Line($"<text x=\"{(Width + Left) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">content distance at relu4_2</text>");
        Line($"<text transform=\"translate(16 {Height / 2}) rotate(-90)\" text-anchor=\"middle\">style distance (logarithmic)</text>");
        int curve = 0;
        foreach (IGrouping<string, TradeOffPoint> preset in points.GroupBy(point => point.Preset))
        {
            string ink = Inks[curve % Inks.Length];
            string path = string.Join('L', preset.OrderBy(point => point.Factor).Select(point => FormattableString.Invariant($"{X(point.Content):0.#} {Y(point.Style):0.#}")));
            Line($"<path d=\"M{path}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"2.5\"/>");
            foreach (TradeOffPoint point in preset)
            {
                Line($"<circle cx=\"{X(point.Content):0.#}\" cy=\"{Y(point.Style):0.#}\" r=\"{(point.Factor == 1 ? 5.5 : 3)}\" fill=\"{ink}\"/>");
            }

            Line($"<text x=\"{Width - Right - 8}\" y=\"{Top + 18 + (20 * curve)}\" text-anchor=\"end\" fill=\"{ink}\" font-weight=\"bold\">{preset.Key} ({preset.Average(point => point.Iterations):0} evaluations)</text>");
            curve++;
        }

        return svg.Append("</svg>").ToString();
    }

    private static IEnumerable<double> Ticks(double low, double high) =>
        Enumerable.Range((int)Math.Floor(low) - 1, (int)(high - low) + 4)
            .SelectMany(power => new[] { 1, 2, 5 }.Select(digit => digit * Math.Pow(10, power)))
            .Where(tick => Math.Log10(tick) > low && Math.Log10(tick) < high);

    /// <summary>For a table, and for whoever draws it otherwise.</summary>
    public static string Csv(IEnumerable<TradeOffPoint> points) => string.Concat(points
        .Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Preset},{point.Factor},{point.Content:0.0000},{point.Style:0.00000},{point.Iterations},{point.Seconds:0.0}\n"))
        .Prepend("preset,factor,content,style,iterations,seconds\n"));
}
