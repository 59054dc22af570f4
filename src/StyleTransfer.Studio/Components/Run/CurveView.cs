namespace StyleTransfer.Studio.Components.Run;

/// <summary>How the curves are drawn.</summary>
/// <param name="Detail"><c>terms</c>, <c>layers</c> or <c>styles</c>.</param>
/// <param name="Smoothing">Decay of the moving average; 0 for none.</param>
public sealed record CurveView(bool BySeconds = false, bool Logarithmic = true, string Detail = "terms", double Smoothing = 0);
