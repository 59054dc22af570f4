using System.Collections.Immutable;
using StyleTransfer.Cli.Sheets;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine;

namespace StyleTransfer.Engine.Tests.Sheets;

public sealed class SheetLayoutTests
{
    [Fact]
    public void Parse_UnknownAxis_NamesTheAllowedOnes()
    {
        Assert.Equal([SheetAxis.Content, SheetAxis.Preset], SheetLayout.Parse("content, Preset", "--rows"));
        RunException error = Assert.Throws<RunException>(() => SheetLayout.Parse("content,colour", "--rows"));
        Assert.Contains("--rows has 'colour'; allowed are content, style, preset and encoder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Combinations_TwoAxes_AreEveryPairWithTheLastRunningFastest()
    {
        object[] presets = [Presets.Fast, Presets.Best];
        object[] others = [Presets.Balanced];

        ImmutableArray<ImmutableArray<(SheetAxis Axis, object Value)>> combinations = SheetLayout.Combinations(
            [SheetAxis.Encoder, SheetAxis.Preset], axis => axis == SheetAxis.Preset ? presets : others);

        Assert.Equal(["balanced × fast", "balanced × best"], combinations.Select(combination => SheetLayout.Heading(combination).Label));
        Assert.Equal(["", ""], SheetLayout.Combinations([], _ => []).SelectMany(one => new[] { SheetLayout.Heading(one).Label, "" }));
    }

    [Fact]
    public void Verdict_SeveralPairs_TellsGeometricMeanAndWorst()
    {
        Verdict verdict = new([Pair("a", 2, 1), Pair("b", 0.5, 4), Pair("c", 1, 2)]);

        Assert.Equal(1, verdict.StyleMean, 12);
        Assert.Equal(2, verdict.ContentMean, 12);
        Assert.Equal(("a", "b"), (verdict.WorstStyle.Content, verdict.WorstContent.Content));
        Assert.Equal(0.5, verdict.TimeRatio, 12);
    }

    private static PairVerdict Pair(string name, double style, double content) => new(
        name,
        "s",
        new Judgement(0.1 * style, 0.2 * content, ImmutableDictionary<string, double>.Empty),
        new Judgement(0.1, 0.2, ImmutableDictionary<string, double>.Empty),
        CandidateSecondsPerIteration: 1,
        ReferenceSecondsPerIteration: 2);
}
