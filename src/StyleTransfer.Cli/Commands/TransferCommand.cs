using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer transfer</c>: a photo and one or more paintings become a picture.</summary>
internal static class TransferCommand
{
    public static Command Create()
    {
        Option<string> content = new("--content") { Description = "The photo whose content is kept.", Required = true, HelpName = "FILE" };
        Option<string[]> styles = new("--style")
        {
            Description = "The painting whose style is taken; several to mix them.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            HelpName = "FILE",
        };
        Option<string?> styleWeights = new("--style-weights") { Description = "One number for each style, such as 2,1.", HelpName = "X,…" };
        Option<string> output = new("--output", "-o") { Description = "Where the result goes: .png, .jpg, .webp or .tif.", Required = true, HelpName = "FILE" };
        Option<int> bits = new("--bits") { Description = "8, or 16 for .png and .tif.", DefaultValueFactory = _ => 8 };
        bits.AcceptOnlyFromAmong("8", "16");
        Option<string?> recipeFile = new("--recipe") { Description = "A recipe's JSON, or a picture that this program made: does the same again.", HelpName = "FILE" };
        Option<string?> resume = new("--resume") { Description = "A checkpoint to go on from.", HelpName = "FILE" };
        Option<string?> trace = new("--trace") { Description = "Writes every iteration's losses as JSON.", HelpName = "FILE" };
        RecipeOptions recipeOptions = new();
        EncoderOptions encoderOptions = new();

        Command command = new("transfer", "Makes a picture with the content of one image and the style of others.")
        {
            content, styles, styleWeights, output, bits, recipeFile, resume, trace,
        };
        recipeOptions.AddTo(command);
        encoderOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            OutputPicture destination = OutputPicture.Check(parsed.GetValue(output)!, parsed.GetValue(bits));
            InputPicture contentPicture = InputPicture.Read(parsed.GetValue(content)!);
            ImmutableArray<InputPicture> stylePictures = [.. parsed.GetValue(styles)!.Select(InputPicture.Read)];
            (byte[] Bytes, Recipe Recipe)? checkpoint = parsed.GetValue(resume) is { } file ? ReadCheckpoint(file) : null;

            Recipe recipe = checkpoint?.Recipe
                ?? (parsed.GetValue(recipeFile) is { } from ? ReadRecipe(from) : recipeOptions.Start(parsed));
            if (checkpoint is null)
            {
                recipe = WithInputs(recipe, contentPicture, stylePictures, Weights(parsed.GetValue(styleWeights), stylePictures.Length));
                recipe = recipeOptions.Apply(parsed, recipe);
            }

            InputPicture? initial = null;
            if (recipeOptions.Initialization(parsed) is { } start)
            {
                initial = start.File is null ? null : InputPicture.Read(start.File);
                recipe = recipe with { Initialization = new Initialization { Kind = start.Kind, Image = initial?.Id } };
            }

            TransferInputs inputs = new()
            {
                Content = contentPicture.Pixels,
                Styles = [.. stylePictures.Select(style => style.Pixels)],
                Initial = initial?.Pixels,
            };
            return TerminalRun.Execute(recipe, inputs, encoderOptions, parsed, destination, parsed.GetValue(trace), checkpoint?.Bytes);
        });
        return command;
    }

    private static Recipe WithInputs(Recipe recipe, InputPicture content, ImmutableArray<InputPicture> styles, ImmutableArray<double>? weights)
    {
        // A recipe made elsewhere keeps its weights and scales for as many styles as are given here.
        ImmutableArray<StyleInput> inputs =
        [
            .. styles.Select((style, index) => (index < recipe.Styles.Length ? recipe.Styles[index] : new StyleInput { Image = style.Id }) with { Image = style.Id }),
        ];
        if (weights is { } given)
        {
            inputs = [.. inputs.Select((style, index) => style with { Weight = given[index] })];
        }

        return recipe with { Content = content.Id, Styles = inputs };
    }

    private static ImmutableArray<double>? Weights(string? text, int styles)
    {
        if (text is null)
        {
            return null;
        }

        ImmutableArray<double>.Builder weights = ImmutableArray.CreateBuilder<double>();
        foreach (string part in text.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) || weight < 0)
            {
                throw new RecipeException($"--style-weights has '{part}'; allowed are numbers from 0, one for each style, such as 2,1.");
            }

            weights.Add(weight);
        }

        return weights.Count == styles
            ? weights.ToImmutable()
            : throw new RecipeException($"--style-weights has {weights.Count} numbers for {styles} styles; give one for each.");
    }

    private static Recipe ReadRecipe(string path)
    {
        if (!File.Exists(path))
        {
            throw new RecipeException($"There is no file '{path}'. Give a recipe's JSON, a trace, or a picture that this program made.");
        }

        byte[] file = File.ReadAllBytes(path);
        int first = Array.FindIndex(file, b => !char.IsWhiteSpace((char)b));
        if (first >= 0 && file[first] == (byte)'{')
        {
            return RecipeJson.Read(File.ReadAllText(path));
        }

        return EmbeddedRecipe.Find(file) is { } json
            ? RecipeJson.Read(json)
            : throw new RecipeException($"'{path}' holds no recipe. Give a recipe's JSON, or a picture that this program made and nothing else has saved since.");
    }

    private static (byte[] Bytes, Recipe Recipe) ReadCheckpoint(string path)
    {
        if (!File.Exists(path))
        {
            throw new RunException($"There is no checkpoint '{path}'. An interrupted run names its checkpoint when it stops.");
        }

        byte[] bytes = File.ReadAllBytes(path);
        return (bytes, Checkpoint.ReadRecipe(bytes));
    }
}
