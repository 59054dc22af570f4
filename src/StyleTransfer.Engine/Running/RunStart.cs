using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Optimizers;

namespace StyleTransfer.Engine.Running;

/// <summary>The state that a run begins or goes on with, after everything has been checked that can be checked beforehand.</summary>
internal static class RunStart
{
    public static RunState New(Recipe recipe, TransferInputs inputs, Encoder encoder)
    {
        Recipe resolved = Checked(recipe, inputs, encoder);
        return new RunState(resolved, CreateOptimizer(resolved.Optimizer));
    }

    /// <exception cref="RunException">The checkpoint is of another recipe.</exception>
    public static RunState Resume(Recipe recipe, TransferInputs inputs, Encoder encoder, byte[] checkpoint)
    {
        Recipe saved = Checkpoint.ReadRecipe(checkpoint);
        Recipe wanted = recipe.Precision == Precision.Auto ? recipe with { Precision = saved.Precision } : recipe;
        if (WithoutChanges(wanted) != WithoutChanges(saved))
        {
            throw new RunException(
                "The checkpoint belongs to another recipe: inputs, weights, size or schedule differ. Go on with the recipe it was made with, or start anew.");
        }

        RunState state = new(Checked(saved, inputs, encoder), CreateOptimizer(saved.Optimizer));
        Checkpoint.Restore(checkpoint, state, encoder.Device);
        // What was changed before the checkpoint has happened; what the recipe brings for later is still to come.
        int taken = state.ChangesTaken;
        bool isContinuation = recipe.Changes.Length >= taken
            && Text(recipe with { Changes = [.. recipe.Changes.Take(taken)] }) == Text(recipe with { Changes = [.. saved.Changes.Take(taken)] });
        state.Recipe = saved with
        {
            Changes =
            [
                .. saved.Changes.Take(taken),
                .. isContinuation ? recipe.Changes.Skip(taken) : recipe.Changes.Where(change => change.Iteration >= state.Iteration),
            ],
        };
        return state;
    }

    public static IOptimizer CreateOptimizer(OptimizerSettings settings) => settings.Kind switch
    {
        OptimizerKind.Adam => new Adam(settings),
        _ => new Lbfgs(settings),
    };

    private static Recipe Checked(Recipe recipe, TransferInputs inputs, Encoder encoder)
    {
        RecipeValidation.Check(recipe, encoder.Layers);
        if (inputs.Styles.Length != recipe.Styles.Length || inputs.Regions.Length != recipe.Regions.Length)
        {
            throw new RunException(
                $"The recipe names {recipe.Styles.Length} styles and {recipe.Regions.Length} regions; "
                + $"{inputs.Styles.Length} and {inputs.Regions.Length} pictures were given. Give one for each.");
        }

        if (inputs.Content is null && inputs.Styles.IsEmpty)
        {
            throw new RunException("There is neither a content nor a style picture. Give at least one.");
        }

        return recipe with { Precision = PrecisionChoice.Resolve(recipe.Precision, encoder) };
    }

    private static string WithoutChanges(Recipe recipe) => Text(recipe with { Changes = [] });

    private static string Text(Recipe recipe) => RecipeJson.Write(recipe);
}
