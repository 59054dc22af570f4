using System.Diagnostics;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Optimizers;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Running;

/// <summary>
/// All that a run is at the end of an iteration: with it and its recipe, it goes on as if never stopped. Owns its tensors.
/// </summary>
internal sealed class RunState(Recipe recipe, IOptimizer optimizer) : IDisposable
{
    /// <summary>How far back a scale looks to see whether it still gets anywhere.</summary>
    public const int ToleranceWindow = 10;

    private readonly Stopwatch clock = new();
    private readonly double averaging = recipe.Schedule.Averaging;

    /// <summary>With the changes made so far.</summary>
    public Recipe Recipe { get; set; } = recipe;

    public IOptimizer Optimizer { get; set; } = optimizer;

    /// <summary>Done, over the whole run.</summary>
    public int Iteration { get; set; }

    public int Scale { get; set; }

    /// <summary>Done, at this scale.</summary>
    public int ScaleIteration { get; set; }

    /// <summary>How many of the recipe's changes hold already.</summary>
    public int ChangesTaken { get; set; }

    /// <summary>Proposals refused one after another.</summary>
    public int Refusals { get; set; }

    /// <summary>The scale ended early.</summary>
    public bool Converged { get; set; }

    /// <summary>The last accepted picture, [1, 3, H, W]; null before the first scale began.</summary>
    public Tensor? Picture { get; private set; }

    /// <summary>∂L ⁄ ∂x at the picture; null while it has not been evaluated under the present weights.</summary>
    public Tensor? Gradient { get; private set; }

    /// <summary>L at the picture, term by term.</summary>
    public Losses Losses { get; private set; } = Losses.Unknown;

    /// <summary>The latest totals at this scale, for convergence.</summary>
    public Queue<double> Totals { get; } = new();

    /// <summary>Σ (1 − d) dᵏ x, and the sum of its weights.</summary>
    public Tensor? Average { get; private set; }

    public double AverageWeight { get; private set; }

    public double SecondsBefore { get; set; }

    public double Seconds => SecondsBefore + clock.Elapsed.TotalSeconds;

    public void StartClock() => clock.Start();

    public void StopClock() => clock.Stop();

    /// <summary>Begins a scale with a picture that nothing is known of yet.</summary>
    public void Begin(Tensor picture)
    {
        Replace(picture, null);
        Average?.Dispose();
        Average = averaging > 0 ? zeros_like(picture).DetachFromDisposeScope() : null;
        AverageWeight = 0;
        ScaleIteration = 0;
        Converged = false;
        Totals.Clear();
    }

    /// <summary>Takes a picture that was evaluated and found good.</summary>
    public void Accept(Tensor picture, Evaluation evaluation)
    {
        Replace(picture, evaluation.Gradient);
        Losses = evaluation.Losses;
        Refusals = 0;
        Totals.Enqueue(Losses.Total);
        while (Totals.Count > ToleranceWindow + 1)
        {
            Totals.Dequeue();
        }

        if (Average is not null)
        {
            Average.TimesInPlace(averaging).PlusInPlace(picture, times: 1 - averaging);
            AverageWeight = averaging * AverageWeight + 1 - averaging;
        }
    }

    /// <summary>The gradient is no longer the objective's.</summary>
    /// <param name="isOther">Another objective, not the same with other weights.</param>
    public void Unsettle(bool isOther)
    {
        if (isOther)
        {
            Optimizer.Forget();
        }
        else if (Gradient is not null)
        {
            Optimizer.Reweigh(Gradient);
        }

        Gradient?.Dispose();
        Gradient = null;
        Totals.Clear();
    }

    /// <summary>What is shown and carried to the next scale; in the caller's scope.</summary>
    public Tensor Result() => Average is not null && AverageWeight > 0 ? Average.Over(AverageWeight) : Picture!.clone();

    public void RestorePicture(Tensor picture, Tensor? gradient, Losses losses, Tensor? average, double averageWeight)
    {
        Replace(picture, gradient);
        Losses = losses;
        Average?.Dispose();
        Average = average?.DetachFromDisposeScope();
        AverageWeight = averageWeight;
    }

    public void Dispose()
    {
        Picture?.Dispose();
        Gradient?.Dispose();
        Average?.Dispose();
        Optimizer.Dispose();
    }

    private void Replace(Tensor picture, Tensor? gradient)
    {
        picture.DetachFromDisposeScope();
        gradient?.DetachFromDisposeScope();
        if (!ReferenceEquals(Picture, picture))
        {
            Picture?.Dispose();
        }

        Gradient?.Dispose();
        (Picture, Gradient) = (picture, gradient);
    }
}
