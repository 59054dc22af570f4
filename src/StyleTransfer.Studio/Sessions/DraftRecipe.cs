using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Sessions;

/// <summary>
/// A recipe at a size that takes seconds. Style scales are relative to the result, so the large picture has the same look.
/// </summary>
public static class DraftRecipe
{
    public const int Size = 256;

    // A draft shows where it leads. Adam needs more steps than L-BFGS to get anywhere.
    private const int MostIterations = 30;
    private const int MostAdamIterations = 80;

    public static Recipe Of(Recipe recipe)
    {
        ScheduleSettings schedule = recipe.Schedule;
        int most = recipe.Optimizer.Kind == OptimizerKind.Adam ? MostAdamIterations : MostIterations;
        int size = Math.Min(Size, schedule.Size);
        return recipe with
        {
            Changes = [],
            Schedule = schedule with
            {
                Size = size,
                MinSize = Math.Min(schedule.MinSize, size),
                FirstIterations = Math.Min(schedule.FirstIterations, most),
                Iterations = Math.Min(schedule.Iterations, most),
                // The average of few iterates lags far behind them.
                Averaging = schedule.Averaging > 0 ? Math.Min(schedule.Averaging, 0.9) : 0,
            },
        };
    }
}
