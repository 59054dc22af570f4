using System.Collections.Immutable;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Core.Runs;

/// <summary>How far a run is and how long the rest takes, by what its iterations cost so far.</summary>
/// <remarks>
/// Not by counting iterations: those at the last scale take most of the time. And not by pixels alone: the decompositions of the style
/// statistics take as long on a small picture as on a large one, so that the first scales would make the last look longer than it is.
/// </remarks>
public sealed class RunPace(Recipe recipe)
{
    // What does not grow with the picture takes about as long as the network does on so many pixels.
    private const double FixedPixels = 20_000;

    // Iterations of a scale that tell its own pace; the first of each also builds targets.
    private const int Telling = 4;

    private int scale = -1;
    private int firstIteration;
    private int iteration;
    private double aspect = 1;
    private double firstSeconds;
    private double seconds;
    private double? formerPace;

    /// <summary>As planned now: what is changed while it runs may add iterations.</summary>
    public Recipe Recipe { get; set; } = recipe;

    public int TotalIterations => ScalePlan.TotalIterations(Recipe);

    /// <summary>Of the work, from 0 to 1.</summary>
    public double Share => scale < 0 ? 0 : Done(iteration) / All;

    /// <summary>At the pace of the scale that the run is at; null before the first iteration.</summary>
    public double? SecondsLeft => scale < 0 ? null : Pace * (All - Done(iteration));

    private double All => Work(int.MaxValue, int.MaxValue);

    // Seconds for a unit of work.
    private double Pace
    {
        get
        {
            double done = Done(iteration) - Done(firstIteration);
            bool isTelling = iteration - firstIteration >= Telling || formerPace is null;
            return isTelling && done > 0 ? (seconds - firstSeconds) / done : formerPace ?? seconds / Done(iteration);
        }
    }

    /// <summary>As below, of a run in a worker.</summary>
    public void Take(IterationMessage next) => Take(next.Scale, next.Iteration, next.Width, next.Height, next.Seconds);

    /// <summary>The run's next iteration; those that it reports again after a checkpoint are taken again.</summary>
    /// <param name="seconds">Since the run began, without pauses.</param>
    public void Take(int scale, int iteration, int width, int height, double seconds)
    {
        if (scale != this.scale || iteration < firstIteration)
        {
            formerPace = this.scale < 0 ? null : Pace;
            this.scale = scale;
            firstIteration = iteration;
            firstSeconds = seconds;
        }

        this.iteration = iteration;
        this.seconds = seconds;
        aspect = Math.Min(width, height) / (double)Math.Max(width, height);
    }

    /// <summary>Which part of a run's work is still to do after so many iterations, where no more is known of it: 1 at its beginning.</summary>
    public static double ShareLeft(Recipe recipe, int iterations)
    {
        RunPace planned = new(recipe);
        ImmutableArray<ScaleStep> scales = ScalePlan.Of(recipe.Schedule);
        int at = 0;
        while (at < scales.Length - 1 && iterations > scales[at].Iterations)
        {
            iterations -= scales[at++].Iterations;
        }

        return 1 - Math.Min(1, planned.Work(at, iterations) / planned.All);
    }

    // Scales may have ended early, and a run that goes on may be seen first in the middle of one.
    private double Done(int at)
    {
        int planned = ScalePlan.Of(Recipe.Schedule).Take(scale).Sum(step => step.Iterations);
        return Work(scale, Math.Max(at - firstIteration + 1, at - planned));
    }

    // Of all earlier scales as planned, which may also end early, and of so many iterations at this one.
    private double Work(int scale, int iterations)
    {
        ImmutableArray<ScaleStep> scales = ScalePlan.Of(Recipe.Schedule);
        int added = TotalIterations - scales.Sum(step => step.Iterations);
        double work = 0;
        for (int i = 0; i < scales.Length && i <= scale; i++)
        {
            // What changes add is at the last scale.
            int planned = scales[i].Iterations + (i == scales.Length - 1 ? added : 0);
            double cost = FixedPixels + (aspect * scales[i].LongerEdge * scales[i].LongerEdge);
            work += cost * (i < scale ? planned : Math.Clamp(iterations, 0, planned));
        }

        return work;
    }
}
