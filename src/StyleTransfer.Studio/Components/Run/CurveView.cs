using System.Globalization;

namespace StyleTransfer.Studio.Components.Run;

/// <summary>How the curves are drawn.</summary>
/// <param name="Detail"><c>terms</c>, <c>layers</c> or <c>styles</c>.</param>
/// <param name="Smoothing">Decay of the moving average; 0 for none.</param>
public sealed record CurveView(bool BySeconds = false, bool Logarithmic = true, string Detail = "terms", double Smoothing = 0)
{
    public const double MostSmoothing = 0.98;

    public static string[] Details { get; } = ["terms", "layers", "styles"];

    /// <summary>As <see cref="ToQuery"/> wrote it into an address; what makes no sense there is as usual.</summary>
    public static CurveView Of(string? detail, string? axis, string? log, string? smooth) => new(
        BySeconds: axis == "seconds",
        Logarithmic: log != "0",
        Details.Contains(detail) ? detail! : Details[0],
        double.TryParse(smooth, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double decay) && decay > 0 ? Math.Min(decay, MostSmoothing) : 0);

    /// <summary>What differs from the usual; null for what does not.</summary>
    public Dictionary<string, string?> ToQuery() => new()
    {
        ["detail"] = Detail == Details[0] ? null : Detail,
        ["axis"] = BySeconds ? "seconds" : null,
        ["log"] = Logarithmic ? null : "0",
        ["smooth"] = Smoothing == 0 ? null : Smoothing.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
