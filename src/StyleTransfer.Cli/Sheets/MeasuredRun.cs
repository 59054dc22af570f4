using StyleTransfer.Cli.Pictures;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Sheets;

/// <summary>One picture among many that are made to be compared.</summary>
/// <param name="Picture">The result.</param>
/// <param name="SecondsPerIteration">The median at the last scale, where each costs the same.</param>
internal sealed record MeasuredRun(PixelImage Picture, double SecondsPerIteration)
{
    /// <summary>Runs a recipe on a pair, without a word.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; half a picture cannot be compared.</exception>
    public static MeasuredRun Make(Recipe recipe, InputPicture content, InputPicture style, Encoder encoder, CancellationToken cancellationToken)
    {
        recipe = recipe with
        {
            Content = content.Id,
            Styles = [(recipe.Styles is [StyleInput first, ..] ? first : new StyleInput { Image = style.Id }) with { Image = style.Id }],
            Encoder = recipe.Encoder with { Name = encoder.Name, Sha256 = encoder.Sha256 },
        };
        RecipeValidation.Check(recipe);
        Watch watch = new();
        using RunControl control = new();
        TransferInputs inputs = new() { Content = content.Pixels, Styles = [style.Pixels] };
        TransferResult result = TransferRun.Run(recipe, inputs, encoder, watch, control, checkpoint: null, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return new MeasuredRun(result.Picture, watch.Median());
    }

    private sealed class Watch : IRunObserver
    {
        private readonly List<(int Scale, double Seconds)> reports = [];

        public void OnIteration(IterationReport report, IRunSnapshot snapshot) => reports.Add((report.Scale, report.Seconds));

        public double Median()
        {
            double[] last = [.. reports.Zip(reports.Skip(1))
                .Where(pair => pair.First.Scale == reports[^1].Scale && pair.Second.Scale == reports[^1].Scale)
                .Select(pair => pair.Second.Seconds - pair.First.Seconds)
                .Order()];
            return last.Length == 0 ? double.NaN : last[last.Length / 2];
        }
    }
}
