using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer loss</c>: every term of an objective at a picture, for cross-checks with other programs.</summary>
internal static class LossCommand
{
    private static readonly ImmutableDictionary<string, (ContentForm Content, StyleForm Style, TotalVariationForm Variation, double StyleLayerWeight)> Forms =
        new Dictionary<string, (ContentForm, StyleForm, TotalVariationForm, double)>
        {
            ["paper"] = (ContentForm.Paper, StyleForm.GramPaper, TotalVariationForm.L2, 0.2),
            ["mean"] = (ContentForm.Mean, StyleForm.GramMean, TotalVariationForm.L2, 1),
            ["wasserstein2"] = (ContentForm.Mean, StyleForm.Wasserstein2, TotalVariationForm.NinePoint, 1),
            ["relative"] = (ContentForm.Relative, StyleForm.RelativeWasserstein2, TotalVariationForm.NinePoint, 1),
        }.ToImmutableDictionary();

    public static Command Create()
    {
        Option<string> image = new("--image") { Description = "The picture that is judged.", Required = true, HelpName = "FILE" };
        Option<string?> content = new("--content") { Description = "The content image; resampled to the picture's size where it differs.", HelpName = "FILE" };
        Option<string[]> styles = new("--style") { Description = "The style images, at their own size.", AllowMultipleArgumentsPerToken = true, HelpName = "FILE" };
        Option<string> form = new("--form")
        {
            Description = "paper (Gatys et al. 2016, equations 1, 4 and 5), mean (neural-style), wasserstein2 (crowsonkb) or relative (our presets).",
            DefaultValueFactory = _ => "paper",
        };
        form.AcceptOnlyFromAmong([.. Forms.Keys.Order(StringComparer.Ordinal)]);
        RecipeOptions recipeOptions = new(withSchedule: false);
        EncoderChoice encoderChoice = new();
        Command command = new("loss", "Prints every term of an objective at a picture, as JSON.") { image, content, styles, form };
        recipeOptions.AddTo(command);
        encoderChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            InputPicture picture = InputPicture.Read(parsed.GetValue(image)!);
            InputPicture? contentPicture = parsed.GetValue(content) is { } path ? InputPicture.Read(path) : null;
            ImmutableArray<InputPicture> stylePictures = [.. (parsed.GetValue(styles) ?? []).Select(InputPicture.Read)];
            if (contentPicture is null && stylePictures.IsEmpty)
            {
                throw new RecipeException("Neither --content nor --style is given; give one of them, or both.");
            }

            Recipe recipe = recipeOptions.Apply(parsed, Start(parsed.GetValue(form)!) with
            {
                Content = contentPicture?.Id,
                Styles = [.. stylePictures.Select(style => new StyleInput { Image = style.Id })],
            });
            using Encoder encoder = encoderChoice.Load(parsed, recipe.Encoder);
            TransferInputs inputs = new() { Content = contentPicture?.Pixels, Styles = [.. stylePictures.Select(style => style.Pixels)] };
            LossReport report = LossReport.Of(picture.Pixels, recipe, inputs, encoder);
            Console.WriteLine(JsonSerializer.Serialize(
                new { form = parsed.GetValue(form), encoder = encoder.Name, encoderSha256 = encoder.Sha256, report.Width, report.Height, report.Total, report.Content, report.Style, report.Tv, report.Terms },
                RecipeJson.Options));
            return CommandRunner.Success;
        });
        return command;
    }

    private static Recipe Start(string form)
    {
        (ContentForm contentForm, StyleForm styleForm, TotalVariationForm variation, double layerWeight) = Forms[form];
        return new Recipe
        {
            Objective = new ObjectiveSettings
            {
                Content = new ContentSettings { Form = contentForm },
                Style = new StyleSettings
                {
                    Form = styleForm,
                    Layers = [.. Presets.Gatys2016.Template.Objective.Style.Layers.Select(layer => layer with { Weight = layerWeight })],
                },
                TotalVariation = new TotalVariationSettings { Weight = 0, Form = variation },
            },
        };
    }
}
