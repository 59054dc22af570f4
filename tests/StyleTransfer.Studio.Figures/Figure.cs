namespace StyleTransfer.Studio.Figures;

/// <summary>Something that is measured on the real studio. It may give several rows.</summary>
internal interface IFigure
{
    /// <summary>By which it can be asked for alone.</summary>
    string Name { get; }

    /// <summary>Cannot be measured without a Chromium.</summary>
    bool NeedsBrowser { get; }

    IAsyncEnumerable<Row> MeasureAsync(Workshop workshop, CancellationToken cancellationToken);
}

/// <summary>One measured figure.</summary>
/// <param name="Figure">The <see cref="IFigure.Name"/> that it belongs to.</param>
/// <param name="What">What was measured.</param>
/// <param name="Value">In <paramref name="Unit"/>, a ratio has none; null where it could not be measured.</param>
/// <param name="Target">What the issues demand.</param>
/// <param name="IsAtMost">Whether the value is to stay below the target, or to reach it.</param>
/// <param name="Detail">Sizes, counts, the spread.</param>
internal sealed record Row(string Figure, string What, double? Value, string Unit, double Target, bool IsAtMost, string Detail)
{
    public bool IsReached => IsAtMost ? Value <= Target : Value >= Target;

    public static Row AtMost(string figure, string what, double value, double target, string unit, string detail) =>
        new(figure, what, value, unit, target, IsAtMost: true, detail);

    public static Row AtLeast(string figure, string what, double value, double target, string unit, string detail) =>
        new(figure, what, value, unit, target, IsAtMost: false, detail);

    public static Row Missing(string figure, string reason) => new(figure, "not measured", null, "", double.NaN, IsAtMost: true, reason);
}

internal static class Spread
{
    public static double Median(this IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Every value, for a row's detail.</summary>
    public static string List(this IEnumerable<double> values, string format) =>
        string.Join(", ", values.Select(value => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture)));
}
