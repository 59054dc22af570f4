using System.Globalization;
using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Experiments;

/// <summary>How the values of an axis are spread between its ends.</summary>
public enum AxisSpacing { Linear, Logarithmic }

/// <summary>An axis as somebody asks for it: a list of values, or two ends with steps between them.</summary>
public sealed record AxisRange(string Parameter, IReadOnlyList<string> Values, double? From = null, double? To = null, int? Steps = null, AxisSpacing Spacing = AxisSpacing.Linear)
{
    private const int MostSteps = ExperimentGrid.MaxCells;

    /// <exception cref="RecipeException">No such parameter, or neither a list nor a range.</exception>
    public ExperimentAxis ToAxis()
    {
        RecipeParameter parameter = RecipeParameter.Named(Parameter);
        if (Values.Count > 0)
        {
            return new ExperimentAxis(parameter.Name, [.. Values.Select(value => value.Trim()).Where(value => value.Length > 0).Distinct()]);
        }

        if (From is not { } from || To is not { } to || Steps is not { } steps)
        {
            throw new RecipeException($"The axis '{parameter.Name}' has no values; give a list, or from, to and steps.");
        }

        if (parameter.Kind is not (ParameterKind.Number or ParameterKind.WholeNumber))
        {
            throw new RecipeException($"'{parameter.Name}' is not a number, so it has no range; give a list of values.");
        }

        if (steps > MostSteps)
        {
            throw new RecipeException($"The axis '{parameter.Name}' has {steps} steps; at most {MostSteps} cells are run at once. Take fewer, and refine around the best cell afterwards.");
        }

        return Spacing == AxisSpacing.Logarithmic
            ? ExperimentAxis.Logarithmic(parameter.Name, from, to, steps)
            : ExperimentAxis.Linear(parameter.Name, from, to, steps);
    }

    internal static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    // Three values or more tell: the axis goes by factors when they vary less than the differences do. Of two, an order of magnitude does.
    internal static bool GoesByFactors(IReadOnlyList<double> values)
    {
        if (values.Any(value => value <= 0))
        {
            return false;
        }

        if (values.Count == 2)
        {
            return Math.Abs(Math.Log10(values[1] / values[0])) >= 0.9;
        }

        double[] factors = [.. values.Zip(values.Skip(1), (a, b) => Math.Abs(Math.Log(b / a)))];
        double[] differences = [.. values.Zip(values.Skip(1), (a, b) => Math.Abs(b - a))];
        return factors.Max() / factors.Min() < differences.Max() / differences.Min();
    }

    internal static string Text(double value, bool isWhole) => isWhole
        ? Math.Round(value).ToString(CultureInfo.InvariantCulture)
        : double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
}
