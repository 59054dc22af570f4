namespace StyleTransfer.Core.Recipes;

public sealed record OptimizerSettings
{
    public OptimizerKind Kind { get; init; } = OptimizerKind.Lbfgs;

    /// <summary>Step size; for L-BFGS a factor on the quasi-Newton step.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>Pairs kept by L-BFGS.</summary>
    public int History { get; init; } = 20;

    /// <summary>Adam's β₁ and β₂.</summary>
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.99;

    /// <summary>Keeps the pixels in [0, 1] after each step; never inside an evaluation.</summary>
    public bool Clamp { get; init; } = true;
}
