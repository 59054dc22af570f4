using System.Collections.Immutable;
using System.Text.Json;
using StyleTransfer.Core;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Experiments;

/// <summary>The two directions of a grid, as an experiment keeps them.</summary>
public sealed record ExperimentAxes(ExperimentAxis Columns, ExperimentAxis? Rows)
{
    public string Write() => JsonSerializer.Serialize(this, RecipeJson.Options);

    public static ExperimentAxes Read(string json) =>
        JsonSerializer.Deserialize<ExperimentAxes>(json, RecipeJson.Options) ?? throw new RecipeException("The experiment's axes are empty; make it anew.");

    /// <summary>Further values for an axis: those that it has already are left out, and an axis in order stays in order.</summary>
    public static ExperimentAxis Widened(ExperimentAxis axis, IEnumerable<string> further)
    {
        ImmutableArray<string> values = [.. axis.Values.Concat(further.Select(value => value.Trim()).Where(value => value.Length > 0)).Distinct()];
        double?[] numbers = [.. axis.Values.Select(AxisRange.Number)];
        bool rises = numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second);
        bool falls = numbers.Zip(numbers.Skip(1)).All(pair => pair.First > pair.Second);
        bool isNumeric = values.All(value => AxisRange.Number(value) is not null);
        return axis with
        {
            Values = !isNumeric || !(rises || falls) ? values
                : rises ? [.. values.OrderBy(AxisRange.Number)]
                : [.. values.OrderByDescending(AxisRange.Number)],
        };
    }

    /// <summary>
    /// The values between a cell's neighbours: halfway to each of them and the cell's own, by factors where the axis goes by factors.
    /// An axis without numbers keeps the one value.
    /// </summary>
    public static ExperimentAxis Around(ExperimentAxis axis, int index)
    {
        double?[] numbers = [.. axis.Values.Select(AxisRange.Number)];
        if (numbers.Length < 2 || numbers.Any(number => number is null))
        {
            return axis with { Values = [axis.Values[index]] };
        }

        bool isWhole = RecipeParameter.Named(axis.Parameter).Kind == ParameterKind.WholeNumber;
        bool byFactors = AxisRange.GoesByFactors([.. numbers.Select(number => number!.Value)]);
        double here = numbers[index]!.Value;
        IEnumerable<string> values = new[] { index > 0 ? Halfway(numbers[index - 1]!.Value) : here, here, index < numbers.Length - 1 ? Halfway(numbers[index + 1]!.Value) : here }
            .Select(value => AxisRange.Text(value, isWhole));
        return axis with { Values = [.. values.Distinct()] };

        double Halfway(double other) => byFactors ? Math.Sqrt(here * other) : (here + other) / 2;
    }
}
