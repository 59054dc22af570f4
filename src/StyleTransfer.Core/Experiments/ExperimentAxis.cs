using System.Collections.Immutable;
using System.Globalization;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Core.Experiments;

/// <summary>One direction of an experiment's grid: a recipe parameter and the values it takes, as text.</summary>
public sealed record ExperimentAxis(string Parameter, ImmutableArray<string> Values)
{
    /// <summary>Evenly spaced from the first to the last.</summary>
    public static ExperimentAxis Linear(string parameter, double first, double last, int steps) =>
        Spaced(parameter, steps, t => first + ((last - first) * t));

    /// <summary>Spaced by equal factors; both ends must be above 0.</summary>
    /// <exception cref="RecipeException">An end that has no logarithm.</exception>
    public static ExperimentAxis Logarithmic(string parameter, double first, double last, int steps) => first > 0 && last > 0
        ? Spaced(parameter, steps, t => first * Math.Pow(last / first, t))
        : throw new RecipeException($"A logarithmic axis from {first:R} to {last:R} cannot be made: both ends must be above 0. Choose linear spacing, or other ends.");

    private static ExperimentAxis Spaced(string parameter, int steps, Func<double, double> at)
    {
        if (steps < 2)
        {
            throw new RecipeException($"An axis of {steps} steps has no range; choose 2 or more, or give a list with one value.");
        }

        bool isWhole = RecipeParameter.Named(parameter).Kind == ParameterKind.WholeNumber;
        IEnumerable<double> values = Enumerable.Range(0, steps).Select(i => at((double)i / (steps - 1)));
        return new ExperimentAxis(parameter, [.. values.Select(value => Text(value, isWhole)).Distinct()]);
    }

    // Four digits: what a person would have typed, and enough to tell neighbours apart.
    private static string Text(double value, bool isWhole) =>
        isWhole ? Math.Round(value).ToString(CultureInfo.InvariantCulture) : double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
}
