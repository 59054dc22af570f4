using System.Globalization;
using StyleTransfer.Core.Experiments;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Experiments;

namespace StyleTransfer.Studio.Components.Parts;

/// <summary>An axis while somebody still decides: a range, a list, or choices, by what the parameter is.</summary>
public sealed class AxisDraft
{
    public string Parameter { get; private set; } = "contentWeight";

    public bool IsRange { get; set; } = true;

    public double From { get; set; }

    public double To { get; set; }

    public int Steps { get; set; } = 3;

    public AxisSpacing Spacing { get; set; }

    /// <summary>Values by a space, comma or line; layer sets, which have commas in them, by a line or semicolon.</summary>
    public string List { get; set; } = "";

    /// <summary>Of a choice, an encoder or pictures.</summary>
    public List<string> Picked { get; } = [];

    public RecipeParameter Described => RecipeParameter.Named(Parameter);

    public bool IsNumeric => Described.Kind is ParameterKind.Number or ParameterKind.WholeNumber;

    /// <summary>Another parameter: values that make sense to begin with, around what the recipe has.</summary>
    public void Choose(string parameter, Recipe recipe)
    {
        Parameter = parameter;
        Picked.Clear();
        List = "";
        Spacing = AxisSpacing.Linear;
        IsRange = IsNumeric;
        if (!IsNumeric)
        {
            List = Described.Kind == ParameterKind.Layers ? Described.Read(recipe) : "";
            return;
        }

        double now = double.Parse(Described.Read(recipe), CultureInfo.InvariantCulture);
        (From, To, Steps, Spacing) = (parameter, Described.Kind) switch
        {
            ("seed", _) => (0, 3, 4, AxisSpacing.Linear),
            ("beta1", _) => (0.5, 0.95, 4, AxisSpacing.Linear),
            ("beta2" or "averaging", _) => (0.9, 0.99, 4, AxisSpacing.Linear),
            ("refinement" or "contentDetail", _) => (0, 1, 3, AxisSpacing.Linear),
            ("ratio", _) => (1.2, 2, 3, AxisSpacing.Linear),
            _ when Described.StylesNeeded > 0 => (0, Math.Max(1, now), 5, AxisSpacing.Linear),
            (_, ParameterKind.WholeNumber) => (Math.Max(1, Math.Round(now / 2)), Math.Max(2, Math.Round(now * 2)), 3, AxisSpacing.Logarithmic),
            _ when now > 0 => (Rounded(now / 10), Rounded(now * 10), 3, AxisSpacing.Logarithmic),
            _ => (0, 1, 3, AxisSpacing.Linear),
        };
    }

    /// <exception cref="RecipeException">Not an axis yet; the message says what is missing.</exception>
    public ExperimentAxis ToAxis() => (IsNumeric && IsRange
        ? new AxisRange(Parameter, [], From, To, Steps, Spacing)
        : new AxisRange(Parameter, UsesPicked ? Picked : Split())).ToAxis();

    /// <summary>Values are picked from what there is, rather than typed.</summary>
    public bool UsesPicked => Described.Kind is ParameterKind.Choice or ParameterKind.Image;

    /// <summary>Nothing is picked yet, so that there is no axis.</summary>
    public bool IsUnpicked => UsesPicked && Picked.Count == 0;

    private string[] Split() => List.Split(
        Described.Kind == ParameterKind.Layers ? ['\n', ';'] : [' ', ',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static double Rounded(double value) => double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
