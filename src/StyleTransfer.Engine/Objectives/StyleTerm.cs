using static TorchSharp.torch;

namespace StyleTransfer.Engine.Objectives;

/// <summary>One style's distance at one layer, over all positions or over a guidance region.</summary>
/// <param name="Name">For the trace: <c>style/relu3_1/0</c>, with the region's name where there is one.</param>
/// <param name="Region">Index of the region; −1 for the whole picture.</param>
/// <param name="Style">Index of the style, whose weight may change mid-run.</param>
/// <param name="Weight">w_l times the region's share of the picture.</param>
internal sealed record StyleTerm(string Name, string Layer, int Region, int Style, double Weight, IStyleDistance Distance) : IDisposable
{
    public void Dispose() => Distance.Dispose();
}
