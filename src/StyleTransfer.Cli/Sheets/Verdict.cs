using System.Collections.Immutable;
using StyleTransfer.Engine;

namespace StyleTransfer.Cli.Sheets;

/// <summary>One pair made with two encoders, both judged by the same one.</summary>
internal sealed record PairVerdict(
    string Content, string Style, Judgement Candidate, Judgement Reference, double CandidateSecondsPerIteration, double ReferenceSecondsPerIteration)
{
    /// <summary>1 where the candidate's result is as near to the style as the reference's; larger is worse.</summary>
    public double StyleRatio => Candidate.Style / Reference.Style;

    public double ContentRatio => Candidate.Content / Reference.Content;

    public double TimeRatio => CandidateSecondsPerIteration / ReferenceSecondsPerIteration;
}

/// <summary>How an encoder's results compare with another's, over all pairs.</summary>
internal sealed record Verdict(ImmutableArray<PairVerdict> Pairs)
{
    public double StyleMean => GeometricMean(pair => pair.StyleRatio);

    public double ContentMean => GeometricMean(pair => pair.ContentRatio);

    public PairVerdict WorstStyle => Pairs.MaxBy(pair => pair.StyleRatio)!;

    public PairVerdict WorstContent => Pairs.MaxBy(pair => pair.ContentRatio)!;

    /// <summary>The median: other work on the machine disturbs single pairs.</summary>
    public double TimeRatio => Pairs.Select(pair => pair.TimeRatio).Order().ElementAt(Pairs.Length / 2);

    private double GeometricMean(Func<PairVerdict, double> ratio) => Math.Exp(Pairs.Average(pair => Math.Log(ratio(pair))));
}
