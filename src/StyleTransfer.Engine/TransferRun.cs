using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Objectives;
using StyleTransfer.Engine.Optimizers;
using StyleTransfer.Engine.Pictures;
using StyleTransfer.Engine.Running;
using StyleTransfer.Engine.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine;

/// <summary>How a run ended, and with what.</summary>
/// <param name="Picture">The result, or the picture so far where it was stopped.</param>
/// <param name="Recipe">The recipe with the changes made while it ran and the precision it ran in: it replays exactly.</param>
/// <param name="Iterations">Iterations done, over the whole run.</param>
/// <param name="Completed">False when it was cancelled.</param>
/// <param name="Checkpoint">Where to go on: after a cancellation, or to extend a finished run.</param>
public sealed record TransferResult(PixelImage Picture, Recipe Recipe, int Iterations, bool Completed, byte[] Checkpoint);

/// <summary>One optimisation, from a recipe to a picture.</summary>
/// <remarks>
/// An iteration is one evaluation of the objective. The first at each scale evaluates the picture that it starts from; every further
/// one evaluates what the optimiser proposes, and accepts it or steps back. So the losses reported are those of the picture shown,
/// and nothing is ever returned that was not evaluated.
/// </remarks>
public sealed class TransferRun
{
    private const int MostRefusals = 12;

    // Of an objective; where there is something to lower, it is a million times as large in any form.
    private const double Rounding = 1e-9;

    private readonly TransferInputs inputs;
    private readonly Encoder encoder;
    private readonly IRunObserver observer;
    private readonly RunControl control;
    private readonly RunState state;
    private readonly Snapshot snapshot;
    private readonly ImmutableArray<ScaleStep> scales;
    private ObjectiveWeights weights;
    private bool hasNewObjective;

    private TransferRun(RunState state, TransferInputs inputs, Encoder encoder, IRunObserver observer, RunControl control)
    {
        this.state = state;
        this.inputs = inputs;
        this.encoder = encoder;
        this.observer = observer;
        this.control = control;
        snapshot = new Snapshot(state, inputs, encoder.Device);
        scales = ScalePlan.Of(state.Recipe.Schedule);
        weights = state.Recipe.Changes.Take(state.ChangesTaken)
            .Aggregate(ObjectiveWeights.Of(state.Recipe), (before, change) => before.After(change));
    }

    /// <summary>Runs to the end, or until cancelled: a cancellation returns what there is, it does not throw.</summary>
    /// <param name="checkpoint">
    /// A former run's state to go on from, bitwise as if never stopped (CPU); null to begin. A finished run is extended by a
    /// change with <see cref="RecipeChange.ExtraIterations"/>, in the recipe or through the control.
    /// </param>
    /// <exception cref="RecipeException">A value that makes no sense.</exception>
    /// <exception cref="EncoderException">A layer that the encoder does not have.</exception>
    /// <exception cref="RunException">A missing picture, a checkpoint of another recipe, or divergence that stepping back does not mend.</exception>
    public static TransferResult Run(
        Recipe recipe,
        TransferInputs inputs,
        Encoder encoder,
        IRunObserver observer,
        RunControl control,
        byte[]? checkpoint,
        CancellationToken cancellationToken)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            using RunState state = checkpoint is null ? RunStart.New(recipe, inputs, encoder) : RunStart.Resume(recipe, inputs, encoder, checkpoint);
            return new TransferRun(state, inputs, encoder, observer, control).ToTheEnd(cancellationToken);
        }
        finally
        {
            NativeHeap.GiveBack();
        }
    }

    private TransferResult ToTheEnd(CancellationToken cancellationToken)
    {
        // What cannot fit is refused now, not after the small scales.
        (int width, int height) = ScaleInputs.Size(inputs, scales[^1].LongerEdge);
        _ = TilingChoice.For(state.Recipe, encoder, width, height, control.TileEdge);

        state.StartClock();
        while (!cancellationToken.IsCancellationRequested || state.Picture is null)
        {
            if (!IsScaleDone())
            {
                RunScale(cancellationToken);
            }
            else if (state.Scale < scales.Length - 1)
            {
                NextScale();
            }
            else
            {
                break;
            }
        }

        state.StopClock();
        NativeHeap.GiveBack(); // Before the picture and the checkpoint are copied out, not on top of them.
        bool completed = state.Scale == scales.Length - 1 && IsScaleDone();
        return new TransferResult(snapshot.Picture(), state.Recipe, state.Iteration, completed, snapshot.Checkpoint());
    }

    private void RunScale(CancellationToken cancellationToken)
    {
        hasNewObjective = false;
        Recipe recipe = WithPresentObjective();
        using ScaleInputs scale = ScaleInputs.Build(recipe, inputs, scales[state.Scale].LongerEdge, encoder.Device);
        Tiling? tiling = TilingChoice.For(recipe, encoder, scale.Width, scale.Height, control.TileEdge);
        while (!TryRunScale(recipe, scale, tiling, cancellationToken))
        {
            tiling = TilingChoice.Smaller(tiling, scale.Width, scale.Height)
                ?? throw TilingChoice.DoesNotFit(recipe, scale.Width, scale.Height, encoder);
        }
    }

    /// <returns>False where the memory ran out: nothing is lost but the iteration.</returns>
    private bool TryRunScale(Recipe recipe, ScaleInputs scale, Tiling? tiling, CancellationToken cancellationToken)
    {
        try
        {
            long features = TilingChoice.FeatureBytes(recipe, encoder, scale.Width, scale.Height, tiling);
            NativeHeap.Expect(features); // What fitted the scale before does not fit this one.
            using Objective objective = ObjectiveBuilder.Build(recipe, scale, encoder, PrecisionChoice.Mode(recipe), tiling);
            NativeHeap.Expect(features); // Targets take other sizes than iterations.
            if (state.Picture is null)
            {
                state.Begin(StartPicture.Make(state.Recipe, inputs, scale, encoder.Device));
            }

            string? note = state.ScaleIteration == 0 ? scale.Note : null;
            // A change may bring another objective: then this scale goes on with other targets.
            while (!IsScaleDone() && !hasNewObjective && !cancellationToken.IsCancellationRequested)
            {
                Iterate(objective, note);
                note = null;
                WaitWhilePaused(cancellationToken);
            }

            return true;
        }
        catch (Exception e) when (TilingChoice.IsOutOfMemory(e))
        {
            return false;
        }
    }

    private void Iterate(Objective objective, string? note)
    {
        using DisposeScope scope = NewDisposeScope();
        bool isFirst = state.Gradient is null;
        Tensor candidate = isFirst ? state.Picture!.clone() : state.Optimizer.Propose(state.Picture!, state.Gradient!);
        Evaluation evaluation = objective.Evaluate(candidate, weights);
        if (IsGood(evaluation, isFirst))
        {
            if (!isFirst)
            {
                state.Optimizer.Learn(state.Picture!, state.Gradient!, candidate, evaluation.Gradient);
            }

            state.Accept(candidate, evaluation);
        }
        else
        {
            note = StepBack(evaluation, isFirst);
        }

        state.Iteration++;
        state.ScaleIteration++;
        if (state.Refusals == 0 && HasConverged())
        {
            state.Converged = true;
            note = "converged: this scale ends early";
        }

        observer.OnIteration(Report(note), snapshot);
    }

    // Where content and style are one picture there is nothing to lower: what is left is rounding, of either sign.
    private bool IsGood(Evaluation evaluation, bool isFirst) =>
        evaluation.IsFinite() && (isFirst || evaluation.Losses.Total <= (state.Losses.Total * state.Optimizer.ToleratedGrowth) + Rounding);

    private string StepBack(Evaluation evaluation, bool isFirst)
    {
        string found = double.IsFinite(evaluation.Losses.Total)
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the objective rose from {state.Losses.Total:G4} to {evaluation.Losses.Total:G4}")
            : "the objective was not a finite number";
        state.Refusals++;
        if (isFirst || state.Refusals > MostRefusals)
        {
            throw new RunException(
                $"At iteration {state.Iteration + 1} {found}, and stepping back does not help. Use smaller weights, or --precision float32.");
        }

        state.Optimizer.StepBack();
        return $"stepped back, {found}; going on from the last good picture with a smaller step";
    }

    private bool HasConverged()
    {
        double tolerance = state.Recipe.Schedule.Tolerance;
        return tolerance > 0
            && state.Totals.Count > RunState.ToleranceWindow
            && state.Totals.Peek() - state.Losses.Total < tolerance * Math.Abs(state.Totals.Peek());
    }

    private bool IsScaleDone()
    {
        TakeChanges();
        return state.Picture is not null && (state.Converged || state.ScaleIteration >= PlannedIterations());
    }

    private int PlannedIterations()
    {
        int planned = scales[state.Scale].Iterations;
        return state.Scale < scales.Length - 1
            ? planned
            : planned + state.Recipe.Changes.Take(state.ChangesTaken).Sum(change => change.ExtraIterations ?? 0);
    }

    // The shown picture goes on at the next size; the optimiser with it, or anew.
    private void NextScale()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor picture = state.Result();
        (int fromWidth, int fromHeight) = ((int)picture.shape[3], (int)picture.shape[2]);
        (int width, int height) = ScaleInputs.Size(inputs, scales[state.Scale + 1].LongerEdge);
        if (state.Recipe.Schedule.CarryState)
        {
            state.Optimizer.Resample(fromWidth, fromHeight, width, height);
        }
        else
        {
            double learningRate = state.Optimizer.LearningRate;
            state.Optimizer.Dispose();
            state.Optimizer = RunStart.CreateOptimizer(state.Recipe.Optimizer);
            state.Optimizer.LearningRate = learningRate;
        }

        state.Scale++;
        Tensor enlarged = PixelTensors.Resize(picture, width, height);
        double detail = state.Recipe.Schedule.ContentDetail;
        if (detail != 0 && ScaleInputs.Detail(state.Recipe, inputs, fromWidth, fromHeight, width, height, encoder.Device) is { } more)
        {
            enlarged.PlusInPlace(more, times: detail);
        }

        state.Begin(enlarged.ClampInPlace());
    }

    // Those that the recipe brings (a replay), and those that the control brings now, which are written into the recipe.
    private void TakeChanges()
    {
        while (control.TryTakeChange(out RecipeChange? change))
        {
            RecipeChange now = change! with { Iteration = state.Iteration };
            Recipe changed = state.Recipe with { Changes = state.Recipe.Changes.Insert(state.ChangesTaken, now) };
            RecipeValidation.Check(changed);
            state.Recipe = changed;
            TakeNextChange();
        }

        while (state.ChangesTaken < state.Recipe.Changes.Length && state.Recipe.Changes[state.ChangesTaken].Iteration <= state.Iteration)
        {
            TakeNextChange();
        }
    }

    private Recipe WithPresentObjective() => state.Recipe with
    {
        Objective = state.Recipe.Changes.Take(state.ChangesTaken).LastOrDefault(change => change.Objective is not null)?.Objective ?? state.Recipe.Objective,
    };

    private void TakeNextChange()
    {
        RecipeChange change = state.Recipe.Changes[state.ChangesTaken++];
        ObjectiveWeights after = weights.After(change);
        hasNewObjective |= change.Objective is not null;
        if (after != weights || change.Objective is not null)
        {
            weights = after;
            state.Unsettle(isOther: change.Objective is not null);
        }

        state.Optimizer.LearningRate = change.LearningRate ?? state.Optimizer.LearningRate;
        state.Converged &= change.ExtraIterations is null;
    }

    private void WaitWhilePaused(CancellationToken cancellationToken)
    {
        if (!control.IsPaused)
        {
            return;
        }

        state.StopClock();
        try
        {
            control.WaitWhilePaused(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The loop sees the same token and returns what there is.
        }

        state.StartClock();
    }

    private IterationReport Report(string? note) => new()
    {
        Iteration = state.Iteration,
        Scale = state.Scale,
        Width = (int)state.Picture!.shape[3],
        Height = (int)state.Picture.shape[2],
        Seconds = state.Seconds,
        Total = state.Losses.Total,
        Content = state.Losses.Content,
        Style = state.Losses.Style,
        Tv = state.Losses.Tv,
        Matting = state.Losses.Matting,
        Terms = state.Losses.Terms,
        Note = note,
    };
}
