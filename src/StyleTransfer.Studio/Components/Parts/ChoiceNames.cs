using System.Globalization;
using System.Resources;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Components.Parts;

/// <summary>A parameter's value as people read it, in their language: <c>ninePoint</c> is "nine-point". What is no choice stays as it is.</summary>
public static class ChoiceNames
{
    // As for ParameterNames: no injecting, because tables and shared pages read it too.
    private static readonly ResourceManager texts = new(typeof(ChoiceNames));

    public static string Of(string parameter, string value) => texts.GetString($"{parameter}.{value}", CultureInfo.CurrentUICulture) ?? value;

    /// <summary>What the recipe has for the parameter.</summary>
    public static string Of(string parameter, Recipe recipe) => Of(parameter, RecipeParameter.Named(parameter).Read(recipe));
}
